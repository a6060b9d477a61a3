"""What came of one sample in one mode: all that a run keeps of it, as plain data."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.evaluation.samples import Place, Sample
from ergo_agent.evaluation.scoring.places import overlap

__all__ = ["Key", "Outcome", "Tokens", "found_where"]

Key = tuple[str, str, int]
"""Sample, mode and trial."""


class Tokens(BaseModel):
    """Tokens of an episode."""

    model_config = ConfigDict(frozen=True)

    predicted: int = 0
    """Vision tokens of all views, by the dialect's token rule."""

    reported: int | None = None
    """Vision tokens of all views, as the server counted them; None where it did not say so of
    each."""

    full_resolution: int = 0
    """Vision tokens of one pass over the whole page at full resolution."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    """As the server reported them, summed over all turns."""


class Outcome(BaseModel):
    """One sample, asked once."""

    model_config = ConfigDict(frozen=True)

    sample: str
    """Its id."""

    mode: str
    trial: int = 1
    """From 1."""

    question: str
    options: tuple[str, ...] = ()
    """As they were shown."""

    gold: tuple[str, ...] = ()
    cluster: str = ""
    category: str = ""
    document: str = ""
    page: int | None = None

    answer: str | None = None
    read: str = ""
    """What the scorer read the answer as, such as a letter."""

    value: float = 0.0
    """0 to 1; 0 after an error."""

    right: bool = False
    error: str | None = None
    """What went wrong, with the name of its class; None where nothing did."""

    stop_reason: str | None = None
    confidence: float | None = None
    seconds: float = 0.0
    tokens: Tokens = Tokens()
    crops: tuple[Place, ...] = ()
    """Every region that was looked at closer, in original pixels."""

    recall: float | None = None
    """Share of the area where the answer stands that crops show, 0 after an error; None where it is
    not known where the answer stands."""

    iou: float | None = None
    """Intersection over union of the two."""

    page_recall: float | None = None
    """Share of the pages that hold the answer that were looked at; None where that is not known."""

    record: dict[str, Any] | None = Field(default=None, repr=False)
    """The whole episode, as `VisionAnswer` has it: views, turns, replies, boxes, ledger, times."""

    @property
    def key(self) -> Key:
        """Which of a run's it is."""
        return self.sample, self.mode, self.trial

    @classmethod
    def of(cls, sample: Sample, *, mode: str, trial: int, **came: Any) -> "Outcome":
        """An outcome with what is known of its sample.

        Args:
            sample: What was asked.
            mode: How.
            trial: From 1.
            **came: The other fields.
        """
        return cls(
            sample=sample.id,
            mode=mode,
            trial=trial,
            question=sample.question,
            options=sample.offered,
            gold=sample.gold,
            cluster=sample.cluster,
            category=sample.category,
            document=sample.document,
            page=sample.page,
            **came,
        )


def found_where(
    gold: dict[int, list[tuple[float, float, float, float]]], crops: tuple[Place, ...]
) -> tuple[float, float] | None:
    """The share of the gold's area that crops show, and intersection over union; None of no gold.

    Args:
        gold: Boxes in original pixels, by page.
        crops: What was looked at closer.
    """
    if not gold:
        return None
    shown = [place.box for place in crops if place.page in gold]
    # pages side by side, so that a box on one page does not overlap a crop of another
    shift = 1 + max(
        (edge for boxes in [*gold.values(), shown] for box in boxes for edge in box), default=0.0
    )
    wanted = [_moved(box, page * shift) for page, boxes in gold.items() for box in boxes]
    given = [_moved(place.box, place.page * shift) for place in crops]
    return overlap(wanted, given)


def _moved(box: tuple[float, float, float, float], by: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left + by, top, right + by, bottom
