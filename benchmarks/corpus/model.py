"""The documents and questions of the corpus, as they are written in its files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FOLDER = Path(__file__).parent


class Split(StrEnum):
    """A part of the corpus: to train the passage reader, to tune on, and to report."""

    TRAINING = "training"
    DEVELOPMENT = "development"
    HELD_OUT = "held_out"


class DebianSource(BaseModel):
    """A page of a PDF that a Debian package brings along."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["debian"]
    package: str
    version: str
    file: str = Field(description="path inside the package; may end in .pdf.gz")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="of the PDF, after gunzipping")
    page: int = Field(ge=1, description="counted from one")


class GeneratedSource(BaseModel):
    """A page that one of the templates in `benchmarks.corpus.forms` draws."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["generated"]
    template: str
    seed: int


class WrittenSource(BaseModel):
    """A form that was written out block by block; see `benchmarks.corpus.forms.written`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["written"]
    form: str


class LaidOutSource(BaseModel):
    """A page that one of `benchmarks.corpus.layouts` draws, which knows its questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["laid-out"]
    layout: str
    seed: int


class Look(BaseModel):
    """How a page came to be a picture; the default is a clean scan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dpi: int = Field(default=300, ge=50, le=600)
    turn: Literal[0, 90, 180, 270] = Field(default=0, description="degrees clockwise")
    skew: float = Field(default=0, ge=-15, le=15, description="degrees clockwise")
    grain: int = Field(default=0, ge=0, le=60, description="standard deviation of the noise")
    jpeg: int | None = Field(default=None, ge=20, le=95, description="quality it was kept with")


Source = DebianSource | GeneratedSource | LaidOutSource | WrittenSource


Kind = Literal[
    "key-value", "cell", "section", "definition", "compare", "contact", "statement",
    "merged", "reverse", "columns", "line-end", "receipt", "form", "drawing", "skewed", "turned",
    "long", "small-print", "beyond-reading",
]  # fmt: skip
"""What makes a question what it is; see the corpus's README."""

Place = tuple[int, int, int, int]
"""Left, top, right, bottom in original pixels; right and bottom exclusive."""


class Document(BaseModel):
    """One page of the corpus."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z0-9][a-z0-9.-]*$")
    source: Annotated[Source, Field(discriminator="kind")]
    look: Look = Look()


class Question(BaseModel):
    """A question about one page with the accepted answers; none when it has no answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    question: str
    gold: tuple[str, ...]
    wording: Literal["page", "paraphrase", "unanswerable"]
    kind: Kind
    regions: tuple[Place, ...] = Field(
        default=(), description="where the first gold string stands, one box a line"
    )


def load_documents(split: Split | str) -> tuple[Document, ...]:
    """Reads the pages of a split.

    Raises:
        ValueError: there is no such split, or its file is malformed.
    """
    text = (FOLDER / "documents" / f"{Split(split)}.json").read_bytes()
    return TypeAdapter(tuple[Document, ...]).validate_json(text)


def load_questions(split: Split | str) -> tuple[Question, ...]:
    """Reads the questions of a split, in the order of their file.

    Raises:
        ValueError: there is no such split, or a line of its file is malformed.
    """
    path = FOLDER / "questions" / f"{Split(split)}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Question.model_validate_json(line) for line in lines if line.strip())
