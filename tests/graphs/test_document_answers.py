"""Which page's answer holds, where a policy says how sure it is of each."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from ergo_agent import create_document_graph
from ergo_agent.dialects.reader import BESIDE, ReadingDialect
from ergo_agent.documents.finders import Found, Search, register_finder
from ergo_agent.images import MemoryStore
from ergo_agent.policies.base import Policy
from tests.support.manuals import NOT_FOUND, InOrder, answered
from tests.support.scripted import ScriptedModel


class Sure(ScriptedModel):
    """Says how sure it is of each answer, as the embedded reader does."""

    sure: list[float]

    def _generate(self, messages: list[BaseMessage], *args: Any, **options: Any) -> Any:  # noqa: ANN401
        result = super()._generate(messages, *args, **options)
        message = result.generations[0].message
        at = min(len(self.received), len(self.sure)) - 1
        message.response_metadata[BESIDE] = {"confidence": self.sure[at], "quote": ""}
        return result


def surely(*said: tuple[str, float]) -> Policy:
    replies = [f"<answer>{text}</answer>" if text else NOT_FOUND for text, _ in said]
    return Policy(Sure(replies=replies, sure=[sure for _, sure in said]), ReadingDialect())


@pytest.fixture(autouse=True)
def known_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what the finder knows, an answer is as sure as the reader says; a missing name takes
    two of the logarithm of its odds."""
    kept = {"weights": [-1.0, 1.0, 0.0, 1.0, -2.0], "sure": 0.8, "given": 0.65}
    monkeypatch.setattr("ergo_agent.documents.page_confidence._kept", lambda: kept)


@pytest.mark.parametrize(
    ("said", "opened", "answer"),
    [
        ([("a", 0.9)], 1, "a"),
        ([("a", 0.7), ("b", 0.9)], 2, "b"),
        ([("a", 0.7), ("b", 0.75), ("c", 0.7)], 3, "b"),
        ([("", 0.1), ("a", 0.7), ("", 0.1)], 3, "a"),
        ([("a", 0.5)], 5, None),
    ],
)
def test_an_answer_that_is_not_sure_is_compared_with_those_of_other_pages(
    document: Path, said: list[tuple[str, float]], opened: int, answer: str | None
):
    graph = create_document_graph(policy=surely(*said), finder="test_in_order", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert (len(result.document.opened), result.answer) == (opened, answer)
    if answer is None:
        assert result.stop_reason == "max_pages"
        assert '"a" on page 1' in result.reasoning
        assert result.evidence == []


def test_a_page_that_is_named_is_compared_with_none(document: Path):
    graph = create_document_graph(policy=surely(("a", 0.5)), store=MemoryStore())
    assert answered(graph, str(document), page=2).answer == "a"


@register_finder("test_lacking")
class Lacking(InOrder):
    """Pages of which none holds the name that is asked about."""

    async def find(self, search: Search) -> Found:
        found = await super().find(search)
        lacking = {"missing": ("Altair",)}
        return Found([hit.model_copy(update=lacking) for hit in found.hits])


@pytest.mark.parametrize(("sure", "opened", "answer"), [(0.75, 5, None), (0.95, 3, "a")])
def test_of_a_page_without_the_name_only_what_is_sure_is_believed(
    document: Path, sure: float, opened: int, answer: str | None
):
    policy = surely(("a", sure))
    graph = create_document_graph(policy=policy, finder="test_lacking", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert (len(result.document.opened), result.answer) == (opened, answer)
    if answer is None:
        assert "on page 1, which does not hold Altair" in result.reasoning


@register_finder("test_holding")
class Holding(InOrder):
    """Pages of which the second holds the words of the question."""

    async def find(self, search: Search) -> Found:
        found = await super().find(search)
        held = [0.2, 0.9]
        return Found(
            [
                hit.model_copy(update={"held": share})
                for hit, share in zip(found.hits, held, strict=False)
            ]
        )


def test_the_answer_of_the_page_that_holds_the_question_comes_before_a_surer_one(
    document: Path, monkeypatch: pytest.MonkeyPatch
):
    kept = {"weights": [-5.0, 1.0, 0.0, 5.0, 0.0], "sure": 0.99, "given": 0.3}
    monkeypatch.setattr("ergo_agent.documents.page_confidence._kept", lambda: kept)
    policy = surely(("far", 0.95), ("near", 0.6))
    graph = create_document_graph(policy=policy, finder="test_holding", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.answer == "near"
    assert result.confidence == pytest.approx(0.6)
