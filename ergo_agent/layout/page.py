"""One page understood: its fragments, rows, paragraphs, headings, pairs and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from ergo_agent.layout.blocks import blocks_of
from ergo_agent.layout.fragments import Row, fragments_of, rows_of
from ergo_agent.layout.pairs import Pair, pairs_of
from ergo_agent.layout.paragraphs import Paragraph, paragraphs_of
from ergo_agent.layout.sections import Heading, heading_above, headings_of
from ergo_agent.layout.tables import Table, tables_of
from ergo_agent.layout.text import Box, TextLine

__all__ = ["PageLayout", "understand"]


@dataclass(frozen=True)
class PageLayout:
    """Everything the finder knows about the arrangement of a page."""

    fragments: tuple[TextLine, ...]
    rows: tuple[Row, ...]
    paragraphs: tuple[Paragraph, ...]
    headings: tuple[Heading, ...]
    pairs: tuple[Pair, ...]
    tables: tuple[Table, ...]

    def heading_of(self, box: Box) -> str:
        """The text of the heading that a box stands under, or nothing."""
        heading = heading_above(box, self.headings)
        return heading.text if heading else ""


def understand(lines: Sequence[TextLine]) -> PageLayout:
    """Work out the arrangement of a page from its lines of text, in any order.

    Blocks come first, so that nothing is read across two columns; lines written upwards or
    downwards belong to none.
    """
    blocks = blocks_of([line for line in lines if not line.turned])
    parts = [_block(block) for block in blocks]
    turned = [Paragraph((line,)) for line in lines if line.turned]
    paragraphs = [*(paragraph for part in parts for paragraph in part.paragraphs), *turned]
    fragments = [line for part in parts for line in part.fragments]
    return PageLayout(
        fragments=(*fragments, *(line for line in lines if line.turned)),
        rows=tuple(row for part in parts for row in part.rows),
        paragraphs=tuple(paragraphs),
        headings=tuple(headings_of(paragraphs, fragments)),
        pairs=tuple(pair for part in parts for pair in part.pairs),
        tables=tuple(table for part in parts for table in part.tables),
    )


def _block(lines: Sequence[TextLine]) -> PageLayout:
    """The arrangement of one block, but for its headings."""
    fragments = fragments_of(lines)
    rows = rows_of(fragments)
    paragraphs = paragraphs_of(fragments, rows)
    tables = tables_of(rows)
    return PageLayout(
        fragments=tuple(fragments),
        rows=tuple(rows),
        paragraphs=tuple(paragraphs),
        headings=(),
        pairs=tuple(pairs_of(fragments, paragraphs, _headed(tables))),
        tables=tuple(tables),
    )


def _headed(tables: Sequence[Table]) -> frozenset[TextLine]:
    """Everything that stands in a table with a header row of three columns or more."""
    return frozenset(
        line
        for table in tables
        if len(table.header) > 2
        for row in (*table.rows, tuple(table.header.values()))
        for cell in row
        for line in cell.lines
    )
