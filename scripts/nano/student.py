"""One forward pass over a pack, by the very modules of transformers that serve it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from scripts.nano.packs import IGNORED, Pack

__all__ = ["Lost", "Reading", "loss_of", "read"]

_GRID = (1, 16, 16)
"""Frames, rows and columns of the patches of a view."""

_PATCHES = 256


class Lost(NamedTuple):
    """The loss of a pack, and how well its replies are foretold."""

    loss: torch.Tensor
    replies: float
    """The part of it that is about replies."""

    right: float
    """Share of the heavy tokens of the replies that are foretold."""


def loss_of(
    model: Qwen2_5_VLForConditionalGeneration, names: Sequence[Sequence[int]], pack: Pack
) -> Lost:
    """The loss of a pack: that of the replies, and of naming where there is something to name.

    Args:
        model: What is taught.
        names: The tokens that name nothing and each colour, and nothing and each shape.
        pack: The batch.
    """
    seen = read(model, pack)
    taught = pack.wanted[:, 1:] != IGNORED
    logits = model.lm_head(seen.hidden[:, :-1][taught])
    wanted, weights = pack.wanted[:, 1:][taught], pack.weights[:, 1:][taught]
    each = torch.nn.functional.cross_entropy(logits, wanted, reduction="none")
    replies = (each * weights).sum() / weights.sum()
    heavy = weights == 1
    right = (logits.argmax(-1) == wanted)[heavy].float().mean().item()
    loss = replies
    if (pack.named != IGNORED).all():
        first = [row.nonzero().flatten()[: pack.named.shape[1]] for row in seen.image]
        for what in (seen.embedded, seen.hidden):
            shown = torch.stack([row[at] for row, at in zip(what, first, strict=True)])
            loss = loss + _unnamed(model, names, shown, pack.named)
    return Lost(loss, replies.item(), right)


class Reading(NamedTuple):
    """What the model makes of a pack; all are rows x length, and hidden but for the first."""

    image: torch.Tensor
    """Where vision tokens stand."""

    embedded: torch.Tensor
    """What goes into the language model."""

    hidden: torch.Tensor
    """What comes out of it."""


def read(model: Qwen2_5_VLForConditionalGeneration, pack: Pack) -> Reading:
    """Run the model over a pack."""
    inner = model.model
    grid = torch.tensor([_GRID] * (len(pack.patches) // _PATCHES))
    seen = inner.visual(pack.patches, grid_thw=grid).pooler_output
    image = pack.ids == model.config.image_token_id
    embedded = inner.language_model.embed_tokens(pack.ids).masked_scatter(image[..., None], seen)
    hidden = inner.language_model(
        inputs_embeds=embedded,
        attention_mask=pack.allowed,
        position_ids=pack.positions,
        use_cache=False,
    ).last_hidden_state
    return Reading(image, embedded, hidden)


def _unnamed(
    model: Qwen2_5_VLForConditionalGeneration,
    names: Sequence[Sequence[int]],
    shown: torch.Tensor,
    named: torch.Tensor,
) -> torch.Tensor:
    """The loss of naming what each vision token shows, colour and shape, by the words themselves.

    A reply says so little about where things are that what a colour looks like has to be told token
    by token. Named by layers of their own, colours and shapes are known at once, and 500 steps
    later a panel is still found only where it is alone on its page (of two or three, .49 of the
    columns): a word has to lie where what it means does, for attention to find the one by the
    other.

    Args:
        model: Whose words are used.
        names: As for `loss_of`.
        shown: rows x 64 x hidden.
        named: rows x 64 x 2, as in `Pack.named`.
    """
    words = model.get_input_embeddings().weight
    loss = shown.new_zeros(())
    for at, each in enumerate(names):
        logits = shown.flatten(0, 1) @ words[list(each)].T
        loss = loss + torch.nn.functional.cross_entropy(logits, named[..., at].flatten())
    return loss
