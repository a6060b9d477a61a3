"""Changes one number of a module while it is in use."""

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import NamedTuple

__all__ = ["Number", "changed", "numbers_in", "scaled"]

_LEAST = 2
"""Whole numbers up to this one count or index something, and are left alone."""


class Number(NamedTuple):
    """A number in the source of a module."""

    module: str
    line: int
    column: int
    value: float
    source: str
    """The line that it stands in."""


def numbers_in(module: str) -> list[Number]:
    """The numbers in the source of a module that may be changed, in order."""
    source = inspect.getsource(importlib.import_module(module))
    lines = source.splitlines()
    return [
        Number(module, node.lineno, node.col_offset, node.value, lines[node.lineno - 1].strip())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and _may_change(node.value)
    ]


def _may_change(value: float) -> bool:
    return value not in (0.0, 1.0, 2.0) and (isinstance(value, float) or value > _LEAST)


@contextmanager
def changed(number: Number, value: float) -> Iterator[None]:
    """The code with one number changed, in all that was imported from its module, too."""
    module = importlib.import_module(number.module)
    with _running(module, _source_with(module, number, value)):
        yield


def _source_with(module: ModuleType, number: Number, value: float) -> ast.Module:
    tree = ast.parse(inspect.getsource(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and (node.lineno, node.col_offset) == number[1:3]:
            node.value = value
    return tree


@contextmanager
def _running(module: ModuleType, tree: ast.Module) -> Iterator[None]:
    """A module with the functions and numbers of another source, until the end of the context."""
    other = ModuleType(module.__name__)
    other.__dict__["__package__"] = module.__package__
    exec(compile(tree, str(module.__file__), "exec"), other.__dict__)  # noqa: S102  # our own code
    undo: list[Callable[[], None]] = []
    for name, new in vars(other).items():
        old = vars(module).get(name)
        if isinstance(new, int | float):
            undo += [_set(each, name, new) for each in _holding(name, old)]
        else:
            undo += [_exchange(own, into) for own, into in _functions(old, new)]
    try:
        yield
    finally:
        for each in undo:
            each()


def _holding(name: str, value: object) -> list[ModuleType]:
    """The modules of the reader that know a number by its name: its own, and who imports it."""
    ours = [each for key, each in sys.modules.items() if key.startswith("ergo_agent.")]
    return [each for each in ours if vars(each).get(name) is value]


def _set(module: ModuleType, name: str, value: float) -> Callable[[], None]:
    before = getattr(module, name)
    setattr(module, name, value)
    return lambda: setattr(module, name, before)


def _exchange(own: FunctionType, other: FunctionType) -> Callable[[], None]:
    """Give a function another's code; what comes back undoes it."""
    before = own.__code__
    own.__code__ = other.__code__
    return lambda: setattr(own, "__code__", before)


def _functions(own: object, other: object) -> Iterator[tuple[FunctionType, FunctionType]]:
    """The functions of two versions of one thing in pairs, those of a class, too."""
    own, other = (getattr(each, "__wrapped__", each) for each in (own, other))
    if isinstance(own, type) and own.__module__ == other.__module__:
        for name, value in vars(other).items():
            yield from _functions(vars(own).get(name), value)
    for inner in ("func", "fget", "__func__"):
        if hasattr(own, inner) and hasattr(other, inner):
            own, other = getattr(own, inner), getattr(other, inner)
    if isinstance(own, FunctionType) and isinstance(other, FunctionType):
        yield own, other


def scaled(value: float, factor: float) -> float:
    """A number made smaller or larger, a whole one by 1 at least."""
    if isinstance(value, float):
        return round(value * factor, 3)
    return max(1, min(value - 1, round(value * factor))) if factor < 1 else round(value * factor)
