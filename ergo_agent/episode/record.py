"""What an episode leaves behind, as plain data."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from ergo_agent._common.text import shown_short
from ergo_agent.episode.coverage import PageCoverage, coverage_of
from ergo_agent.episode.ledger import Ledger
from ergo_agent.episode.moves import ReadFrom
from ergo_agent.episode.pages import DocumentFacts, place_of
from ergo_agent.episode.review import ZoomReview
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.turn import Turn
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = ["Evidence", "ImageFacts", "Record", "Verified", "view_in_image"]

Verified = Literal["changed"] | bool
"""Whether an answer was confirmed from its crops alone; `changed` where they gave another one, and
the same one twice."""


class ImageFacts(BaseModel):
    """Which image an episode was about; of a document, the page that it answers from."""

    model_config = ConfigDict(frozen=True)

    digest: str
    """`sha256:<hex>` of the image's bytes."""

    width: int
    height: int
    """Width and height of the original, in pixels."""

    page: int
    """The page or frame, from 1; of a document, its number within that."""

    page_count: int
    """Of the image, or of the document."""


class Evidence(BaseModel):
    """Where an answer was read."""

    model_config = ConfigDict(frozen=True)

    region: Region
    """In original pixels."""

    page: int
    text: str
    """What was read there: the passage around the answer, verbatim, where the policy quotes one,
    else the answer."""

    crop: str
    """Digest of the encoded view it was read in."""

    read_from: ReadFrom | None = None
    """What its letters were taken from: the pixels of that crop, or the part of the PDF's own text
    layer that it shows. None where the policy does not say."""


class Record(BaseModel):
    """All that an episode leaves: views, turns, ledger, evidence."""

    model_config = ConfigDict(frozen=True)

    question: str
    answer: str | None
    """The answer, verbatim; None when it was not found."""

    confidence: float | None = None
    """The probability that the policy's best answer, given or not, is right, 0 to 1, calibrated on
    pages that nothing was trained on; None for policies that give none."""

    reasoning: str
    """The policy's reasoning with the answer, verbatim."""

    evidence: list[Evidence]
    """Where the policy says it read the answer; where it does not say so, the crops it was shown,
    or the whole page if there was none. Empty without an answer."""

    stop_reason: StopReason
    verified: Verified | None = None
    """Whether the answer was confirmed from its crops alone; `changed` where it was not, and what
    they say twice took its place. False also where no time or too few vision tokens were left for
    that. None without an answer, and when it was not asked for."""

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
    """Seconds spent in each stage, summed over its runs: observe, policy, zoom, answer; and survey
    and find for a document."""

    document: DocumentFacts | None = None
    """Which pages there were and which were looked at; None where one page was asked about."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What its `repr` shows; the whole is `model_dump()`."""
        yield "answer", shown_short(self.answer)
        yield "confidence", None if self.confidence is None else round(self.confidence, 2)
        yield "page", self.image.page
        yield "regions", [found.region.as_tuple() for found in self.evidence]
        yield "vision_tokens", self.ledger.spent
        yield "stop_reason", self.stop_reason

    @computed_field  # type: ignore[prop-decorator]
    @property
    def coverage(self) -> list[PageCoverage]:
        """How much of each page that was looked at was seen, and at which scale."""
        return coverage_of(self.views)

    def in_image(self, view: View) -> tuple[ImageFacts, View]:
        """The image that a view is a part of, and the view as one of that image's page.

        Raises:
            ImageNotFoundError: If the document has no such page.
        """
        return view_in_image(view, self.image, self.document)


def view_in_image(
    view: View, image: ImageFacts, document: DocumentFacts | None
) -> tuple[ImageFacts, View]:
    """The file that a view of a document is a part of, and the view with its page's number there.

    Args:
        view: Of the document; its page is that of the document.
        image: What the record is about.
        document: Its document; None where it is about one page, and `image` is that.

    Raises:
        ImageNotFoundError: If the document has no such page.
    """
    if document is None:
        return image, view
    place = place_of(document.parts, view.page)
    facts = ImageFacts(
        digest=place.part.digest,
        width=view.original.width,
        height=view.original.height,
        page=place.page,
        page_count=place.part.pages,
    )
    return facts, view.model_copy(update={"page": place.page})
