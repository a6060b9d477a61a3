"""The page about the command line, from the commands themselves.

    python -m scripts.command_line_page

It writes `docs/cli.md`; `tests/documentation/test_reference.py` tells when that is old.
"""

import inspect
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from ergo_agent.apps.cli import app
from ergo_agent.apps.cli.options import usage_pieces

__all__ = ["PAGE", "command_line_page"]

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"

_INTRODUCTION = """# The command line

<!-- written by `python -m scripts.command_line_page`; change the commands, not this page -->

`ergo-agent COMMAND --help` says the same in a terminal. Results go to stdout, progress and errors
to stderr, and an error is one line.

| exit code | meaning |
|---|---|
| 0 | answered, or done |
| 2 | wrong usage, question, budget or setting |
| 3 | the answer was not found |
| 4 | the image cannot be used |
| 5 | the policy or its server failed, or something is not installed |
| 130 | interrupted |
"""

_VALUES = {int: "whole number", float: "number", str: "text", Path: "path"}


def main() -> None:
    """Write the page."""
    PAGE.write_text(command_line_page(), "utf-8")


def command_line_page() -> str:
    """The page as Markdown."""
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    sections = [_section(name, command) for name, command in _flat(commands)]
    return "\n".join([_INTRODUCTION, *sections])


def _flat(commands: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The commands, those of a group one by one."""
    for name, command in commands.items():
        inner: dict[str, Any] = getattr(command, "commands", {})
        yield from ((f"{name} {each}", one) for each, one in inner.items())
        if not inner:
            yield name, command


def _section(name: str, command: Any) -> str:  # noqa: ANN401  # click's class, which Typer may hold
    """One command: how it is called, what it does, its arguments and options."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join(["ergo-agent", name, *usage_pieces(command)])
    text = inspect.cleandoc(command.help or "")
    parts = [f"## ergo-agent {name}\n", text, "", f"```text\n{usage}\n```", ""]
    if arguments:
        parts += _table("argument", [(f"`{_argument(each)}`", each) for each in arguments])
    parts += _table("option", [(_called(each), each) for each in options], of=command.callback)
    return "\n".join(parts)


def _table(kind: str, rows: list[tuple[str, Any]], *, of: Any = None) -> list[str]:  # noqa: ANN401
    """A table of parameters; that of options says what their values are."""
    if of is None:
        lines = [f"| {kind} | |", "|---|---|"]
        return [*lines, *(f"| {called} | {_cell(each.help)} |" for called, each in rows), ""]
    hints, given = typing.get_type_hints(of), inspect.signature(of).parameters
    lines = [f"| {kind} | value | if left out | |", "|---|---|---|---|"]
    for called, each in rows:
        value = _value(hints[each.name])
        default = "required" if each.required else _default(given[each.name].default)
        lines.append(f"| {called} | {value} | {default} | {_cell(each.help)} |")
    return [*lines, ""]


def _argument(argument: Any) -> str:  # noqa: ANN401
    return str(argument.metavar or argument.name.upper())


def _called(option: Any) -> str:  # noqa: ANN401
    return ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])


def _value(hint: object) -> str:
    """What a value is, in words; nothing for a switch."""
    kinds = [each for each in typing.get_args(hint) if each is not types.NoneType] or [hint]
    if list in {typing.get_origin(hint), typing.get_origin(kinds[0])}:
        of = (typing.get_args(kinds[0]) or kinds)[0]
        return f"{_VALUES[of]}, repeatable"
    return "" if kinds[0] is bool else _VALUES[kinds[0]]


def _default(value: object) -> str:
    return "" if value is None or isinstance(value, bool) else f"`{value}`"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    main()
