"""The graph, driven by scripted replies on real images."""

import asyncio
import json
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image

from ergo_agent.errors import ImageNotFoundError, PolicyError, QuestionError
from ergo_agent.geometry import Region, Size
from ergo_agent.graphs import create_vision_graph
from ergo_agent.imaging import DirectoryStore, MemoryStore, data_url, encode_view
from ergo_agent.policies.base import Policy
from ergo_agent.result import VisionAnswer
from ergo_agent.settings import VisionSettings
from ergo_agent.state import VisionInput
from tests.support.pictures import save_picture
from tests.support.scripted import image_urls, received, scripted, sent_texts

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(640, 480))


async def run(
    policy: Policy,
    image: Path | str,
    *,
    question: str = "What is it?",
    options: Sequence[str] = (),
    **chosen: Any,
):
    graph = create_vision_graph(policy=policy, settings=VisionSettings(**chosen))
    given_to: VisionInput = {"image": str(image), "question": question, "options": list(options)}
    output = await graph.ainvoke(given_to)
    result = VisionAnswer.model_validate(output["result"])
    assert output["answer"] == result.answer
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    return result


async def test_observe_zoom_answer(page: Path):
    policy = scripted(ZOOM, f"{ANSWER}<evidence>[28, 28, 56, 56]</evidence>")
    result = await run(policy, page)
    assert result.answer == "A. red"
    assert result.reasoning == "read"
    assert result.stop_reason == "answered"
    assert [turn.stage for turn in result.turns] == ["observe", "zoomed"]
    assert [turn.repairs for turn in result.turns] == [(), ()]
    crop = result.views[1]
    assert crop.shown == crop.region.size  # at full resolution
    (found,) = result.evidence
    assert found.crop == crop.digest
    assert found.region.left == crop.region.left + 28


async def test_the_sync_graph_does_the_same(page: Path):
    def invoke() -> dict[str, Any]:
        graph = create_vision_graph(policy=scripted(ZOOM, ANSWER))
        return graph.invoke({"image": str(page), "question": "q"})

    assert invoke()["answer"] == "A. red"  # inside a running loop
    assert (await asyncio.to_thread(invoke))["answer"] == "A. red"


async def test_two_regions_are_shown_side_by_side_in_the_order_asked_for(page: Path):
    policy = scripted("<zoom>[600, 600, 700, 700], [100, 100, 300, 200]</zoom>", ANSWER)
    result = await run(policy, page)
    first, second = result.views[1:]
    assert first.region.left > second.region.left
    assert [view.number for view in result.views] == [1, 2, 3]
    assert result.turns[1].views == (2, 3)
    assert len(image_urls(received(policy)[1])) == 3


async def test_messages_are_only_appended_and_stay_the_same(page: Path):
    second = "<zoom view='1'>[600, 600, 700, 700]</zoom>"
    policy = scripted(ZOOM, second, ANSWER)
    await run(policy, page)
    calls = received(policy)
    assert len(calls) == 3
    for shorter, longer in pairwise(calls):
        contents = [message.content for message in longer]
        assert [message.content for message in shorter] == contents[: len(shorter)]
    assert calls[2][2].content == ZOOM


async def test_images_come_before_their_text(page: Path):
    policy = scripted(ANSWER)
    await run(policy, page)
    content = received(policy)[0][-1].content
    assert isinstance(content, list)
    image, text = (block for block in content if isinstance(block, dict))
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert text["type"] == "text"


async def test_a_second_zoom_reaches_into_the_first_crop(page: Path):
    policy = scripted(
        "<zoom>[0, 0, 800, 600]</zoom>", '<zoom view="2">[10, 10, 90, 90]</zoom>', ANSWER
    )
    result = await run(policy, page)
    assert [view.parent for view in result.views] == [None, 1, 2]
    assert result.views[2].full_resolution
    assert result.stop_reason == "answered"


async def test_not_found(page: Path):
    result = await run(scripted(ZOOM, NOT_FOUND), page)
    assert result.answer is None
    assert result.stop_reason == "not_found"
    assert result.evidence == []


