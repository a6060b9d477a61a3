"""What a vision-language policy claims, looked up on the pages that it was shown."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ergo_agent.extraction.form import Field, Rows
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.page_reader import ReadPage
from ergo_agent.extraction.places import Standing, places_of_text, places_of_value
from ergo_agent.extraction.result import FieldAnswer
from ergo_agent.extraction.structured import Claim, claim_of, rows_claimed
from ergo_agent.extraction.table_rows import FoundRows
from ergo_agent.layout.text import Box, TextLine, Word
from ergo_agent.policies.ocr.turn import UPRIGHT
from ergo_agent.views.geometry import Region, Size

__all__ = ["ClaimReader", "Closer", "ShownPage", "lines_in_original"]

Closer = Callable[[int, Box], Awaitable[Sequence[TextLine]]]
"""Reads a part of a page, in original pixels, at full resolution; the lines are in those, too."""

_AROUND = 60.0
"""Thousandths of a page around a claimed box that are read: a box may be a line or two off."""


class ShownPage(NamedTuple):
    """A page that the policy was shown, with its text."""

    number: int
    size: Size
    lines: Sequence[TextLine]
    """In original pixels, with their words."""


class ClaimReader:
    """Looks claims up."""

    def __init__(self, pages: Sequence[ShownPage], habits: Habits, closer: Closer) -> None:
        """Say where.

        Args:
            pages: What the policy was shown.
            habits: How the document writes.
            closer: Reads a part of a page closely, for what its text does not hold.
        """
        self._pages = {page.number: page for page in pages}
        self._habits = habits
        self._closer = closer

    async def answers(self, fields: Sequence[Field], said: Mapping[str, Any]) -> list[FieldAnswer]:
        """Each field's claim, if it stands on a page.

        Args:
            fields: What was asked for.
            said: The policy's reply.

        Raises:
            ImageError: If a page cannot be drawn any more.
        """
        return [await self._answer(field, claim_of(said.get(field.name))) for field in fields]

    async def rows(self, rows: Rows, said: Mapping[str, Any]) -> FoundRows:
        """The rows that are claimed; of a row with a needed cell that stands nowhere, a note.

        Raises:
            ImageError: If a page cannot be drawn any more.
        """
        found = FoundRows()
        for claims in rows_claimed(said.get(rows.name), rows):
            base = f"{rows.name}[{len(found.rows)}]"
            answers = await self._row(base, rows, claims)
            values = {name: each.value for name, each in answers.items() if each.value is not None}
            lacking = rows.needed - values.keys()
            if lacking or not values:
                read = ", ".join(claim.text for claim in claims.values())
                lacks = ", ".join(sorted(lacking)) or "every value"
                found.notes.append(f'a claimed row of {rows.name} lacks {lacks}: "{read}"')
                continue
            found.rows.append(values)
            found.answers += answers.values()
        return found

    async def _row(
        self, base: str, rows: Rows, claims: Mapping[str, Claim]
    ) -> dict[str, FieldAnswer]:
        """The cells of a row, on the line of the one that stands in the fewest places."""
        standing = {
            column: await self._standing(column, claims[column.name])
            for column in rows.columns
            if column.name in claims
        }
        located = [each for each in standing.values() if each]
        row: tuple[int, Standing] | None = min(located, key=len)[0] if located else None
        answers = {}
        for column, places in standing.items():
            name, claim = f"{base}.{column.name}", claims[column.name]
            best = places[0] if places else None
            if row is not None and places:
                page, anchor = row
                middle = anchor.box.middle
                best = min(
                    places, key=lambda each: (each[0] != page, abs(each[1].box.middle - middle))
                )
            answers[column.name] = self._located(name, "", column, claim, best)
        return answers

    async def _answer(self, field: Field, claim: Claim | None) -> FieldAnswer:
        if claim is None:
            return FieldAnswer(name=field.name, question=field.question)
        places = await self._standing(field, claim)
        best = places[0] if places else None
        return self._located(field.name, field.question, field, claim, best)

    def _located(
        self,
        name: str,
        question: str,
        field: Field,
        claim: Claim,
        place: tuple[int, Standing] | None,
    ) -> FieldAnswer:
        if place is None:
            said = f'the policy says "{claim.text}", which stands on no page that it was shown'
            return FieldAnswer(name=name, question=question, problem=said)
        number, standing = place
        found = FieldAnswer(
            name=name,
            question=question,
            read=standing.text,
            quote=standing.quote,
            page=number,
            region=_region(standing.box, self._pages[number].size),
        )
        try:
            return found.model_copy(update={"value": field.kind.read(claim.text, self._habits)})
        except ValueError as error:
            said = f'"{claim.text}" is not {field.kind.name}: {error}'
            return found.model_copy(update={"problem": said})

    async def _standing(self, field: Field, claim: Claim) -> list[tuple[int, Standing]]:
        """Where a claim stands, the likeliest place first."""
        found: list[tuple[int, Standing]] = []
        for number, shown in self._pages.items():
            found += [(number, each) for each in self._places(field, claim, shown.lines)]
        page = self._pages.get(claim.page) if claim.page is not None else None
        if not found and page is not None and claim.box is not None:
            lines = await self._closer(
                page.number,
                _of_page(claim.box, page.size).padded(
                    _AROUND / 1000 * page.size.width, _AROUND / 1000 * page.size.height
                ),
            )
            found = [(page.number, each) for each in self._places(field, claim, lines)]
        return sorted(found, key=lambda each: self._distance(claim, *each))

    def _places(self, field: Field, claim: Claim, lines: Sequence[TextLine]) -> list[Standing]:
        """Its text, or where that stands nowhere its value however it is written."""
        found = places_of_text(claim.text, lines)
        if found or field.kind.free:
            return found
        try:
            value = field.kind.read(claim.text, self._habits)
        except ValueError:
            return []
        return places_of_value(value, field.kind, lines, self._habits)

    def _distance(self, claim: Claim, number: int, standing: Standing) -> tuple[bool, float]:
        """From where it was claimed, in original pixels; first what is on the claimed page."""
        if claim.box is None:
            return number != claim.page, 0.0
        box = _of_page(claim.box, self._pages[number].size)
        across = box.middle_across - standing.box.middle_across
        return number != claim.page, math.hypot(across, box.middle - standing.box.middle)


def lines_in_original(page: ReadPage) -> list[TextLine]:
    """What was read of a page, in original pixels; whole lines where it does not stand upright."""
    upright = page.views[0].turn == UPRIGHT
    across = page.original.size.width / page.view.shown.width
    found = []
    for line in page.lines:
        box = Box(*map(float, page.region([line]).as_tuple()))
        words = tuple(Word(w.text, w.left * across, w.right * across) for w in line.words)
        whole = (Word(line.text, box.left, box.right),)
        found.append(replace(line, box=box, words=words if upright and words else whole))
    return found


def _of_page(box: tuple[float, float, float, float], size: Size) -> Box:
    """A box in thousandths in original pixels; its corners in order."""
    left, right = sorted((box[0], box[2]))
    top, bottom = sorted((box[1], box[3]))
    across, down = size.width / 1000, size.height / 1000
    return Box(left * across, top * down, right * across, bottom * down)


def _region(box: Box, size: Size) -> Region:
    left = min(max(0, math.floor(box.left)), size.width - 1)
    top = min(max(0, math.floor(box.top)), size.height - 1)
    return Region(
        left=left,
        top=top,
        right=min(max(left + 1, math.ceil(box.right)), size.width),
        bottom=min(max(top + 1, math.ceil(box.bottom)), size.height),
    )
