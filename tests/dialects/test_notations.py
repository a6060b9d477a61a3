"""What families write instead of what they were asked for: the move that is read, or why none is.

Each reply is in the documented form of its family, with this episode's boxes.
"""

from typing import NamedTuple

import pytest
from langchain_core.messages import AIMessage

from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.moves import Answer, Zoom
from ergo_agent.errors import ReplyFormatError
from tests.support.shown import shown_views
from tests.support.tool_calling import calls

VIEWS = shown_views(2)
PAGE = VIEWS[-1].shown
BOX = (250, 100, 500, 300)
"""Left, top, right, bottom in the frame of the dialect."""

REGION = '{"left": 250, "top": 100, "right": 500, "bottom": 300}'
ZOOM = '{"name": "zoom", "arguments": {"regions": [' + REGION + "]}}"

BOXES = {
    "Qwen2-VL, bare points": "(250,100),(500,300)",
    "Qwen2-VL, points in a sentence": "The total is at (250, 100), (500, 300).",
    "Qwen2-VL": "<|object_ref_start|>total<|object_ref_end|>"
    "<|box_start|>(250,100),(500,300)<|box_end|><|im_end|>",
    "Qwen2.5-VL, JSON": '```json\n[\n\t{"bbox_2d": [250, 100, 500, 300], "label": "total"}\n]\n```',
    "Qwen3-VL, points in lists": "[[250, 100], [500, 300]]",
    "Gemini": '```json\n[{"box_2d": [100, 250, 300, 500], "label": "total"}]\n```',
    "Gemini, one object": '{"box_2d": [100, 250, 300, 500], "label": "total"}',
    "Gemini, points": '{"box_2d": [[100, 250], [300, 500]]}',
    "Gemini, in words": "box_2d: [100, 250, 300, 500]",
    "InternVL": "<ref>total</ref><box>[[250, 100, 500, 300]]</box>",
    "GLM-4.5V": "<|begin_of_box|>[250, 100, 500, 300]<|end_of_box|>",
    "Kosmos and others, edges by name": '{"ymin": 100, "xmin": 250, "ymax": 300, "xmax": 500}',
}
CALLS = {
    "Hermes, Qwen2.5": f"<tool_call>\n{ZOOM}\n</tool_call>",
    "Hermes, cut before its end mark": f"<tool_call>\n{ZOOM}",
    "Qwen's own zoom tool": '<tool_call>\n{"name": "image_zoom_in_tool", "arguments": '
    '{"bbox_2d": [250, 100, 500, 300], "label": "total"}}\n</tool_call>',
    "Qwen3-Coder": "<tool_call>\n<function=zoom>\n<parameter=regions>\n"
    f"[{REGION}]\n</parameter>\n</function>\n</tool_call>",
    "Llama 3.1": '<|python_tag|>{"name": "zoom", "parameters": {"regions": [' + REGION + "]}}",
    "Llama 3.1, custom": '<function=zoom>{"regions": [' + REGION + "]}</function>",
    "Llama 4": "[zoom(regions=[" + REGION + "])]",
    "Mistral": f"[TOOL_CALLS] [{ZOOM}]",
    "Mistral, since 2025": '[TOOL_CALLS]zoom[ARGS]{"regions": [' + REGION + "]}",
    "OpenAI's names": ZOOM.replace("zoom", "functions.zoom"),
    "Kimi": "<|tool_calls_section_begin|><|tool_call_begin|>functions.zoom:0"
    '<|tool_call_argument_begin|>{"regions": [' + REGION + "]}<|tool_call_end|>",
    "DeepSeek": "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>"
    "function<\uff5ctool\u2581sep\uff5c>zoom\n```json\n"
    '{"regions": [' + REGION + "]}\n```<\uff5ctool\u2581call\u2581end\uff5c>",
    "GLM-4.5": "<tool_call>zoom\n<arg_key>regions</arg_key>\n"
    f"<arg_value>[{REGION}]</arg_value>\n</tool_call>",
    "MiniMax, Claude": '<invoke name="zoom">\n<parameter name="regions">'
    f"[{REGION}]</parameter>\n</invoke>",
    "Gemini, as Python": f"```tool_code\nprint(default_api.zoom(regions=[{REGION}]))\n```",
    "a fence": f"```json\n{ZOOM}\n```",
    "arguments as text": '{"name": "zoom", "arguments": "{\\"bbox_2d\\": [250, 100, 500, 300]}"}',
    "a tool of another name": '<tool_call>{"name": "crop", "arguments": '
    '{"bbox_2d": [250, 100, 500, 300]}}</tool_call>',
    "OpenAI's nesting": '{"type": "function", "function": ' + ZOOM + "}",
    "Gemini's boxes in a call": '{"name": "zoom", "arguments": '
    '{"regions": [{"box_2d": [100, 250, 300, 500], "label": "see [1, 2, 3, 4]"}]}}',
}


def read(dialect: str, reply: AIMessage):
    return choose_dialect(dialect, model=None).read(reply, VIEWS)


def expected(dialect: str, *, thousandths: bool = False):
    """The box in view pixels, rounded."""
    relative = thousandths or choose_dialect(dialect, model=None).frame.side is not None
    across, down = (PAGE.width / 1000, PAGE.height / 1000) if relative else (1, 1)
    return [round(edge * by) for edge, by in zip(BOX, (across, down) * 2, strict=True)]


