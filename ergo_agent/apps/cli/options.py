"""The options that several commands share."""

from typing import Annotated

import typer

from ergo_agent.policies.registry import policy_names

__all__ = ["Budget", "Deadline", "DialectName", "MaxVisionTokens", "MaxZooms", "PolicyName"]

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
Deadline = Annotated[
    float | None, typer.Option("--deadline", help="Seconds that a question may take.")
]
PolicyName = Annotated[
    str, typer.Option("--policy", help=f"Whom to ask: {', '.join(policy_names())}.")
]
DialectName = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        help="How the model is asked: ergo, qwen3_vl, internvl, tool_calls, ...; ERGO_DIALECT, or "
        "by the model's name, if left out.",
    ),
]
