"""One forward pass over a pack, by the very modules of transformers that serve it."""

from typing import NamedTuple

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from ergo_agent.training.scenes.panels import COLOURS, SHAPES
from scripts.nano.packs import IGNORED, Pack

__all__ = ["Lost", "Naming", "Reading", "loss_of", "read"]

_GRID = (1, 16, 16)
"""Frames, rows and columns of the patches of a view."""

_PATCHES = 256


class Naming(torch.nn.Module):  # type: ignore[misc]  # untyped where torch is missing
    """Names the panel that each vision token belongs to: colour and shape.

    Used while locating is learnt and then thrown away: a reply says so little about where things
    are that colours and shapes are seen sooner if every token has to say what it shows.
    """

    def __init__(self, hidden: int) -> None:
        """Make it for embeddings of a width."""
        super().__init__()
        self.colour = torch.nn.Linear(hidden, 1 + len(COLOURS))
        self.shape = torch.nn.Linear(hidden, 1 + len(SHAPES))

    def forward(self, embedded: torch.Tensor, named: torch.Tensor) -> torch.Tensor:
        """The loss.

        Args:
            embedded: rows x 64 x hidden.
            named: rows x 64 x 2, as in `Pack.named`.
        """
        colour, shape = (one(embedded).flatten(0, 1) for one in (self.colour, self.shape))
        entropy = torch.nn.functional.cross_entropy
        return entropy(colour, named[..., 0].flatten(), ignore_index=IGNORED) + entropy(
            shape, named[..., 1].flatten(), ignore_index=IGNORED
        )


class Lost(NamedTuple):
    """The loss of a pack, and how well its replies are foretold."""

    loss: torch.Tensor
    replies: float
    """The part of it that is about replies."""

    right: float
    """Share of the heavy tokens of the replies that are foretold."""


def loss_of(
    model: Qwen2_5_VLForConditionalGeneration, naming: torch.nn.ModuleList, pack: Pack
) -> Lost:
    """The loss of a pack: that of the replies, and of naming where there is something to name.

    Args:
        model: What is taught.
        naming: Two of `Naming`, for what the vision tower and the language model make of a picture.
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
        for names, what in zip(naming, (seen.embedded, seen.hidden), strict=True):
            shown = torch.stack([row[at] for row, at in zip(what, first, strict=True)])
            loss = loss + names(shown, pack.named)
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
