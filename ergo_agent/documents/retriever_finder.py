"""Pages by a LangChain retriever: a vector store that there is already, an index of page pictures.

For ColPali and its kind: an index that vLLM serves the vectors of is a retriever like any other.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import Document as Passage
from langchain_core.retrievers import BaseRetriever

from ergo_agent._common.text import quoted
from ergo_agent.documents.finders import Found, Search
from ergo_agent.episode.pages import Hit
from ergo_agent.errors import ErgoError, SettingsError

__all__ = ["RetrieverFinder"]


class RetrieverFinder:
    """Opens the pages that a retriever's documents name, in its order; no survey is made."""

    needs_text = False

    def __init__(self, retriever: BaseRetriever, *, key: str = "page", first: int = 1) -> None:
        """Say how the retriever numbers pages.

        Args:
            retriever: Is asked the question.
            key: Of its documents' metadata, under which the page stands.
            first: What the first page is numbered there; LangChain's `PyPDFLoader` begins at 0.
        """
        self.name = f"retriever {type(retriever).__name__}"
        self._retriever = retriever
        self._key = key
        self._first = first

    async def find(self, search: Search) -> Found:
        """The pages that the retriever names; those that are not asked about are left out.

        Raises:
            SettingsError: If its documents name no page, or it fails.
        """
        try:
            passages = await self._retriever.ainvoke(search.question, search.config)
        except ErgoError:
            raise
        except Exception as error:  # whatever somebody's retriever raises
            raise SettingsError(
                f"the {self.name} failed ({type(error).__name__}); mend it, or choose another "
                "finder"
            ) from error
        return Found(self._hits(passages, set(search.document.pages)))

    def _hits(self, passages: Sequence[Passage], known: set[int]) -> list[Hit]:
        hits: dict[int, Hit] = {}
        for rank, passage in enumerate(passages, start=1):
            page = self._page(passage.metadata)
            if page in known and page not in hits:
                score = passage.metadata.get("score", 1 / rank)
                score = float(score) if isinstance(score, int | float) else 1 / rank
                why = f"number {rank} of the {self.name}"
                hits[page] = Hit(page=page, score=score, why=why)
        return list(hits.values())

    def _page(self, metadata: dict[str, Any]) -> int:
        page = metadata.get(self._key)
        try:
            return int(page) - self._first + 1  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise SettingsError(
                f"a document of the {self.name} has {self._key}={quoted(page)} in its metadata; "
                "give the page's number there, or say RetrieverFinder(retriever, key=...)"
            ) from error
