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

_PLAIN = (0.0, 1.0, 2.0)
"""Left alone in an expression; where it has a name of its own, only the first of these is."""


class Number(NamedTuple):
    """A number in the source of a module."""

    module: str
    line: int
    column: int
    value: float
    owner: str
    """What it is called, or the function or class that it stands in."""
    source: str
    """The line that it stands in."""

    @property
    def key(self) -> str:
        """How a table names it: `module.owner` and its value."""
        return f"`{self.module.rpartition('.')[2]}.{self.owner}` {self.value}"


def numbers_in(module: str) -> list[Number]:
    """The numbers in the source of a module that may be changed, in order."""
    source = inspect.getsource(importlib.import_module(module))
    lines = source.splitlines()
    return [
        Number(
            module, node.lineno, node.col_offset, node.value, owner, lines[node.lineno - 1].strip()
        )
        for owner, part in _owned(ast.parse(source))
        for node in ast.walk(part)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in (_PLAIN if isinstance(part, ast.stmt) else _PLAIN[:1])
    ]


def _owned(tree: ast.Module | ast.ClassDef, within: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The statements of a module, or of a class, each by its name; of an assignment the values."""
    for node in tree.body:
        match node:
            case ast.ClassDef():
                yield from _owned(node, f"{within}{node.name}.")
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from zip((within + ast.unparse(name) for name in names), values, strict=True)
            case (
                ast.Assign(targets=[name], value=value)
                | ast.AnnAssign(target=name, value=ast.expr() as value)
            ):
                yield within + ast.unparse(name), value
            case _:
                yield within + getattr(node, "name", ""), node


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
        if _is_number(new):
            undo += [_set(each, name, new) for each in _holding(module, name)]
        else:
            undo += [_exchange(own, into) for own, into in _functions(old, new)]
    try:
        yield
    finally:
        for each in undo:
            each()


def _is_number(value: object) -> bool:
    """Whether a value is a number or some numbers."""
    if isinstance(value, tuple):
        return type(value) is tuple and all(map(_is_number, value))
    return isinstance(value, int | float)


def _holding(module: ModuleType, name: str) -> list[ModuleType]:
    """The modules that know a number by its name: its own and, if it is public, who imports it."""
    if name.startswith("_"):
        return [module]
    value = vars(module)[name]
    ours = [each for key, each in sys.modules.items() if key.startswith("ergo_agent.")]
    return [each for each in ours if vars(each).get(name) is value]


def _set(module: ModuleType, name: str, value: float) -> Callable[[], None]:
    before = getattr(module, name)
    setattr(module, name, value)
    return lambda: setattr(module, name, before)


def _exchange(own: FunctionType, other: FunctionType) -> Callable[[], None]:
    """Give a function another's code and numbers by default; what comes back undoes it."""
    passed = ("__defaults__", "__kwdefaults__")
    names = ["__code__", *(name for name in passed if _are_numbers(getattr(other, name)))]
    before = [(name, getattr(own, name)) for name in names]
    for name in names:
        setattr(own, name, getattr(other, name))

    def undo() -> None:
        for name, value in before:
            setattr(own, name, value)

    return undo


def _are_numbers(defaults: tuple[object, ...] | dict[str, object] | None) -> bool:
    values = list(defaults.values() if isinstance(defaults, dict) else defaults or ())
    return bool(values) and all(value is None or _is_number(value) for value in values)


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
