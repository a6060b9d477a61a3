"""What a server says beside the reply, and replies that are none: no claim breaks an episode."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import VisionAnswer, ask
from ergo_agent.errors import PolicyReplyError
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import Misbehaving, edited, fail, serving
from tests.support.pictures import save_picture

Body = dict[str, Any]

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
NOT_FOUND = "<think>read</think><answer></answer><not_found/>"

ODD = [-1, -0.5, 1.5, "many", "", None, [], {}, 10**9, 10**30, -(10**30), 1e308]
"""Numbers of tokens that cannot be."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(640, 480))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


def policy_for(running: Misbehaving, **options: Any):
    return create_served_policy(base_url=running.url, max_retries=0, **options)


def message_of(body: Body) -> Body:
    message: Body = body["choices"][0]["message"]
    return message


def usage_with(path: tuple[str, ...], value: object):
    def change(body: Body) -> None:
        at = body["usage"]
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value

    return edited(change, ANSWER)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("prompt_tokens",), "input_tokens"),
        (("completion_tokens",), "output_tokens"),
        (("total_tokens",), None),
        (("prompt_tokens_details",), "image_tokens"),
        (("prompt_tokens_details", "cached_tokens"), "cached_tokens"),
        (("prompt_tokens_details", "multimodal_tokens"), "image_tokens"),
        (("prompt_tokens_details", "multimodal_tokens", "image"), "image_tokens"),
    ],
)
def test_a_number_of_tokens_that_cannot_be_is_not_told(
    small: Path, path: tuple[str, ...], field: str | None
):
    with serving(*(usage_with(path, value) for value in ODD)) as server:
        policy = policy_for(server)
        for value in ODD:
            result = ask(small, "q", policy=policy)
            assert result.answer == "A. red", value
            turn = result.turns[0]
            assert field is None or not getattr(turn, field), value
            assert result.ledger.spent == result.views[0].tokens
            assert VisionAnswer.model_validate_json(result.model_dump_json()) == result


@pytest.mark.parametrize("usage", [*ODD, "missing"])
def test_usage_that_is_none(small: Path, usage: object):
    with serving(edited(lambda body: body.update(usage=usage), ANSWER)) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.turns[0].input_tokens) == ("A. red", 0)


def said(**message: object) -> Callable[..., None]:
    return edited(lambda body: message_of(body).update(message))


def ended(reason: object, **message: object) -> Callable[..., None]:
    def change(body: Body) -> None:
        body["choices"][0]["finish_reason"] = reason
        message_of(body).update(message)

    return edited(change)


ENDS = {
    "cut in the reasoning": (ended("length", content="<think>the red one is"), "cut_off"),
    "cut without a tag": (ended("length", content="The answer is"), "cut_off"),
    "cut before any word": (ended("length", content=None), "cut_off"),
    "filtered": (ended("content_filter", content="The ans"), "refused"),
    "filtered and empty": (ended("content_filter", content=""), "refused"),
    "refused": (said(content=None, refusal="I cannot help with that."), "refused"),
    "empty": (said(content=""), "no_reply"),
    "null": (said(content=None), "no_reply"),
    "blank": (said(content=" \n"), "no_reply"),
    "no parts": (said(content=[]), "no_reply"),
    "only thoughts": (said(content=None, reasoning_content="It is red, I think."), "no_reply"),
    "other thoughts": (said(content="", reasoning="maybe <answer>A. red</answer>?"), "no_reply"),
}


@pytest.mark.parametrize(("reply", "reason"), ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("dialect", ["ergo", "tool_calls"])
def test_why_a_model_gave_nothing_is_kept_and_told(
    small: Path, reply: Callable[..., None], reason: str, dialect: str
):
    with serving(reply) as server:
        result = ask(small, "q", policy=policy_for(server, dialect=dialect), allow_resized=True)
    assert (result.answer, result.stop_reason) == (None, reason)
    assert [turn.ended for turn in result.turns] == [reason] * 3
    assert [turn.move for turn in result.turns] == [None] * 3
    assert "not found" not in result._repr_html_()
    assert "no answer" in result._repr_html_()


def test_a_policy_that_has_looked_in_vain_says_so_still(small: Path):
    with serving(NOT_FOUND) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.stop_reason) == (None, "not_found")
    assert "not found" in result._repr_html_()


def test_a_whole_move_counts_however_it_ended(small: Path):
    with serving(ended("length", content=ANSWER)) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.stop_reason, result.turns[0].ended) == (
        "A. red",
        "answered",
        "cut_off",
    )


def test_a_model_that_recovers_is_answered(small: Path):
    with serving(ended("length", content="<think>so"), ANSWER) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.stop_reason) == ("A. red", "answered")
    assert "cut off" in result.turns[1].question


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("text", [ANSWER, "read\n<answer>A. red</answer>"])
def test_a_whole_move_is_read_from_the_reasoning(small: Path, field: str, text: str):
    with serving(said(content=None, **{field: text})) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.reasoning) == ("A. red", "read")
    assert "from_reasoning" in result.turns[0].repairs
    assert result.turns[0].reply == text


