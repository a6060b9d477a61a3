"""Finds the answer to a question on a page, or says that it is not there."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ergo_agent._common.stems import stems_in
from ergo_agent.layout.page import understand
from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr.finder.asked_numbers import without_other_numbers
from ergo_agent.policies.ocr.finder.confidence import calibrated, usual_threshold
from ergo_agent.policies.ocr.finder.places import place_of
from ergo_agent.policies.ocr.finder.shortlist import short_list
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.models import Models, ReadSpan, shared_models

__all__ = ["Accepts", "Candidate", "Finding", "find", "likeliest"]

_LONGEST_QUOTE = 300
"""Characters of the passage that are quoted."""
_WORD = re.compile(r"\w+(?:[@._/+-]\w+|(?<=\d)[,:]\d+)*")
"""What stands together without a blank: `help@firm.example`, `12:30`, `WL-3301`."""
_ONE = 0.5
"""Share of what a column's cells have together from which one of them is meant."""
Accepts = Callable[[str], bool | None]
"""Whether a text may be the answer, as where a date is wanted. None for one that might be, and is
known to be something else: if it is not the answer, there may be none."""


@dataclass(frozen=True)
class Finding:
    """The best answer on a page, given or not."""

    text: str
    """The answer alone, verbatim."""
    lines: tuple[TextLine, ...]
    """Where it stands, each line cut to the words of the answer."""
    whole_lines: tuple[TextLine, ...]
    """The same lines, whole, as they have to be seen to be read."""
    key_lines: tuple[TextLine, ...]
    """Where its label, row or column header stands."""
    quote: str
    """The passage that it was read in."""
    confidence: float
    """The probability that it is right, calibrated."""
    threshold: float
    """The confidence from which it is given."""
    reason: str
    """Why, in words, for the policy's reasoning."""

    @property
    def found(self) -> bool:
        """Whether the confidence suffices to give the answer."""
        return self.confidence >= self.threshold


@dataclass(frozen=True)
class Candidate:
    """An answer in the unit where it is likeliest, with what all its places say together."""

    text: str
    unit: Unit
    probability: float


def find(
    question: str,
    lines: Sequence[TextLine],
    *,
    models: Models | None = None,
    threshold: float | None = None,
    accepts: Accepts | None = None,
) -> Finding | None:
    """The best answer to a question among the lines of a page; None on a page without text.

    Args:
        question: One question.
        lines: What was read, in any order.
        models: What language is understood with; the process's own when left out.
        threshold: The confidence from which an answer counts as found, 0 to 1; when left out, the
            one that was chosen with the calibration.
        accepts: Which texts may be answers; all when left out. What is sure is then how sure an
            answer is among these, those that are something else, and none.
    """
    best = likeliest(question, lines, models or shared_models(), accepts=accepts)
    if best is None:
        return None
    unit = best.unit
    inside = "".join(best.text.split()) in "".join(unit.text.split())
    holding = unit.lines if inside or not unit.key_lines else unit.key_lines
    place = place_of(best.text, holding)
    said = f"{unit.key}: {unit.text}" if unit.key else unit.text
    return Finding(
        text=best.text,
        lines=place,
        whole_lines=tuple(o for o in holding if any(p.box.share_inside(o.box) > 0 for p in place)),
        key_lines=unit.key_lines,
        quote=" ".join(said.split())[:_LONGEST_QUOTE],
        confidence=calibrated(best.probability),
        threshold=usual_threshold() if threshold is None else threshold,
        reason=f'The text stands with "{unit.key}".' if unit.key else "The passage says so.",
    )


def likeliest(
    question: str, lines: Sequence[TextLine], models: Models, *, accepts: Accepts | None = None
) -> Candidate | None:
    """The best answer with what the model itself gives it; `find` says how sure that is."""
    asked = " ".join(question.split())
    units = without_other_numbers(asked, _units(tuple(lines)))
    units = short_list(asked, units, models.encoder)
    if not units:
        return None
    found = _candidates(models.reader.read(asked, [unit.passage for unit in units]), units)
    found = _without(found, _of_no_row(asked, found.values()))
    if accepts is not None:
        found = _accepted(found, accepts)
    return max(found.values(), key=lambda each: each.probability, default=None)


@lru_cache(maxsize=32)
def _units(lines: tuple[TextLine, ...]) -> tuple[Unit, ...]:
    """A page's units, worked out once however many questions are asked about it."""
    return tuple(units_of(understand(lines)))


def _candidates(spans: Sequence[ReadSpan], units: Sequence[Unit]) -> dict[str, Candidate]:
    """The answers by what they say: what is read twice is one."""
    found: dict[str, Candidate] = {}
    for span in spans:
        unit = units[span.passage]
        start, end = _whole(unit.passage, span.start, span.end)
        text = _bare(unit.passage[start:end])
        if not text or unit.parted(span.start, span.end):
            continue
        said = "".join(text.casefold().split())
        known = found.get(said) or Candidate(text, unit, 0.0)
        found[said] = replace(known, probability=known.probability + span.probability)
    return found


def _of_no_row(question: str, found: Iterable[Candidate]) -> set[str]:
    """Parts of a table that stand alike in rows of which a question names none: it means none."""
    columns: dict[str, list[Candidate]] = {}
    asked = stems_in(question)
    for each in found:
        unit = each.unit
        row = stems_in(f"{unit.key} {unit.around}") - stems_in(unit.header)
        if unit.header and not asked & row:
            columns.setdefault(unit.header, []).append(each)
    return {
        each.text
        for cells in columns.values()
        if max(cell.probability for cell in cells) < _ONE * sum(cell.probability for cell in cells)
        for each in cells
    }


def _accepted(found: dict[str, Candidate], accepts: Accepts) -> dict[str, Candidate]:
    """The candidates that may be answers."""
    fit = {each.text: accepts(each.text) for each in found.values()}
    left = _without(found, {text for text, fits in fit.items() if fits is False})
    return {said: each for said, each in left.items() if fit[each.text]}


def _without(found: dict[str, Candidate], texts: Collection[str]) -> dict[str, Candidate]:
    """The candidates but some, each as likely as it is where those are none."""
    left = max(1.0 - sum(each.probability for each in found.values() if each.text in texts), 1e-9)
    return {
        said: replace(each, probability=min(1.0, each.probability / left))
        for said, each in found.items()
        if each.text not in texts
    }


def _whole(passage: str, start: int, end: int) -> tuple[int, int]:
    """A span with all of the words, codes, addresses and numbers that it begins or ends in."""
    for word in _WORD.finditer(passage):
        if word.start() < end and word.end() > start:
            start, end = min(start, word.start()), max(end, word.end())
    return start, end


def _bare(text: str) -> str:
    """A span without the marks at its ends that belong to the sentence around it."""
    bare = text.strip().strip(",;:|").rstrip("?!").strip()
    if bare.endswith(".") and not re.search(r"(?:^|[\s.])\w{1,3}\.$", bare):
        bare = bare[:-1]
    return bare.strip()
