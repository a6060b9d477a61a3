"""One forward pass over a pack, by the very modules of transformers that serve it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from scripts.nano.packs import IGNORED, Pack

__all__ = ["Lost", "Naming", "Reading", "loss_of", "read"]


class Lost(NamedTuple):
    """The loss of a pack, and how well its replies are foretold."""

    loss: torch.Tensor
    replies: float
    """The part of it that is about replies."""

    right: float
    """Share of the heavy tokens of the replies that are foretold."""


class Naming:
    """Names what each vision token shows, and where it is, by the words that replies use for it.

    A reply says so little about a page that what a colour looks like, and which token is where, has
    to be told token by token: colour and shape by what the vision tower makes of it, and these with
    column and row by what the language model makes of it half way up, so that its other half can
    find the one by the other.

    The words' own embeddings are used. With layers of their own colours and shapes were known at
    once, and 500 steps later a panel was found where it was alone on its page and nowhere else (of
    two or three, .49 of the columns): a word has to lie where what it means does.
    """

    def __init__(self, names: Sequence[Sequence[int]]) -> None:
        """Say by which tokens.

        Args:
            names: The tokens that name nothing and each colour, nothing and each shape, the
                columns, and the rows.
        """
        self._names = [list(each) for each in names]

    def __call__(self, words: torch.Tensor, seen: "Reading", named: torch.Tensor) -> torch.Tensor:
        """The loss.

        Args:
            words: The embeddings of all tokens.
            seen: What the model made of the pack.
            named: rows x 64 x 4, as in `Pack.named`.
        """
        first = [row.nonzero().flatten()[: named.shape[1]] for row in seen.image]
        low, middle = (
            torch.stack([row[at] for row, at in zip(what, first, strict=True)]).flatten(0, 1)
            for what in (seen.embedded, seen.middle)
        )
        shown = [(low, 0), (low, 1), *((middle, at) for at in range(4))]
        loss = words.new_zeros(())
        for what, at in shown:
            logits = what @ words[self._names[at]].T
            loss = loss + torch.nn.functional.cross_entropy(logits, named[..., at].flatten())
        return loss


def loss_of(model: Qwen2_5_VLForConditionalGeneration, naming: Naming, pack: Pack) -> Lost:
    """The loss of a pack: that of the replies, and of naming where there is something to name.

    Args:
        model: What is taught.
        naming: Used for pages, and not for crops.
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
        loss = loss + naming(model.get_input_embeddings().weight, seen, pack.named)
    return Lost(loss, replies.item(), right)


class Reading(NamedTuple):
    """What the model makes of a pack; all are rows x length, and hidden but for the first."""

    image: torch.Tensor
    """Where vision tokens stand."""

    embedded: torch.Tensor
    """What goes into the language model."""

    middle: torch.Tensor
    """What comes out of the lower half of its layers."""

    hidden: torch.Tensor
    """What comes out of it."""


def read(model: Qwen2_5_VLForConditionalGeneration, pack: Pack) -> Reading:
    """Run the model over a pack."""
    inner = model.model
    seen = inner.visual(pack.patches, grid_thw=pack.grids).pooler_output
    image = pack.ids == model.config.image_token_id
    embedded = inner.language_model.embed_tokens(pack.ids).masked_scatter(image[..., None], seen)
    half: list[torch.Tensor] = []
    layers = inner.language_model.layers
    hook = layers[len(layers) // 2 - 1].register_forward_hook(lambda *told: half.append(told[-1]))
    hidden = inner.language_model(
        inputs_embeds=embedded,
        attention_mask=pack.allowed,
        position_ids=pack.positions,
        use_cache=False,
    ).last_hidden_state
    hook.remove()
    return Reading(image, embedded, half[0], hidden)
