"""The options that several commands share."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from ergo_agent.policies.registry import own_policy_names, policy_names

__all__ = [
    "AllowHost",
    "Budget",
    "Deadline",
    "DialectName",
    "FinderName",
    "MaxPages",
    "MaxVisionTokens",
    "MaxZooms",
    "PolicyCommand",
    "PolicyName",
    "Verify",
    "usage_pieces",
]


def _who_answers(names: Iterable[str]) -> str:
    return (
        f"Who answers: {', '.join(names)}. auto: served where ERGO_BASE_URL is set, else ocr, the "
        "embedded reader."
    )


_UNWRAPPED = re.compile(r"(?<=\S)\n(?=\S)")
"""The end of a line within a paragraph, which a terminal of another width has elsewhere."""


class PolicyCommand(TyperCommand):
    """A command whose help has the terminal's width, and names the policies of other packages too.

    These are looked for (30 ms) when that help is shown, not when the command is declared.
    """

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer hides it
        """What follows the command's name where it is said how to call it."""
        return usage_pieces(self)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer hides them
        """Write the help."""
        for param in self.params:
            if isinstance(param, TyperOption) and "--policy" in param.opts:
                param.help = _who_answers(policy_names())
        self.help = _UNWRAPPED.sub(" ", self.help or "")
        super().format_help(ctx, formatter)


def usage_pieces(command: Any) -> list[str]:  # noqa: ANN401  # click's class, which typer hides
    """What follows a command's name: `[OPTIONS]`, then its arguments as their help names them."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    return ["[OPTIONS]", *map(_argument, arguments)]


def _argument(argument: Any) -> str:  # noqa: ANN401
    """An argument, with brackets around one that may be left out."""
    if argument.metavar:
        return str(argument.metavar)
    name = f"{argument.name.upper()}{'...' if argument.nargs == -1 else ''}"
    return name if argument.required else f"[{name}]"


Budget = Annotated[int, typer.Option("--budget", help="Most vision tokens of one view.")]
MaxVisionTokens = Annotated[
    int | None,
    typer.Option(
        "--max-vision-tokens",
        help="Most vision tokens of all views of a question; 4 x budget if left out.",
    ),
]
MaxZooms = Annotated[
    int, typer.Option("--max-zooms", help="How many times a question zooms at most.")
]
MaxPages = Annotated[
    int, typer.Option("--max-pages", help="How many pages of a document are opened at most.")
]
FinderName = Annotated[
    str,
    typer.Option("--finder", help="Who says which pages of a document to open: text, policy."),
]
Deadline = Annotated[
    float | None, typer.Option("--deadline", help="Seconds that a question may take.")
]
Verify = Annotated[
    bool,
    typer.Option("--verify", help="Ask for the answer again from its crops alone."),
]
PolicyName = Annotated[
    str,
    typer.Option("--policy", help=_who_answers(own_policy_names())),
]
DialectName = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="How the model is asked: ergo, qwen3_vl, internvl, tool_calls, ...; ERGO_DIALECT, or "
        "by the model's name, if left out.",
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        help="A host that may be fetched from: example.org, .example.org with all below it, * for "
        "any; none if left out. May be given more than once.",
    ),
]
