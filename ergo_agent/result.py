"""What an episode leaves behind: the answer, where it was read, and everything shown and said."""

import os
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.budget import Ledger
from ergo_agent.dialects.base import Answer, ShownView, Stage, Zoom
from ergo_agent.geometry import Region
from ergo_agent.reviewing import ZoomReview

if TYPE_CHECKING:
    from ergo_agent.imaging import ImageLimits, ImageSource, ImageStore

__all__ = ["Evidence", "ImageFacts", "StopReason", "Turn", "View", "VisionAnswer"]

StopReason = Literal[
    "answered",
    "not_found",
    "full_resolution",
    "repeated_region",
    "max_zooms",
    "token_budget",
    "deadline",
    "context_length",
    "unusable_reply",
    "rejected",
]
"""Why the zooming ended. `answered` and `not_found`: the policy ended it. Every other reason is
what made the graph ask a last time, for an answer from what had been seen:

- `full_resolution`: the policy wanted a closer look at what it saw at full resolution already;
- `repeated_region`: it wanted to see again what it had been shown;
- `max_zooms`, `token_budget`, `deadline`: the setting of that name was used up;
- `context_length`: the conversation was longer than the model's context, and the answer is asked
  for from the newest views alone;
- `unusable_reply`: two replies in a row held neither a usable box nor an answer;
- `rejected`: a person who was asked about the zoom rejected it.
"""


class ImageFacts(BaseModel):
    """Which image an episode was about."""

    model_config = ConfigDict(frozen=True)

    digest: str
    """`sha256:<hex>` of the image's bytes."""

    width: int
    height: int
    """Width and height of the original, in pixels."""

    page: int
    """The page or frame, from 1."""

    page_count: int


class View(ShownView):
    """A view that the policy was shown, and what it cost."""

    tokens: int
    """Vision tokens by the dialect's token rule."""

    parent: int | None
    """Number of the view that the policy's box was written for; None for the coarse view."""

    digest: str
    """Digest of the encoded view, under which the store keeps it."""


class Turn(BaseModel):
    """One question to the policy and its reply."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    question: str
    """The text of the question, as sent."""

    views: tuple[int, ...]
    """Numbers of the views that were sent with it."""

    reply: str | None
    """The reply, verbatim; None where the deadline came first."""

    record: dict[str, Any] | None = None
    """What of the reply is no text, tool calls above all, as plain JSON; None where it is text."""

    move: Zoom | Answer | None
    """What the reply was read as; None where it could not be used."""

    repairs: tuple[str, ...] = ()
    """What had to be done to use the reply: `tolerant_parse`, `swapped`, `clamped`, `merged`,
    `dropped`, `grown`, `enlarged`, `shrunk_to_budget`, `second_question`, `last_question`,
    `plain_text`, `smaller_view`, `fewer_views`. The last two: the views were made smaller, or
    only the newest views were sent, because the conversation was too long for the model."""

    error: str | None = None
    """Why the reply could not be used, as the policy was told."""

    seconds: float = 0.0
    """How long the model took."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Tokens as the server reported them; 0 where it reported none."""

    image_tokens: int | None = None
    """How many of the input tokens were vision tokens, of all views in the prompt; None where the
    server did not say."""


class Evidence(BaseModel):
    """Where an answer was read."""

    model_config = ConfigDict(frozen=True)

    region: Region
    """In original pixels."""

    page: int
    text: str
    """What was read there."""

    crop: str
    """Digest of the encoded view it was read in."""


class VisionAnswer(BaseModel):
    """The answer to a question about an image, with its evidence and its price."""

    model_config = ConfigDict(frozen=True)

    question: str
    answer: str | None
    """The answer, verbatim; None when it was not found."""

    reasoning: str
    """The policy's reasoning with the answer, verbatim."""

    evidence: list[Evidence]
    """Where the policy says it read the answer; where it does not say so, the crops it was shown,
    or the whole page if there was none. Empty without an answer."""

    stop_reason: StopReason
    verified: bool | None = None
    """Whether the answer was confirmed from its crops alone; None when that was not asked for."""

    policy: str
    """The model and the dialect."""

    image: ImageFacts
    views: list[View]
    """Everything the policy was shown, in order."""

    turns: list[Turn]
    """Everything that was said, in order."""

    reviews: list[ZoomReview] = Field(default_factory=list)
    """What a person decided about zooms, in order; empty where nobody was asked."""

    ledger: Ledger
    timings: dict[str, float] = Field(default_factory=dict)
    """Seconds spent in each stage, summed over its runs: observe, policy, zoom, answer."""

    def save_report(
        self,
        path: str | os.PathLike[str],
        *,
        image: "ImageSource | None" = None,
        store: "ImageStore | None" = None,
        limits: "ImageLimits | None" = None,
    ) -> None:
        """Write this result as one HTML file that needs nothing else; blocking.

        It shows the original with every box, each view as the policy saw it, what was said, and
        what it cost against one full-resolution pass. It stays below 5 MB: larger pictures are
        shrunk. It names every picture that it could not find.

        Args:
            path: The file to write, one ending in `.html`; it is replaced if it is there.
            image: The image that was asked about, for where its pictures are no longer kept, as
                with a result read from JSON. Views are then made again from it, and the file's
                name is shown.
            store: The store that the question was asked with; the one in the process's memory
                when left out.
            limits: What is too large to be opened, where the question was asked with others than
                `DEFAULT_LIMITS`.

        Raises:
            ImageError: If `image` cannot be read, or is another image.
            SettingsError: If the file cannot be written.
        """
        # both stand on this module
        from ergo_agent.imaging import DEFAULT_LIMITS  # noqa: PLC0415
        from ergo_agent.reporting import save_report  # noqa: PLC0415

        save_report(self, path, image=image, store=store, limits=limits or DEFAULT_LIMITS)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from ergo_agent.reporting import notebook_html  # noqa: PLC0415  # it stands on this module

        return notebook_html(self)
