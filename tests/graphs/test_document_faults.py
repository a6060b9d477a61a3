"""Pages of a document that cannot be opened end their own look and nothing else."""

from pathlib import Path

import pytest

from ergo_agent import ImageTooLargeError, create_document_graph
from ergo_agent.images import GUARDED_LIMITS, MemoryStore
from tests.support.bombs import png
from tests.support.manuals import ANSWER, NOT_FOUND, PAGES, answered
from tests.support.paged import with_bad_page
from tests.support.scripted import scripted


def test_a_page_that_cannot_be_opened_ends_only_its_own_look(tmp_path: Path, document: Path):
    given = [str(tmp_path / "missing.png"), str(document)]
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ANSWER), finder="test_in_order", store=MemoryStore()
    )
    result = answered(graph, given)
    assert result.document is not None
    broken, second, third = result.document.opened
    assert "missing.png" in broken.error
    assert (second.page, third.page, third.found) == (2, 3, True)
    assert result.evidence[0].page == 3
    assert "could not open page 1" in result.document.in_words


def test_a_bomb_in_the_middle_is_passed_over(tmp_path: Path):
    bomb = b"BT /F1 12 Tf " + b"1 0 0 1 60 100 Tm (AAAAAAAAAAAAAAAA) Tj " * 400_000 + b"ET"
    path = tmp_path / "bomb.pdf"
    path.write_bytes(with_bad_page(PAGES, bad=1, content=bomb))
    limits = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.6})
    graph = create_document_graph(
        policy=scripted(ANSWER), finder="test_in_order", limits=limits, store=MemoryStore()
    )
    result = answered(graph, str(path))
    assert result.document is not None
    assert [bool(page.error) for page in result.document.opened] == [True, False]
    assert result.evidence[0].page == 2


def _huge_png() -> bytes:
    return png(200_000, 200_000, data=b"")


def test_where_no_page_can_be_opened_the_error_is_the_pages_own(tmp_path: Path):
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(_huge_png())
    graph = create_document_graph(policy=scripted(ANSWER), store=MemoryStore())
    with pytest.raises(ImageTooLargeError, match="page 1-2 could not be opened"):
        answered(graph, [str(bomb), str(bomb)])
