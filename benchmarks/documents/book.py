"""A document that is written page by page, and knows what is asked about it and where it stands."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, Literal, NamedTuple

from fpdf import FPDF

__all__ = ["Asked", "Book", "Made", "Task"]

Task = Literal["prose", "table", "two pages", "unanswerable"]
"""Where the answer stands: in running text, in a table, over two pages (the answer on one, what it
is an answer to on the other), or nowhere."""

_WIDTH, _HEIGHT, _MARGIN = 210, 297, 22
_BODY = _WIDTH - 2 * _MARGIN
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_FACES = ("Helvetica", "Times")


class Asked(NamedTuple):
    """A question about a whole document."""

    question: str
    gold: tuple[str, ...]
    """Accepted answers; none where the document does not say."""

    pages: tuple[int, ...]
    """Where the answer stands, from 1; for `two pages` the page of the answer first."""

    task: Task


class Made(NamedTuple):
    """A written document."""

    pdf: bytes
    pages: int
    asked: tuple[Asked, ...]


class Book:
    """Sections of prose and tables, one after the other; lengths in millimetres."""

    def __init__(self, title: str, *, random: Random) -> None:
        """Begin with a title page.

        Args:
            title: In large type on the first page.
            random: Chooses face, size of type and filler.
        """
        self.random = random
        self._face, self._size = random.choice(_FACES), random.choice((10.0, 10.5, 11.0))
        self._leading = self._size * 25.4 / 72 * 1.35
        self._pdf = FPDF(unit="mm", format=(_WIDTH, _HEIGHT))
        self._pdf.set_creation_date(_EPOCH)
        self._pdf.set_auto_page_break(True, margin=_MARGIN)
        self._pdf.set_margin(_MARGIN)
        self._title = title
        self._asked: list[Asked] = []
        self._page()
        self._font(22, bold=True)
        self._pdf.ln(30)
        self._pdf.multi_cell(_BODY, 11, title, align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(8)

    @property
    def pages(self) -> int:
        """How many there are so far."""
        return int(self._pdf.page_no())

    def section(self, title: str, *, new_page: bool = False) -> None:
        """Begin a section, on a new page where wanted or needed."""
        if new_page or self._left < 40:
            self._page()
        self._pdf.ln(self._leading * 0.7)
        self._font(self._size + 3, bold=True)
        self._pdf.multi_cell(_BODY, 7, title, align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(1.5)

    def say(self, text: str) -> int:
        """Write a paragraph that no page break parts; its page."""
        self._font(self._size)
        lines: Any = self._pdf.multi_cell(
            _BODY, self._leading, text, align="L", dry_run=True, output="LINES"
        )
        if len(lines) * self._leading > self._left:
            self._page()
            self._font(self._size)
        self._pdf.multi_cell(_BODY, self._leading, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(self._leading * 0.5)
        return self.pages

    def fact(self, text: str, question: str, *gold: str) -> None:
        """Write a paragraph that answers a question."""
        page = self.say(text)
        self.ask(question, *gold, pages=(page,), task="prose")

    def parted(self, before: str, after: str, question: str, *gold: str) -> None:
        """Write a paragraph that goes on at the top of the next page, where the answer stands."""
        while self._left > 3.2 * self._leading:
            self._pdf.ln(self._leading)
        self._font(self._size)
        self._pdf.multi_cell(_BODY, self._leading, before, align="L", new_x="LMARGIN", new_y="NEXT")
        first = self.pages
        self._page()
        page = self.say(after)
        self.ask(question, *gold, pages=(page, first), task="two pages")

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> list[int]:
        """Write a table, its head once; the page of each row."""
        height = self._leading * 1.25
        if self._left < 3 * height:
            self._page()
        pages = []
        for number, row in enumerate((head, *rows)):
            if self._left < height:
                self._page()
            self._font(self._size - 0.5, bold=number == 0)
            for text, share in zip(row, widths, strict=True):
                self._pdf.cell(_BODY * share, height, text, border="B")
            self._pdf.ln(height)
            pages.append(self.pages)
        self._pdf.ln(self._leading)
        return pages[1:]

    def ask(self, question: str, *gold: str, pages: tuple[int, ...], task: Task) -> None:
        """Note a question."""
        self._asked.append(Asked(question, gold, pages, task))

    def without(self, *questions: str) -> None:
        """Note questions that the document does not answer."""
        for question in questions:
            self._asked.append(Asked(question, (), (), "unanswerable"))

    def fill(self, sentence: Callable[[Random], str], *, until: int) -> None:
        """Write paragraphs that answer nothing until so many pages are begun."""
        while self.pages < until:
            count = self.random.randint(3, 7)
            self.say(" ".join(sentence(self.random) for _ in range(count)))

    def done(self, *, questions: int, two_pages: int) -> Made:
        """Close the document, and choose what is asked: a sample, spread over the tasks.

        Args:
            questions: How many; one in three of them is not answered.
            two_pages: How many of them need two pages, at most.
        """
        nothing = questions // 3
        both = [a for a in self._asked if a.task == "two pages"]
        none = [a for a in self._asked if a.task == "unanswerable"]
        rest = [a for a in self._asked if a.task in {"prose", "table"}]
        chosen = self.random.sample(none, nothing)
        chosen += self.random.sample(both, min(two_pages, len(both)))
        chosen += self.random.sample(rest, questions - len(chosen))
        return Made(bytes(self._pdf.output()), self.pages, tuple(chosen))

    @property
    def _left(self) -> float:
        """Height that is left on the page."""
        return float(_HEIGHT - _MARGIN - self._pdf.get_y())

    def _page(self) -> None:
        self._pdf.add_page()
        self._pdf.set_font(self._face, size=8)
        self._pdf.text(_MARGIN, 14, self._title)
        self._pdf.text(_WIDTH - _MARGIN - 4, _HEIGHT - 12, str(self.pages))

    def _font(self, size: float, *, bold: bool = False) -> None:
        self._pdf.set_font(self._face, style="B" if bold else "", size=size)
