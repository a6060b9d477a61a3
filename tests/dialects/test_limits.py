"""How long a reply may be, how long reading it takes, and what is said of one that is cut."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import choose_dialect
from ergo_agent.dialects.boxes import find_boxes
from ergo_agent.dialects.calls import own_name, written_calls
from ergo_agent.dialects.messages import MAX_REPLY_CHARS, is_cut, plain_json, reply_text
from ergo_agent.dialects.replies import last_words, parse_reply
from ergo_agent.errors import QuestionError, ReplyFormatError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.ocr.finder.limits import unreadable
from ergo_agent.policies.ocr.finder.several import compared, questions_in
from ergo_agent.policies.ocr.models.word_pieces import shared_word_pieces
from tests.support.malformed import PIECES
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.shown import shown_views
from tests.support.tool_calling import answer, calls, tool_policy

VIEWS = shown_views(3)
ACCENTS = ["\u0301\u0316", "\u0344\u0316", "\u1e69\u0323"]
"""Marks that Unicode normalisation puts in order, in quadratic time."""

FOREIGN = [
    *(
        "<tool_call>",
        "<function=zoom>",
        "<parameter=a>",
        "<arg_key>a</arg_key><arg_value>",
        "zoom(",
    ),
    *("[TOOL_CALLS]", '{"name":', '{"a":[', '"box_2d":[', "(1,2),", 'answer(text="', "functions."),
    *("zoom ", "```json\n{", '[{"', "<\uff5c", "1e1 ", "&lt;", "'"),
]


def read(text: str) -> None:
    try:
        parse_reply(text, VIEWS)
    except ReplyFormatError:
        last_words(text)


def pieces(text: str) -> None:
    shared_word_pieces().encode(text, max_tokens=64)


READERS: dict[str, Callable[[str], object]] = {
    "a reply": read,
    "boxes": find_boxes,
    "calls": written_calls,
    "a name": own_name,
    "words of a document": pieces,
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """Of the processor, the best of three."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work(text)
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("work", READERS.values(), ids=READERS)
@pytest.mark.parametrize("piece", [*PIECES, *FOREIGN, *ACCENTS])
def test_four_times_the_text_takes_about_four_times_as_long(
    piece: str, work: Callable[[str], object]
):
    """A quadratic reader takes sixteen times as long; what takes no time at all cannot be told."""
    size = 8_000
    work(piece)
    long = seconds(work, (piece * size * 4)[: size * 4])
    short = seconds(work, (piece * size)[:size])
    assert long < 10 * max(short, 0.003)


@pytest.mark.parametrize("piece", ["A.", "1-", "\uff11", "a@", "Aa ", "-"])
def test_no_text_of_a_document_keeps_the_reader_busy(piece: str):
    for look in (unreadable, questions_in, compared):
        long, short = seconds(look, piece * 16_000), seconds(look, piece * 4_000)
        assert long < 10 * max(short, 0.003)


@pytest.mark.parametrize("dialect", ["ergo", "qwen3_vl", "tool_calls", "reading"])
def test_a_megabyte_is_cut_and_its_end_is_read(dialect: str):
    spoken = choose_dialect(dialect, model=None)
    reply = AIMessage(f"<think>{'so ' * 350_000}</think><answer>42</answer>")
    move = spoken.read(reply, VIEWS)
    assert move.kind == "answer"
    assert move.text == "42"
    assert len(reply_text(reply)) < MAX_REPLY_CHARS + 100
    assert "characters of the reply were left out" in move.reasoning
    assert is_cut(reply)
    assert not is_cut(AIMessage("<answer>42</answer>"))


def test_what_is_kept_of_calls_is_bounded():
    reply = calls(answer("7" * 1_000_000), ("zoom", {"regions": [[1, 2, 3, 4]] * 200_000}))
    spoken = choose_dialect("tool_calls", model=None)
    assert is_cut(reply)
    assert len(str(spoken.record(reply))) < 8 * MAX_REPLY_CHARS
    assert len(str(plain_json({"a": ["x" * 1000] * 1000}))) < 2 * MAX_REPLY_CHARS


def test_thinking_that_a_provider_takes_back_whole_is_kept_whole():
    spoken = choose_dialect("tool_calls", model=None)
    for size, kept in ((100_000, True), (1_000_000, False)):
        thinking = {"type": "thinking", "thinking": "x" * size, "signature": "y" * 5000}
        content = [thinking, {"type": "text", "text": "so"}]
        reply = calls(answer("42")).model_copy(update={"content": content})
        record = spoken.record(reply)
        assert record is not None
        assert record["content"] == (content if kept else "so")
        assert len(str(record)) < 300_000


async def test_a_reply_that_is_cut_is_said_to_be_and_stays_small(tmp_path: Path):
    page = save_picture(tmp_path, size=(1600, 1200))
    for policy in (
        scripted("x" * 1_000_000, "<answer>42</answer>"),
        tool_policy(calls(("zoom", {"regions": "x" * 1_000_000})), calls(answer("42"))),
    ):
        saver = InMemorySaver()
        graph = create_vision_graph(policy=policy, checkpointer=saver)
        config: RunnableConfig = {"configurable": {"thread_id": "1"}}
        output = await graph.ainvoke({"image": str(page), "question": "q"}, config)
        result = VisionAnswer.model_validate(output["result"])
        assert result.answer == "42"
        assert [("cut" in turn.repairs) for turn in result.turns] == [True, False]
        state = await graph.aget_state(config)
        assert len(str(state.values["turns"])) < 4 * MAX_REPLY_CHARS


async def test_options_are_as_bounded_as_the_question(tmp_path: Path):
    page = save_picture(tmp_path, size=(400, 300))
    graph = create_vision_graph(policy=scripted("<answer>42</answer>"))
    with pytest.raises(QuestionError, match="the options have 9,000 characters"):
        await graph.ainvoke({"image": str(page), "question": "q", "options": ["a" * 9000]})