async def test_a_zoom_into_a_small_image_asks_for_the_answer(small: Path):
    policy = scripted("<zoom>[10, 10, 90, 90]</zoom>", ANSWER)
    result = await run(policy, small)
    assert result.answer == "A. red"
    assert result.stop_reason == "full_resolution"
    assert result.turns[1].stage == "last"
    assert len(result.views) == 1


async def test_the_same_region_again_asks_for_the_answer(page: Path):
    policy = scripted("<zoom>[0, 0, 900, 800]</zoom>", "<zoom>[0, 0, 9999, 9999]</zoom>", ANSWER)
    result = await run(policy, page)
    assert result.stop_reason == "repeated_region"
    assert len(result.views) == 2
    assert result.answer == "A. red"


async def test_max_zooms(page: Path):
    regions = (f"<zoom view='1'>[{at}, 0, {at + 80}, 80]</zoom>" for at in range(0, 800, 100))
    policy = scripted(*regions)
    result = await run(policy, page, max_zooms=2)
    assert result.stop_reason == "max_zooms"
    assert len(result.views) == 3
    assert len(result.turns) == 3
    assert result.answer is None
    assert "no further part can be shown" in str(result.turns[-1].error)


async def test_no_zoom_at_all(page: Path):
    policy = scripted(ANSWER)
    result = await run(policy, page, max_zooms=0)
    assert result.turns[0].stage == "last"
    assert result.answer == "A. red"


async def test_token_budget(page: Path):
    policy = scripted("<zoom>[0, 0, 500, 800]</zoom>", "<zoom view='1'>[600,0,1100,800]</zoom>")
    result = await run(policy, page, max_vision_tokens=1300, max_zooms=9)
    assert result.stop_reason == "token_budget"
    assert result.ledger.spent <= 1300


async def test_the_deadline_ends_a_model_call(page: Path):
    policy = scripted(ZOOM, seconds=0.8)
    result = await run(policy, page, deadline=0.3)
    assert result.stop_reason == "deadline"
    assert result.answer is None
    assert result.turns[-1].reply is None
    assert result.turns[-1].seconds < 0.7


async def test_near_the_deadline_the_last_question_is_asked(page: Path):
    policy = scripted(ZOOM, ANSWER, seconds=0.6)
    result = await run(policy, page, deadline=1.1)
    assert result.turns[1].stage == "last"
    assert result.stop_reason == "deadline"


async def test_an_unusable_reply_gets_one_second_question(page: Path):
    policy = scripted("I like it.", ZOOM, ANSWER)
    result = await run(policy, page)
    assert result.answer == "A. red"
    assert result.stop_reason == "answered"
    assert result.turns[0].move is None
    assert "neither a box" in str(result.turns[0].error)
    assert result.turns[1].repairs == ("second_question",)
    assert result.turns[1].views == ()
    assert "neither a box" in sent_texts(policy)[1]


async def test_a_box_outside_the_image_gets_a_second_question(page: Path):
    policy = scripted("<zoom>[5000, 5000, 6000, 6000]</zoom>", ZOOM, ANSWER)
    result = await run(policy, page)
    assert "lies outside the image shown, which is 1148 pixels wide" in sent_texts(policy)[1]
    assert result.answer == "A. red"


async def test_after_two_unusable_replies_it_is_asked_a_last_time(page: Path):
    policy = scripted("Hm.", "Well.", ANSWER)
    result = await run(policy, page)
    assert result.stop_reason == "unusable_reply"
    assert result.answer == "A. red"
    assert result.turns[2].stage == "last"
    assert result.turns[2].repairs == ("last_question",)
    assert len(result.views) == 1


async def test_plain_words_are_an_answer_to_the_last_question_only(page: Path):
    policy = scripted("It is red.")
    result = await run(policy, page)
    assert len(result.turns) == 3
    assert result.answer == "It is red."
    assert result.turns[2].repairs == ("last_question", "plain_text")


async def test_a_policy_that_never_says_anything_is_no_crash(page: Path):
    result = await run(scripted(""), page)
    assert result.answer is None
    assert result.stop_reason == "unusable_reply"
    assert len(result.turns) == 3


