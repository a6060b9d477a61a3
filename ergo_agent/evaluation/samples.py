"""One question of a benchmark, the same whatever layout it was published in."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["LETTERS", "Place", "Sample", "letter_of"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Place(BaseModel):
    """A box where the answer stands."""

    model_config = ConfigDict(frozen=True)

    page: int = 1
    """From 1."""

    box: tuple[float, float, float, float]
    """Left, top, right, bottom; right and bottom exclusive."""

    dpi: float | None = None
    """Of the drawing of a PDF's page whose pixels the box counts; None where it counts original
    pixels."""


class Sample(BaseModel):
    """A question, what it is about, and what counts as its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: str = Field(min_length=1)
    """Unique in its benchmark."""

    document: str
    """Path of an image, a PDF, a TIFF, or a folder of pages."""

    page: int | None = Field(default=None, ge=1)
    """The only page that is asked about; None for all."""

    question: str = Field(min_length=1)

    options: tuple[str, ...] = ()
    """Choices without their letters, in the order in which they were published."""

    gold: tuple[str, ...] = ()
    """Accepted answers; for a multiple choice its letter. None where it cannot be answered."""

    answer_format: str = ""
    """How the benchmark types the answer, where it does: Str, Int, Float, List, None."""

    cluster: str = ""
    """What questions share that are not independent: their image or document."""

    category: str = ""
    """By which the benchmark's own tables are split."""

    pages: tuple[int, ...] = ()
    """Pages that hold the answer, from 1; empty where that is not known."""

    places: tuple[Place, ...] = ()
    """Where it stands; empty where that is not known."""

    @property
    def offered(self) -> tuple[str, ...]:
        """The options as a policy is shown them: `(A) red`."""
        return tuple(f"({LETTERS[at]}) {text}" for at, text in enumerate(self.options))


def letter_of(at: int) -> str:
    """The letter of an option, counted from 0."""
    return LETTERS[at]
