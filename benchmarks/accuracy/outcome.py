"""What is kept of each question: one line of JSON, enough to work out every measure."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ergo_agent.evaluation.scoring.places import Place

__all__ = ["Outcome", "append_outcomes", "load_outcomes"]


class Outcome(BaseModel):
    """One question as it was answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    question: str
    reader: str
    """Who was asked; see `benchmarks.accuracy.readers`."""
    answer: str | None = None
    regions: tuple[Place, ...] = ()
    """Those of the evidence, in original pixels."""
    confidence: float | None = None
    share: float | None = None
    """Vision tokens as a share of one full-resolution pass; None after an error."""
    seconds: float
    processor: float
    """Seconds of all threads of the process together."""
    first: bool
    """Whether this was the first question on its page, which was then read for it."""
    stopped: str = ""
    error: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the reader said that nothing was found; an error is no refusal."""
        return self.answer is None and self.error is None


def load_outcomes(path: Path, *, reader: str) -> list[Outcome]:
    """Reads what an earlier run left; nothing where there is no file.

    A line that was being written when that run was stopped is left out.

    Raises:
        ValueError: the file holds another reader's answers.
    """
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    found = [Outcome.model_validate_json(line) for line in lines if line.endswith("\n")]
    others = {outcome.reader for outcome in found} - {reader}
    if others:
        raise ValueError(
            f"{path} holds answers of {sorted(others)}, this run asks {reader!r}: name another file"
        )
    return found


def append_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Writes lines behind what is there, first cutting off a line that was left unfinished."""
    _cut_unfinished(path)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{outcome.model_dump_json()}\n" for outcome in outcomes)


def _cut_unfinished(path: Path) -> None:
    data: Sequence[int] | bytes = path.read_bytes() if path.exists() else b""
    if data and not bytes(data).endswith(b"\n"):
        path.write_bytes(bytes(data)[: bytes(data).rfind(b"\n") + 1])
