"""Replies that no grammar allows, put together at random, and texts of megabytes.

Each is made from one number, and the same number makes the same reply.
"""

import json
import random
from typing import Any

from langchain_core.messages import AIMessage

from tests.support.tool_calling import calls

__all__ = ["PIECES", "malformed_call", "malformed_text", "messages_of"]

TAGS = [
    *("<think>", "</think>", "<zoom>", "</zoom>", "<answer>", "</answer>", "<evidence>"),
    *("<not_found/>", '<zoom view="1">', '<zoom view="3">', '<zoom view="99">', "<zoom view=>"),
    *("<zo", "<zoom", "om>", "</", "< / zoom >", "<ZOOM>", "<<zoom>>", "<zoom/>", "&lt;zoom>"),
]
BOXES = [
    *("[1, 2, 30, 40]", "[100, 100, 300, 200]", "[0, 0, 1000, 1000]", "(1,2),(3,4)", "1 2 3 4"),
    *("[1.5, 2.25, 30.75, 4e1]", "[-5, -5, 40, 40]", "[300, 200, 100, 100]", "[5, 5, 5, 5]"),
    *(
        "[5000, 5000, 6000, 6000]",
        "[-90, -90, -10, -10]",
        "[500, 0, 500, 900]",
        "[0.1,0.2,0.3,0.4]",
    ),
    *("[1, 2, 3]", "[1, 2, 3, 4, 5]", "[a, b, c, d]", "[1, 2, 3, 4", "1, 2, 3, 4]", "[[1,2,3,4]]"),
    *("[nan, 1, 2, 3]", "[1, inf, 3, 4]", "[1e999, 2, 3, 4]", "[1, 2, 3, 1.7e308]"),
    *("[" + "9" * 400 + ", 2, 3, 4]", "[1, 2, 3, " + "9" * 5000 + "]", "{x1: 1, y1: 2}"),
    *('{"left": 1, "top": 2, "right": 3, "bottom": 4}', '{"bbox_2d": [1, 2, 3, 4]}'),
    *("\uff3b\uff11\uff0c\uff12\uff0c\uff13\uff0c\uff14\uff3d", "[\u0661, \u0662, \u0663, \u0664]"),
    *("[\u2461, 2, 3, 4]", "[\u00b2, 2, 3, 4]", "[1\u2009000, 2, 3, 4]", "[\u22121, 2, 3, 4]"),
]
FOREIGN = [
    *("<tool_call>", "</tool_call>", "<function=zoom>", "</function>", "[TOOL_CALLS]", "[ARGS]"),
    *(
        '{"name": "zoom", "arguments": ',
        '{"name": "functions.answer:0", "arguments": {"text": "7"}}',
    ),
    *("<parameter=regions>", "</parameter>", "<arg_key>text</arg_key><arg_value>7</arg_value>"),
    *("default_api.zoom(regions=", 'answer(text="7")', ")", "}", "<|box_start|>", "<|box_end|>"),
    *("(250,100),(500,300)", '{"box_2d": [100, 250, 300, 500]}', "<box>[[1, 2, 30, 40]]</box>"),
]
"""What families write where they were asked for tags, and halves of it."""
NOISE = ["\n", " ", "```", "```json", "\x00", "\ud800", "\U0001f50d", "7", "A. red", "<", "[", "{"]

NUMBERS = [
    *(0, 1, 100, 250, 500, 999, 1000, -1, 1200, 0.5, 1e308, 10**30, 10**400, True),
    *(float("nan"), float("inf")),
]
EDGES = ["left", "top", "right", "bottom"]


