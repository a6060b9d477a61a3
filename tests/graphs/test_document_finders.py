"""Who may say which pages of a document are opened: a retriever, or the policy itself."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document as Passage
from langchain_core.retrievers import BaseRetriever

from ergo_agent import SettingsError, create_document_graph
from ergo_agent.images import MemoryStore
from tests.support.manuals import ANSWER, NOT_FOUND, answered
from tests.support.scripted import image_urls, received, scripted


class Names(BaseRetriever):
    """Names pages, as an index that somebody has would."""

    pages: list[Any]

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Passage]:  # noqa: ANN401, ARG002
        return [Passage(page_content="", metadata={"page": page}) for page in self.pages]


def test_a_retriever_says_which_pages(document: Path):
    graph = create_document_graph(policy=scripted(NOT_FOUND), finder=Names(pages=[5, "2", 99, 5]))
    result = answered(graph, str(document))
    assert result.document is not None
    assert [page.page for page in result.document.opened] == [5, 2]
    assert result.document.finder == "retriever Names"
    assert result.document.text_layer == ""


@pytest.mark.parametrize("page", [None, "four"])
def test_a_retriever_that_names_no_page(document: Path, page: object):
    graph = create_document_graph(policy=scripted(ANSWER), finder=Names(pages=[page]))
    with pytest.raises(SettingsError, match="in its metadata; give the page's number there"):
        answered(graph, str(document))


def test_the_policy_says_which_pages_from_a_contact_sheet(document: Path):
    policy = scripted("I would open <pages>6, 2, 40</pages>", NOT_FOUND, ANSWER)
    graph = create_document_graph(policy=policy, finder="policy", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert [page.page for page in result.document.opened] == [6, 2]
    sheet = received(policy)[0]
    assert len(image_urls(sheet)) == 1
    assert "pages 1 to 6" in str(sheet[-1].text)
    assert 0 < result.ledger.finder_tokens <= 1280
    assert result.ledger.spent == result.ledger.finder_tokens + sum(v.tokens for v in result.views)


def test_the_embedded_reader_sees_no_contact_sheet(document: Path):
    graph = create_document_graph(policy="ocr", finder="policy")
    with pytest.raises(SettingsError, match="the embedded reader only reads text"):
        answered(graph, str(document))


@pytest.mark.parametrize("finder", ["nothing", 7])
def test_what_is_no_finder(finder: Any):  # noqa: ANN401
    with pytest.raises(SettingsError, match="finder"):
        create_document_graph(policy=scripted(ANSWER), finder=finder)
