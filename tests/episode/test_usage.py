"""Counts that a server claims: those that can be, and those that are not told."""

import pytest

from ergo_agent.episode.usage import Usage, count

NONE = [-1, 1.0, 1.5, "1", "", None, True, False, [], {}, 10**8 + 1, 10**30, float("nan")]


@pytest.mark.parametrize("value", NONE)
def test_what_can_be_no_count_is_not_told(value: object):
    assert count(value) is None
    assert Usage.of_message(value) == Usage()
    usage = {"input_tokens": value, "output_tokens": value, "input_token_details": value}
    assert Usage.of_message(usage) == Usage()
    assert Usage.of_wire({"prompt_tokens": 7, "prompt_tokens_details": value}).input == 7


def test_images_are_no_more_than_the_input_that_holds_them():
    wire = {"prompt_tokens": 7, "prompt_tokens_details": {"multimodal_tokens": {"image": 8}}}
    assert Usage.of_wire(wire) == Usage(input=7)


def test_what_is_told_is_told_on():
    told = Usage(input=9, output=3, cached=2, image=5)
    assert Usage.of_wire(told.on_the_wire()) == told
    assert Usage().on_the_wire() is None