@pytest.mark.parametrize("dialect", ["ergo", "qwen3_vl", "internvl", "tool_calls"])
@pytest.mark.parametrize("form", [*BOXES, *CALLS])
def test_a_zoom_in_any_notation_is_read(dialect: str, form: str):
    text = {**BOXES, **CALLS}[form]
    for reply in (text, f"<think>I need the total.</think>\n{text}"):
        move = read(dialect, AIMessage(reply))
        assert isinstance(move, Zoom)
        (placed,) = move.boxes
        assert [round(edge) for edge in placed.box] == expected(
            dialect, thousandths="box_2d" in text.replace("bbox_2d", "")
        )
        assert placed.view == VIEWS[-1].number


@pytest.mark.parametrize("dialect", ["ergo", "qwen3_vl", "tool_calls"])
@pytest.mark.parametrize("form", [*BOXES, *CALLS])
def test_no_notation_becomes_the_answer(dialect: str, form: str):
    text = {**BOXES, **CALLS}[form]
    spoken = choose_dialect(dialect, model=None)
    for cut in (len(text), 3 * len(text) // 4, 2 * len(text) // 3):
        words = spoken.last_words(AIMessage(text[:cut]))
        assert words is None or not set(words) & set("[]{}<>"), words


class Given(NamedTuple):
    name: str
    arguments: dict[str, object]


ARGUMENTS = {
    "bbox_2d": Given("zoom", {"bbox_2d": list(BOX), "label": "total"}),
    "bbox_2d in regions": Given("zoom", {"regions": [{"bbox_2d": list(BOX)}]}),
    "bbox_2d as text": Given("zoom", {"bbox_2d": "[250, 100, 500, 300]"}),
    "box_2d": Given("zoom", {"box_2d": [100, 250, 300, 500]}),
    "box_2d in regions": Given("zoom", {"regions": [{"box_2d": [100, 250, 300, 500]}]}),
    "edges without regions": Given("zoom", {"left": 250, "top": 100, "right": 500, "bottom": 300}),
    "functions": Given("functions.zoom", {"regions": [list(BOX)]}),
    "functions and a number": Given("functions.zoom:0", {"regions": [list(BOX)]}),
    "default_api": Given("default_api.zoom", {"regions": [list(BOX)]}),
    "Qwen's name": Given("image_zoom_in_tool", {"bbox_2d": list(BOX)}),
}


@pytest.mark.parametrize("form", ARGUMENTS)
def test_the_arguments_of_a_call_may_be_in_any_notation(form: str):
    move = read("tool_calls", calls(ARGUMENTS[form]))
    assert isinstance(move, Zoom)
    assert [round(edge) for edge in move.boxes[0].box] == expected("tool_calls")


ANSWERS = {
    "Hermes": '<tool_call>{"name": "answer", "arguments": {"text": "1,234.50"}}</tool_call>',
    "names": '{"name": "functions.answer:1", "arguments": {"text": "1,234.50", "found": true}}',
    "Gemini": 'print(default_api.answer(text="1,234.50", found=True))',
    "Llama": '<function=answer>{"text": "1,234.50"}</function>',
    "GLM": "<tool_call>answer<arg_key>text</arg_key><arg_value>1,234.50</arg_value></tool_call>",
    "a bare object": '{"answer": {"text": "1,234.50"}}',
    "tags": "<answer>1,234.50</answer>",
}


@pytest.mark.parametrize("dialect", ["ergo", "qwen3_vl", "tool_calls"])
@pytest.mark.parametrize("form", ANSWERS)
def test_an_answer_in_any_notation_is_read(dialect: str, form: str):
    move = read(dialect, AIMessage(ANSWERS[form]))
    assert isinstance(move, Answer)
    assert move.text == "1,234.50"
    assert choose_dialect(dialect, model=None).last_words(AIMessage(ANSWERS[form])) == "1,234.50"


def test_a_box_is_exchanged_under_its_own_key_only():
    text = (
        '{"box_2d": [100, 250, 300, 500]}, [250, 100, 500, 300], {"bbox_2d": [250, 100, 500, 300]}'
    )
    move = read("qwen3_vl", AIMessage(text))
    boxes = {tuple(round(edge) for edge in placed.box) for placed in move.boxes}
    assert boxes == {tuple(expected("qwen3_vl"))}
    assert len(move.boxes) == 3


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (
            '<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>',
            "there is no tool 'look'",
        ),
        ('<tool_call>{"name": "zoom", "arguments": {}}</tool_call>', "without a region"),
        ('<tool_call>{"name": "answer", "arguments": {"text": ""}}</tool_call>', "answer is empty"),
    ],
)
@pytest.mark.parametrize("dialect", ["ergo", "tool_calls"])
def test_a_call_that_cannot_be_used_says_why(dialect: str, reply: str, problem: str):
    with pytest.raises(ReplyFormatError, match=problem):
        read(dialect, AIMessage(reply))
    assert choose_dialect(dialect, model=None).last_words(AIMessage(reply)) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("The total is 1,234.50 (see page 2).", "The total is 1,234.50 (see page 2)."),
        ("<|begin_of_box|>1,234.50<|end_of_box|>", "1,234.50"),
        ("1,234.50<|im_end|>", "1,234.50"),
        ('{"total": "1,234.50"}', None),
    ],
)
def test_plain_words_stay_an_answer_to_the_last_question(reply: str, words: str | None):
    for name in ("ergo", "tool_calls"):
        assert choose_dialect(name, model=None).last_words(AIMessage(reply)) == words
