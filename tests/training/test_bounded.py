"""Calls that fail, hang and come back late."""

import threading

import pytest

from ergo_agent.training.bounded import BoundedCalls


@pytest.fixture
def gate():
    """What hanging calls wait for; opened in the end, so that no thread outlives its test."""
    opened = threading.Event()
    yield opened
    opened.set()


def test_outcomes_come_in_the_order_of_what_was_given():
    first = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            assert first.wait(10)
        first.set()
        return number * number

    assert BoundedCalls(call, seconds=10, at_once=2).all([0, 1, 2, 3]) == [0, 1, 4, 9]
    assert BoundedCalls(call, seconds=10, at_once=2).all([]) == []


def test_a_call_that_fails_costs_only_itself():
    def call(number: int) -> int:
        return 6 // number

    one, failed, other = BoundedCalls(call, seconds=10, at_once=1).all([1, 0, 2])
    assert (one, other) == (6, 3)
    assert isinstance(failed, ZeroDivisionError)


def test_a_call_that_hangs_is_given_up_and_the_others_go_on(gate: threading.Event):
    def call(number: int) -> int:
        if number == 1:
            gate.wait(60)
        return number

    one, hung, *others = BoundedCalls(call, seconds=2, at_once=2).all([0, 1, 2, 3])
    assert isinstance(hung, TimeoutError)
    assert str(hung) == "no reply in 2 s"
    assert [one, *others] == [0, 2, 3]


def test_where_all_hang_the_rest_is_not_begun(gate: threading.Event):
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        gate.wait(60)
        return number

    calls = BoundedCalls(call, seconds=0.5, at_once=2)
    outcomes = calls.all([0, 1, 2, 3, 4])
    assert all(isinstance(outcome, TimeoutError) for outcome in outcomes)
    assert sorted(begun) == [0, 1]
    again = calls.all([5])
    assert sorted(begun) == [0, 1]
    assert str(again[0]) == "2 earlier calls have not come back"


def test_once_they_have_come_back_calls_are_made_again(gate: threading.Event):
    returned = threading.Semaphore(0)

    def call(number: int) -> int:
        gate.wait(60)
        returned.release()
        return number

    calls = BoundedCalls(call, seconds=2, at_once=1)
    assert isinstance(calls.all([0])[0], TimeoutError)
    gate.set()
    assert returned.acquire(timeout=10)
    for thread in calls._hung:
        thread.join(10)
    assert calls.all([1]) == [1]  # and not the late reply of the first
