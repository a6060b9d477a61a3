"""A manual that the graph of a document is asked about, and what is said of its pages."""

from typing import Any

from langchain_core.runnables import RunnableConfig

from ergo_agent import VisionAnswer
from ergo_agent.documents.finders import Found, Search, register_finder
from ergo_agent.episode.pages import Hit
from tests.support.paged import manual

__all__ = ["ANSWER", "CONFIG", "NOT_FOUND", "PAGES", "QUESTION", "ZOOM", "InOrder", "answered"]

FACT = "The guarantee lasts thirty months from the day of purchase."
PAGES = manual({4: FACT}, pages=6)
QUESTION = "How long does the guarantee last?"
ANSWER = "<think>read</think><answer>thirty months</answer><evidence>[40, 40, 90, 90]</evidence>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}


@register_finder("test_in_order")
class InOrder:
    """Pages as they come: what is tested with it is what is done with hits, not how they come."""

    name = "in order"
    needs_text = False

    async def find(self, search: Search) -> Found:
        return Found([Hit(page=page, score=1 / page) for page in search.document.pages])


def answered(graph: Any, document: object, **given: object) -> VisionAnswer:  # noqa: ANN401
    output = graph.invoke({"document": document, "question": QUESTION, **given})
    result = VisionAnswer.model_validate(output["result"])
    assert output["answer"] == result.answer
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    return result