def test_the_reasoning_is_kept_with_the_move(small: Path):
    bare = said(content="<answer>A. red</answer>", reasoning_content="It is red.")
    with serving(bare) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert (result.answer, result.reasoning) == ("A. red", "It is red.")


@pytest.mark.parametrize("choices", [[], None, "x", {}, [None], [[]], 7])
def test_no_choices_is_an_error_of_the_policy(small: Path, choices: object):
    none = edited(lambda body: body.update(choices=choices), ANSWER)
    with serving(none) as server, pytest.raises(PolicyReplyError, match="no choices"):
        ask(small, "q", policy=policy_for(server))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: message_of(body).pop("role"),
        lambda body: message_of(body).update(role=7, name=[], tool_calls={}, audio="x"),
        lambda body: message_of(body).update(content=[{"type": "text", "text": ANSWER}]),
        lambda body: message_of(body).update(function_call="x", annotations=3),
        lambda body: body["choices"][0].update(finish_reason=["stop"], logprobs="x"),
        lambda body: body["choices"].append("x"),
        lambda body: body.update(id=7, model={}, created="x", service_tier=3),
        lambda body: body.update(system_fingerprint=[], error=None),
    ],
)
def test_what_is_odd_around_a_reply_does_not_matter(small: Path, change: Callable[[Body], object]):
    with serving(edited(change, ANSWER)) as server:
        assert ask(small, "q", policy=policy_for(server)).answer == "A. red"


def call(arguments: object, **more: object) -> Body:
    return {"id": "a", "type": "function", "function": {"name": "zoom", "arguments": arguments}} | (
        more
    )


@pytest.mark.parametrize(
    "calls",
    [
        [call("[1, 2]")],
        [call("7")],
        [call('"zoom"')],
        [call("[" * 5000)],
        [call("9" * 5000)],
        [call(None)],
        [call(["x"])],
        [call("{}", id=7, function=None)],
        [call("{}", function={"name": None})],
        [None, "x", 7],
        {"0": call("{}")},
    ],
)
def test_odd_calls_are_the_models_mistake_and_no_error(small: Path, calls: object):
    good = call('{"text": "A. red"}', function={"name": "answer", "arguments": '{"text": "red"}'})
    with serving(said(tool_calls=calls), said(content=None, tool_calls=[good])) as server:
        policy = policy_for(server, dialect="tool_calls")
        result = ask(small, "q", policy=policy, allow_resized=True)
    assert result.answer == "red"
    assert result.turns[0].move is None
    assert result.turns[0].error


def test_arguments_that_come_as_an_object_are_read(small: Path):
    made = call(0, function={"name": "answer", "arguments": {"text": "red"}})
    with serving(said(content=None, tool_calls=[made])) as server:
        policy = policy_for(server, dialect="tool_calls")
        assert ask(small, "q", policy=policy, allow_resized=True).answer == "red"


def test_a_server_that_counts_too_little_does_not_lift_the_cap(page: Path):
    with serving(ZOOM, ZOOM.replace("100, 100", "400, 400"), ANSWER, pixels_per_token=10**5) as s:
        policy = policy_for(s)
        result = ask(page, "q", policy=policy, allow_resized=True, max_vision_tokens=1000)
    assert sum(view.tokens for view in result.views) <= 1000
    assert result.ledger.spent == sum(view.tokens for view in result.views)
    assert all((entry.reported or 0) < entry.predicted for entry in result.ledger.entries)


def test_a_server_that_counts_too_much_ends_the_zooming_only(page: Path):
    def change(body: Body) -> None:
        body["usage"]["prompt_tokens"] = 10**8
        body["usage"]["prompt_tokens_details"] = {"multimodal_tokens": {"image": 10**8}}

    with serving(edited(change, ZOOM), ANSWER) as server:
        result = ask(page, "q", policy=policy_for(server), allow_resized=True)
    assert (result.answer, result.stop_reason) == ("A. red", "token_budget")
    assert result.ledger.entries[0].reported == 10**8
    assert result.ledger.entries[0].predicted == result.views[0].tokens
    assert result.ledger.remaining == 0


def test_a_view_that_is_sent_again_smaller_is_paid_twice(page: Path):
    long = fail(400, "This model's maximum context length is 700 tokens.")
    with serving("unusable", long, long, ANSWER) as server:
        result = ask(page, "q", policy=policy_for(server))
    first, second = result.turns
    assert result.answer == "A. red"
    assert second.repairs[-2:] == ("fewer_views", "smaller_view")
    (entry,) = result.ledger.entries
    assert second.paid == {1: result.views[0].tokens}
    assert entry.predicted == first.paid[1] + second.paid[1] > first.paid[1]
    assert entry.reported == (first.image_tokens or 0) + (second.image_tokens or 0)
    assert result.ledger.spent == entry.predicted
