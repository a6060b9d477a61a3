"""What can be known of code that cannot run here: its imports and the signatures of its calls."""

import ast
import builtins
import importlib
import inspect
import typing
from typing import Any, NamedTuple

__all__ = ["check_calls"]


class _Instance(NamedTuple):
    """Stands for an object of a class."""

    of: type


def check_calls(code: str, known: dict[str, Any]) -> None:
    """Import what code imports, and bind every call whose function is known to its signature.

    Args:
        code: Python.
        known: Names that are there already; those that the code binds are added, objects that it
            would make as what is known of their class.

    Raises:
        SyntaxError, ImportError, AttributeError, TypeError: If it cannot work.
    """
    for statement in ast.parse(code).body:
        for node in ast.walk(statement):
            _import(node, known)
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                _bind(node, known)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            known[statement.targets[0].id] = _made_by(statement.value, known)


def _import(node: ast.AST, known: dict[str, Any]) -> None:
    if isinstance(node, ast.Import):
        for each in node.names:
            module = importlib.import_module(each.name)
            known[each.asname or each.name.partition(".")[0]] = module
    elif isinstance(node, ast.ImportFrom):
        module = importlib.import_module(node.module or "")
        for each in node.names:
            if not hasattr(module, each.name):
                raise ImportError(f"{node.module} has no {each.name}")
            known[each.asname or each.name] = getattr(module, each.name)


def _bind(call: ast.Call, known: dict[str, Any]) -> None:
    function = _resolved(call.func, known)
    if function is None:
        return
    try:
        signature = inspect.signature(function)
    except ValueError:  # a builtin without one
        return
    method = isinstance(call.func, ast.Attribute) and isinstance(
        _resolved(call.func.value, known), _Instance
    )
    given = [None] * (method + sum(not isinstance(each, ast.Starred) for each in call.args))
    named = {each.arg: None for each in call.keywords if each.arg is not None}
    open_ended = len(named) < len(call.keywords) or len(given) < method + len(call.args)
    (signature.bind_partial if open_ended else signature.bind)(*given, **named)


def _resolved(node: ast.expr, known: dict[str, Any]) -> Any:  # noqa: ANN401
    """What an expression names; None where that is not known."""
    if isinstance(node, ast.Name):
        return known.get(node.id, getattr(builtins, node.id, None))
    if isinstance(node, ast.Call):
        return _made_by(node, known)
    if not isinstance(node, ast.Attribute):
        return None
    owner = _resolved(node.value, known)
    if isinstance(owner, _Instance):
        return inspect.getattr_static(owner.of, node.attr, None)
    if inspect.ismodule(owner) or inspect.isclass(owner):
        return getattr(owner, node.attr)
    return None


def _made_by(node: ast.expr, known: dict[str, Any]) -> _Instance | None:
    """What a call returns, as far as it says so."""
    if not isinstance(node, ast.Call):
        return None
    function = _resolved(node.func, known)
    if inspect.isclass(function):
        return _Instance(function)
    if not inspect.isroutine(function):
        return None
    try:
        returned = typing.get_type_hints(function).get("return")
    except NameError:  # its types are imported for type checkers only
        return None
    return _Instance(returned) if inspect.isclass(returned) else None