def malformed_text(seed: int) -> str:
    """Tags, halves of tags, boxes of every kind and noise, in any order."""
    draw = random.Random(seed)
    if draw.random() < 0.3:  # nearly well-formed, so that every way on is taken
        tag = draw.choice(["zoom", "zoom", 'zoom view="1"', "answer"])
        return f"<think>{draw.choice(NOISE)}</think><{tag}>{_box(draw)}</{tag}>"
    makers = (
        lambda: draw.choice(TAGS),
        lambda: _box(draw),
        lambda: draw.choice(FOREIGN),
        lambda: draw.choice(NOISE),
        lambda: _any_text(draw),
    )
    made = draw.choices(makers, weights=[5, 3, 1, 1, 1], k=draw.randint(0, 8))
    return "".join(make() for make in made)


def malformed_call(seed: int) -> AIMessage:
    """Calls of any tool, with arguments of any shape, or that are no JSON at all."""
    draw = random.Random(seed)
    names = ["zoom", "zoom", "zoom", "answer", "answer", "look", "", "functions.zoom", "zoom:1"]
    made = [(draw.choice(names), _arguments(draw)) for _ in range(draw.randint(0, 3))]
    return calls(*made, text=draw.choice(["", "", "words", draw.choice(BOXES)]))


def _arguments(draw: random.Random) -> dict[str, Any] | str:
    if draw.random() < 0.15:
        return draw.choice([malformed_text(draw.getrandbits(32)), _cut_short(draw), "null", ""])
    wanted = {
        "regions": [_region(draw) for _ in range(draw.randint(0, 3))],
        "text": draw.choice(["A. red", "7", " ", "\ud800", 42, _value(draw)]),
        "found": draw.choice([True, False, "false", None, 7]),
        "evidence": [_region(draw) for _ in range(draw.randint(0, 2))],
        "reasoning": _value(draw),
    }
    if draw.random() < 0.3:
        wanted[draw.choice(list(wanted))] = _value(draw)
    return {name: value for name, value in wanted.items() if draw.random() < 0.8}


def _region(draw: random.Random) -> Any:  # noqa: ANN401  # that is the point
    if draw.random() < 0.2:
        return _value(draw)
    if draw.random() < 0.1:
        return {"left": 0, "top": 0, "right": 1000, "bottom": 1000, "view": 1}
    region: dict[str, Any] = {
        edge: draw.choice([*NUMBERS[:7], draw.randint(0, 1000)]) for edge in EDGES
    }
    for _ in range(draw.randint(0, 2)):
        region[draw.choice([*EDGES, "view", "x1"])] = draw.choice([*NUMBERS, "12", "top", None])
    if draw.random() < 0.2:
        region.pop(draw.choice(EDGES), None)
    return region


def _value(draw: random.Random, depth: int = 3) -> Any:  # noqa: ANN401
    kind = draw.randint(0, 5) if depth else 0
    if kind == 4:
        return [_value(draw, depth - 1) for _ in range(draw.randint(0, 5))]
    if kind == 5:
        return {draw.choice(EDGES): _value(draw, depth - 1) for _ in range(draw.randint(0, 5))}
    return draw.choice([draw.choice(NUMBERS), draw.choice(BOXES), None, "", "1e999", "\ud800"])


def _cut_short(draw: random.Random) -> str:
    text = json.dumps({"reasoning": "[1, 2, 3, 4]", "regions": [_region(draw)]})
    return text[: draw.randint(0, len(text))]


def _box(draw: random.Random) -> str:
    if draw.random() < 0.5:
        return draw.choice(BOXES)
    return str([draw.randint(-100, 1300) for _ in range(4)])


def _any_text(draw: random.Random) -> str:
    return chr(draw.randint(0, 127)) + chr(draw.randint(0, 0x10FFFF))


PIECES = [
    *("<", "<think>", "<answer>", "<zoom>", "[1", "1 ", "{", '{"a":', "x1:'", "[1,2,3,4]"),
    *("9", "-", ".", "\uff11", "&lt;", "```", "\ud800"),
]
"""Repeated a megabyte long, each leads some naive pattern astray."""


def messages_of(text: str) -> list[AIMessage]:
    """A text in each place where a tool call may hold one."""
    return [
        AIMessage(text),
        calls(("zoom", text)),
        calls(("zoom", {"regions": text, "reasoning": text})),
    ]
