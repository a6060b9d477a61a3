"""A form filled by a policy: what is looked at, in which order, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ergo_agent.documents.document import Document
from ergo_agent.documents.finders import PageFinder, Search
from ergo_agent.documents.quick_look import embedded_eye
from ergo_agent.documents.survey import Survey, Surveyor
from ergo_agent.episode.pages import page_ranges, ranges_in_words
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ImageError
from ergo_agent.extraction.claims import ClaimReader, ShownPage, lines_in_original
from ergo_agent.extraction.field_answers import Asking, FieldReader
from ergo_agent.extraction.form import Form, Rows
from ergo_agent.extraction.habits import NO_HABITS, Habits, habits_of
from ergo_agent.extraction.ink import drawn_in
from ergo_agent.extraction.page_reader import PageReader, ReadPage
from ergo_agent.extraction.places import lines_of
from ergo_agent.extraction.result import FieldAnswer
from ergo_agent.extraction.structured import ask_for_form
from ergo_agent.extraction.table_rows import FoundRows, read_rows
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.originals import Original
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL

__all__ = ["Filled", "Filler"]


@dataclass
class Filled:
    """What was found for a form."""

    answers: list[FieldAnswer]
    rows: dict[tuple[str, ...], FoundRows] = field(default_factory=dict)
    vision_tokens: int = 0
    notes: list[str] = field(default_factory=list)


class Filler:
    """Fills forms from one document."""

    def __init__(
        self,
        document: Document,
        *,
        policy: Policy,
        finder: PageFinder,
        settings: VisionSettings,
        maker: ViewMaker,
    ) -> None:
        """Say what it works with.

        Args:
            document: What is looked at.
            policy: Whom to ask.
            finder: Says which pages of several to look at.
            settings: What views may cost.
            maker: Opens pages and makes views.
        """
        self._document = document
        self._policy = policy
        self._finder = finder
        self._terms = policy.terms(settings)
        self._maker = maker
        self._known: Survey | None = None

    async def _survey(self) -> Survey:
        """A text for each page; made once, when it is needed."""
        if self._known is None:
            most = self._terms.settings.max_quick_looks
            surveyor = Surveyor(self._maker)
            self._known = await surveyor.survey(self._document, max_quick_looks=most)
        return self._known

    async def _habits(self) -> Habits:
        """How the document writes."""
        pages = (await self._survey()).pages.values()
        return habits_of(line.text for page in pages for line in page.lines)

    async def fill(self, form: Form, asking: Asking) -> Filled:
        """Fill a form.

        Args:
            form: What is looked for.
            asking: Opens the document for questions about it.

        Raises:
            ErgoError: As a question raises it.
        """
        if isinstance(self._policy.model, ChatOcr):
            return await self._read(form, asking, self._policy.model.reader)
        return await self._claimed(form)

    async def _read(self, form: Form, asking: Asking, reader: ViewReader) -> Filled:
        """By the embedded reader: a question for each field, and tables by their layout."""
        habits = await self._habits()
        fields = FieldReader(self._policy, habits)
        filled = Filled(await fields.answers(form.fields, asking))
        filled.vision_tokens = fields.vision_tokens
        pages = PageReader(reader, self._terms)
        for rows in form.rows:
            looked = await self._looked(rows, pages, filled)
            found, looked = await read_rows(rows, looked, pages, habits, filled.answers)
            filled.rows[rows.path] = found
            filled.vision_tokens += sum(page.tokens for page in looked)
            filled.notes += found.notes
        return await self._drawn_in(filled)

    async def _drawn_in(self, filled: Filled) -> Filled:
        """What was found, each region drawn in to what is printed there."""
        lists = [filled.answers, *(found.answers for found in filled.rows.values())]
        for number in {each.page for answers in lists for each in answers if each.region}:
            assert number is not None
            regions = {
                each.name: each.region
                for answers in lists
                for each in answers
                if each.page == number and each.region is not None
            }
            drawn = await drawn_in(await self._original(number), regions)
            for answers in lists:
                answers[:] = [
                    each.model_copy(update={"region": drawn[each.name]})
                    if each.page == number and each.name in drawn
                    else each
                    for each in answers
                ]
        return filled

    async def _looked(self, rows: Rows, reader: PageReader, filled: Filled) -> list[ReadPage]:
        """The pages that may hold a table, small, in order."""
        asked = f"{rows.label}: {', '.join(each.label for each in rows.columns)}"
        looked = []
        for number in await self._pages(asked, filled):
            try:
                looked.append(await reader.look(await self._original(number), number=number))
            except ImageError as error:
                filled.notes.append(f"page {number} could not be opened: {error.for_model}")
        return looked

    async def _claimed(self, form: Form) -> Filled:
        """By a vision-language policy: one structured reply, each value looked up on the pages.

        Raises:
            ImageError: If no page can be shown.
        """
        labels = [each.label for each in form.fields]
        for rows in form.rows:
            labels += [rows.label, *(column.label for column in rows.columns)]
        filled = Filled([])
        shown, views = await self._shown(", ".join(labels), filled)
        reply = await ask_for_form(self._policy, form, views)
        texts = (await self._survey()).pages if reply else {}
        pages = [
            ShownPage(number, size, lines_of(texts[number]) if number in texts else ())
            for number, size in shown
        ]
        habits = await self._habits() if reply else NO_HABITS
        claims = ClaimReader(pages, habits, self._closer)
        filled.answers = await claims.answers(form.fields, reply)
        for rows in form.rows:
            filled.rows[rows.path] = await claims.rows(rows, reply)
            filled.notes += filled.rows[rows.path].notes
        return filled

    async def _shown(
        self, asked: str, filled: Filled
    ) -> tuple[list[tuple[int, Size]], list[tuple[int, str]]]:
        """The pages that the policy is shown: their sizes, and their views as `data:` URLs.

        Raises:
            ImageError: If it is none; as the first one failed.
        """
        sizes: list[tuple[int, Size]] = []
        views: list[tuple[int, str]] = []
        first: ImageError | None = None
        left = self._terms.settings.document_budget
        for number in await self._pages(asked, filled):
            try:
                original = await self._original(number)
                view = plan_coarse(original.size, page=original.page, terms=self._terms)
                if view.tokens > left:
                    said = f"page {number} was not shown: max_vision_tokens are used up"
                    filled.notes.append(said)
                    break
                part = self._document.place(number).part
                made = await self._maker.made(view, original)
                url = await self._maker.url(made, part.digest, source=part.source)
            except ImageError as error:
                first = first or error
                filled.notes.append(f"page {number} could not be opened: {error.for_model}")
                continue
            left -= view.tokens
            filled.vision_tokens += view.tokens
            sizes.append((number, original.size))
            views.append((number, url))
        if not views and first is not None:
            raise first
        return sizes, views

    async def _closer(self, number: int, part: Box) -> Sequence[TextLine]:
        """A part of a page, in original pixels, as the embedded reader reads it."""
        eye: Any = embedded_eye()
        reader = PageReader(eye, Terms(self._terms.settings, QWEN2_5_VL))
        page = await reader.look(await self._original(number), number=number)
        scale = page.view.shown.width / page.original.size.width
        shown = Box(*(edge * scale for edge in part))
        return lines_in_original(await reader.closer(page, shown))

    async def _original(self, number: int) -> Original:
        """A page of the document.

        Raises:
            ImageError: If it cannot be opened, as the survey may have found.
        """
        place = self._document.place(number)
        known = self._known.error(number) if self._known else ""
        if place.part.error or known:
            raise ImageError(place.part.error or known)
        return await self._maker.original(
            place.part.digest, page=place.page, source=place.part.source
        )

    async def _pages(self, question: str, filled: Filled) -> list[int]:
        """The pages to look at, in order: those that the finder ranks first."""
        pages, most = self._document.pages, self._terms.settings.max_pages
        if len(pages) > 1:
            search = Search(
                question=question,
                document=self._document,
                survey=await self._survey() if self._finder.needs_text else None,
                policy=self._policy,
                terms=self._terms,
                maker=self._maker,
                max_vision_tokens=self._terms.settings.document_budget // 2,
                config={},
            )
            found = await self._finder.find(search)
            filled.vision_tokens += found.vision_tokens
            pages = [hit.page for hit in found.hits] or pages
        left = ranges_in_words(page_ranges(pages[most:]))
        if left:
            filled.notes.append(f"pages {left} were not looked at: max_pages is {most}")
        return sorted(pages[:most])
