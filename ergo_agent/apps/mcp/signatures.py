"""Tools as the SDK reads them: by their signature, in which `roots` is filled in by the server."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["ROOTS", "Tool", "with_signature"]

Tool = Callable[..., Awaitable[Any]]

ROOTS = "roots"
"""The parameter that tools take the client's roots in; no model ever sees or fills it."""


def with_signature(called: Tool, tool: Tool, *, roots: object | None) -> Tool:
    """`called`, with the name, docstring and parameters of a tool.

    Args:
        called: What the SDK is going to call.
        tool: What it calls in turn.
        roots: The annotation that `roots` gets; None leaves that parameter out.
    """
    signature = inspect.signature(tool)
    kept = [
        parameter if parameter.name != ROOTS else parameter.replace(annotation=roots)
        for parameter in signature.parameters.values()
        if parameter.name != ROOTS or roots is not None
    ]
    called.__name__ = getattr(tool, "__name__", "tool")
    called.__doc__ = tool.__doc__
    called.__annotations__ = {each.name: each.annotation for each in kept}
    called.__annotations__["return"] = signature.return_annotation
    called.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    return called
