"""A person is asked before each zoom: accept, edit, reject."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import VisionAnswer, VisionSettings, ask, create_vision_graph
from ergo_agent.episode.events import NextDecided, read_event
from ergo_agent.episode.review import ZoomDecision, ZoomProposal
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.policies.base import Policy
from tests.support.pictures import save_picture
from tests.support.scripted import received, scripted, sent_texts

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
BOX = [1400, 900, 1680, 1180]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


class Reviewed:
    """An episode that stops at its first zoom."""

    def __init__(self, page: Path, policy: Policy, **settings: Any) -> None:
        self.policy = policy
        chosen = VisionSettings(**{"review_zooms": True, **settings})
        self.graph = create_vision_graph(
            policy=policy, settings=chosen, checkpointer=InMemorySaver()
        )
        stopped = self.graph.invoke({"image": str(page), "question": "q"}, CONFIG)
        self.proposal = self._proposal(stopped)

    def decide(self, value: object) -> VisionAnswer | ZoomProposal:
        output = self.graph.invoke(Command(resume=value), CONFIG)
        if "__interrupt__" in output:
            return self._proposal(output)
        return VisionAnswer.model_validate(output["result"])

    def _proposal(self, output: dict[str, Any]) -> ZoomProposal:
        (asked,) = output["__interrupt__"]
        json.dumps(asked.value)
        return ZoomProposal.model_validate(asked.value, strict=False)


@pytest.fixture
def episode(page: Path) -> Reviewed:
    return Reviewed(page, scripted(ZOOM, ANSWER))


def test_the_proposal_says_what_would_be_shown_in_original_pixels(episode: Reviewed):
    asked = episode.proposal
    assert asked.frame == "original_pixels"
    assert asked.size == (2400, 1800)
    assert (asked.question, asked.page, asked.reasoning) == ("q", 1, "there")
    assert asked.choices == ("accept", "edit", "reject")
    assert asked.error is None
    assert asked.tokens_left > 1000
    result = episode.decide("accept")
    assert isinstance(result, VisionAnswer)
    assert [list(result.views[1].region.as_tuple())] == asked.boxes


@pytest.mark.parametrize(
    "decision", ["accept", {"type": "accept"}, ZoomDecision(type="accept")], ids=str
)
def test_accepted_it_is_shown_and_nothing_is_paid_twice(episode: Reviewed, decision: object):
    result = episode.decide(decision)
    assert isinstance(result, VisionAnswer)
    assert result.answer == "A. red"
    assert len(received(episode.policy)) == 2
    (review,) = result.reviews
    assert review.decision.type == "accept"
    assert not review.changed
    assert "person" not in sent_texts(episode.policy)[1]


@pytest.mark.parametrize("kind", ["edit", "reject"])
def test_a_person_may_give_another_box(episode: Reviewed, kind: str):
    result = episode.decide({"type": kind, "boxes": [BOX]})
    assert isinstance(result, VisionAnswer)
    crop = result.views[1]
    assert list(crop.region.as_tuple()) == BOX  # 280 pixels are whole tokens: nothing is added
    assert crop.shown == crop.region.size
    assert result.reviews[0].decision.boxes == [BOX]
    assert result.reviews[0].proposed == episode.proposal.boxes
    assert sent_texts(episode.policy)[1].startswith("A person chose what is shown now")


def test_several_boxes_are_shown_in_their_order(episode: Reviewed):
    result = episode.decide({"type": "edit", "boxes": [BOX, [10, 10, 290, 290]]})
    assert isinstance(result, VisionAnswer)
    assert [view.region.left for view in result.views[1:]] == [1400, 10]


def test_rejected_the_answer_is_asked_for_from_what_was_seen(episode: Reviewed):
    result = episode.decide("reject")
    assert isinstance(result, VisionAnswer)
    assert result.stop_reason == "rejected"
    assert len(result.views) == 1
    assert result.turns[-1].stage == "last"
    assert result.answer == "A. red"


WRONG = [
    (7, "7 is no decision"),
    ("maybe", "type = 'maybe' cannot be used"),
    ({"boxes": [BOX]}, "cannot be used: Field required"),
    ({"type": "edit"}, "an edit needs boxes"),
    ({"type": "edit", "boxes": [[1, 2, 3]]}, "boxes.0 = "),
    ({"type": "edit", "boxes": [[1, 2, "3", 4]]}, "boxes.0.2 = '3' cannot be used"),
    ({"type": "edit", "boxes": [[0.1, 0.1, 0.2, 0.2]]}, "boxes.0.0 = 0.1 cannot be used"),
    ({"type": "edit", "boxes": [[500, 500, 400, 600]]}, "holds nothing of the image"),
    ({"type": "edit", "boxes": [[5000, 0, 6000, 100]]}, "2400 pixels wide and 1800 high"),
    ({"type": "edit", "boxes": [BOX] * 5}, "5 boxes are too many; give at most 4"),
    ({"type": "edit", "boxes": [[0, 0, 2400, 1800]]}, "it was shown already"),
    ({"type": "accept", "boxes": [BOX]}, "to show other boxes, edit"),
    ({"type": "accept", "note": "fine"}, "note = 'fine' cannot be used"),
]


@pytest.mark.parametrize(("value", "message"), WRONG, ids=[str(value)[:40] for value, _ in WRONG])
def test_what_cannot_be_used_is_asked_for_again_with_the_reason(
    episode: Reviewed, value: object, message: str
):
    again = episode.decide(value)
    assert isinstance(again, ZoomProposal)
    assert again.error is not None
    assert message in again.error
    assert again.boxes == episode.proposal.boxes
    result = episode.decide({"type": "edit", "boxes": [BOX]})
    assert isinstance(result, VisionAnswer)
    assert result.answer == "A. red"
    assert len(received(episode.policy)) == 2


def test_resuming_with_nothing_is_refused_or_asked_again(episode: Reviewed):
    with pytest.raises(DecisionError, match="resumed with None"):
        episode.decide(None)
    assert episode.decide({}) == episode.proposal  # LangGraph takes it for no answer at all
    assert isinstance(episode.decide("accept"), VisionAnswer)


def test_a_box_that_the_budget_cannot_hold_is_asked_for_again(page: Path):
    episode = Reviewed(page, scripted(ZOOM, ANSWER), view_budget=640, max_vision_tokens=400)
    boxes = [[at, at, at + 280, at + 280] for at in (0, 300, 600, 900)]
    again = episode.decide({"type": "edit", "boxes": boxes})
    assert isinstance(again, ZoomProposal)
    assert "of the 4 boxes only 3 can be shown: too few vision tokens are left" in str(again.error)
    result = episode.decide({"type": "edit", "boxes": boxes[:1]})
    assert isinstance(result, VisionAnswer)
    assert result.ledger.spent <= 400


def test_each_zoom_is_asked_about(page: Path):
    second = '<zoom view="1">[600, 400, 700, 480]</zoom>'
    episode = Reviewed(page, scripted(ZOOM, second, ANSWER))
    asked = episode.decide("accept")
    assert isinstance(asked, ZoomProposal)
    assert asked.boxes != episode.proposal.boxes
    result = episode.decide({"type": "edit", "boxes": [BOX]})
    assert isinstance(result, VisionAnswer)
    assert [review.turn for review in result.reviews] == [1, 2]
    assert len(received(episode.policy)) == 3


async def test_the_async_graph_asks_too_and_events_say_who_decided(page: Path):
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), checkpointer=InMemorySaver())
    given, context = {"image": str(page), "question": "q"}, {"review_zooms": True}
    chunks = [c async for c in graph.astream(given, CONFIG, context=context, stream_mode="custom")]
    last = read_event(chunks[-1])
    assert isinstance(last, NextDecided)
    assert (last.next, last.by) == ("review", "policy")
    resume = Command(resume={"type": "edit", "boxes": [BOX]})
    chunks = [chunk async for chunk in graph.astream(resume, CONFIG, stream_mode="custom")]
    first = read_event(chunks[0])
    assert isinstance(first, NextDecided)
    assert (first.next, first.by) == ("zoom", "person")
    assert [list(region.as_tuple()) for region in first.regions] == [BOX]


def test_without_it_nobody_is_asked(page: Path):
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), checkpointer=InMemorySaver())
    output = graph.invoke({"image": str(page), "question": "q"}, CONFIG)
    assert output["answer"] == "A. red"
    assert output["result"]["reviews"] == []


def test_without_a_checkpointer_it_is_a_clear_error_before_anything_is_paid(page: Path):
    policy = scripted(ZOOM)
    graph = create_vision_graph(policy=policy)
    given = {"image": str(page), "question": "q"}
    with pytest.raises(SettingsError, match="review_zooms needs a checkpointer"):
        graph.invoke(given, context={"review_zooms": True})
    with pytest.raises(SettingsError, match="review_zooms needs a checkpointer"):
        ask(page, "q", policy=policy, review_zooms=True)
    assert received(policy) == []


def test_a_form_can_be_made_of_the_schemas():
    for model in (ZoomProposal, ZoomDecision):
        Draft202012Validator.check_schema(model.model_json_schema())