async def test_what_was_done_to_a_reply_is_recorded(page: Path):
    policy = scripted("<ZOOM>(305, 205, -3, 200)", ANSWER)
    result = await run(policy, page)
    assert result.turns[0].repairs == ("tolerant_parse", "swapped", "clamped", "grown")


async def test_options_are_shown_only_once_it_is_known_where_to_look(page: Path):
    policy = scripted(ZOOM, ANSWER)
    result = await run(policy, page, options=["A. red", "B. blue"])
    assert "B. blue" not in result.turns[0].question
    assert "B. blue" in result.turns[1].question


async def test_options_are_shown_at_once_where_nothing_has_to_be_found(small: Path):
    result = await run(scripted(ANSWER), small, options=["A. red", "B. blue"])
    assert "B. blue" in result.turns[0].question


async def test_a_failing_model_is_an_error_with_its_cause(page: Path):
    policy = scripted(ZOOM, RuntimeError("server is on fire"))
    with pytest.raises(PolicyError, match=r"scripted/ergo failed .*server is on fire") as caught:
        await run(policy, page)
    assert isinstance(caught.value.__cause__, RuntimeError)


async def test_a_models_own_timeout_is_not_the_deadline(page: Path):
    with pytest.raises(PolicyError, match="TimeoutError"):
        await run(scripted(TimeoutError("no answer")), page, deadline=60)


async def test_a_bad_question_is_refused_before_the_image_is_opened():
    with pytest.raises(QuestionError, match="the question is empty"):
        await run(scripted(ANSWER), "/nowhere.png", question=" ")
    with pytest.raises(ImageNotFoundError, match="nowhere"):
        await run(scripted(ANSWER), "/nowhere.png")


async def test_everything_spent_is_in_the_ledger(page: Path):
    result = await run(scripted(ZOOM, ANSWER), page)
    assert [entry.predicted for entry in result.ledger.entries] == [
        view.tokens for view in result.views
    ]
    assert result.ledger.prompt_tokens == 200
    assert result.ledger.completion_tokens == 20
    assert result.ledger.cached_tokens == 80
    assert result.ledger.full_resolution == 15301
    assert set(result.timings) == {"observe", "policy", "zoom", "answer"}


async def test_the_result_survives_json(page: Path):
    result = await run(scripted("<zoom>[1.5, 2, 100, nan] (3, 4, 500, 600)", ANSWER), page)
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result


async def test_checkpoints_hold_no_pixels_and_are_json(page: Path):
    saver = InMemorySaver()
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), checkpointer=saver)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({"image": str(page), "question": "q"}, config)
    history = [state async for state in graph.aget_state_history(config)]
    assert len(history) > 4
    for state in history:
        text = json.dumps(state.values)
        assert "base64" not in text
        assert len(text) < 20_000
    stored = repr(list(saver.storage.values())) + repr(list(saver.writes.values()))
    assert "iVBORw0KGgo" not in stored  # base64 of a PNG's first bytes


async def test_an_image_given_as_data_url_is_a_digest_in_the_state(small: Path):
    url = data_url(encode_view(Image.open(small)))
    saver = InMemorySaver()
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    output = await graph.ainvoke({"image": url, "question": "q"}, config)
    state = await graph.aget_state(config)
    assert state.values["image"] == output["result"]["image"]["digest"]


async def test_a_second_question_in_one_thread_is_a_new_episode(page: Path):
    graph = create_vision_graph(
        policy=scripted(ZOOM, ANSWER, ZOOM, ANSWER), checkpointer=InMemorySaver()
    )
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    for _ in range(2):
        output = await graph.ainvoke({"image": str(page), "question": "q"}, config)
        assert len(output["result"]["turns"]) == 2
        assert len(output["result"]["views"]) == 2


async def test_an_interrupted_episode_is_resumed_by_another_process(page: Path, tmp_path: Path):
    saver = InMemorySaver()
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    first = create_vision_graph(
        policy=scripted(ZOOM, RuntimeError("gone")),
        checkpointer=saver,
        store=DirectoryStore(tmp_path / "first"),
    )
    with pytest.raises(PolicyError, match="gone"):
        await first.ainvoke({"image": str(page), "question": "q"}, config)
    for store in (DirectoryStore(tmp_path / "first"), MemoryStore()):
        policy = scripted(ANSWER)
        again = create_vision_graph(policy=policy, checkpointer=saver, store=store)
        at = (await again.aget_state(config)).config
        output = await again.ainvoke(None, at)
        assert output["answer"] == "A. red"
        assert len(output["result"]["turns"]) == 2
        assert len(image_urls(received(policy)[0])) == 2
        config = {"configurable": {"thread_id": "1", **at["configurable"]}}


async def test_the_page_of_a_document(tmp_path: Path):
    pages = [Image.new("RGB", (300 * n, 400), "white") for n in (1, 2, 3)]
    path = tmp_path / "pages.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    graph = create_vision_graph(policy=scripted(ANSWER))
    output = await graph.ainvoke({"image": str(path), "question": "q", "page": 3})
    result = VisionAnswer.model_validate(output["result"])
    assert (result.image.page, result.image.page_count) == (3, 3)
    assert Size(result.image.width, result.image.height) == Size(900, 400)
    assert result.evidence[0].page == 3
    assert result.evidence[0].region == Region.whole(Size(900, 400))


async def test_many_episodes_share_one_graph(page: Path):
    graph = create_vision_graph(policy=scripted(ANSWER))
    given_to: VisionInput = {"image": str(page), "question": "q"}
    outputs = await asyncio.gather(*(graph.ainvoke(given_to) for _ in range(20)))
    assert {output["answer"] for output in outputs} == {"A. red"}


def test_traces_show_tool_runs_with_their_regions(page: Path):
    seen: list[tuple[str, Any]] = []
    lock = threading.Lock()

    class Watch(BaseCallbackHandler):
        def on_tool_start(self, serialized: dict[str, Any], *_: object, **started: object) -> None:
            with lock:
                seen.append((serialized["name"], started["inputs"]))

        def on_chat_model_start(self, *_: object, **__: object) -> None:
            with lock:
                seen.append(("model", None))

    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER))
    graph.invoke({"image": str(page), "question": "q"}, {"callbacks": [Watch()]})
    assert [name for name, _ in seen] == ["observe", "model", "zoom", "model", "answer"]
    assert set(seen[2][1]["region"]) == {"left", "top", "right", "bottom"}


def test_the_drawing_looks_like_the_design():
    drawn = create_vision_graph(policy=scripted(ANSWER)).get_graph().draw_mermaid()
    for edge in (
        "__start__ --> observe",
        "observe --> policy",
        "zoom --> policy",
        "answer --> __end__",
    ):
        assert edge in drawn
    for edge in (
        "policy -.-> zoom",
        "policy -.-> review",
        "policy -.-> answer",
        "review -.-> zoom",
    ):
        assert edge in drawn


REPLIES = st.lists(
    st.one_of(
        st.sampled_from([ZOOM, ANSWER, NOT_FOUND, "", "words", "<zoom>"]),
        st.builds(
            "<zoom view='{}'>[{}, {}, {}, {}] [{}, 0, 600, 600]</zoom>".format,
            st.integers(1, 4),
            *(st.integers(-100, 1300) for _ in range(5)),
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(REPLIES, st.integers(4, 3000), st.integers(4, 1500), st.integers(0, 4))
def test_whatever_is_replied_no_budget_is_exceeded(
    page: Path, replies: list[str], cap: int, view_budget: int, max_zooms: int
):
    policy = scripted(*replies)
    result = asyncio.run(
        run(
            policy,
            page,
            max_vision_tokens=cap,
            view_budget=view_budget,
            max_zooms=max_zooms,
        )
    )
    assert result.ledger.spent <= cap
    assert all(view.tokens <= view_budget for view in result.views)
    assert len(result.turns) <= max_zooms + 3
    assert len(image_urls(received(policy)[-1])) == len(result.views)
