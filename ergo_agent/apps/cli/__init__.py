"""The command line.

Exit codes: 0 answered or done; 2 wrong usage, question, budget or setting; 3 the answer was not
found; 4 the image cannot be used; 5 the policy or its server failed; 130 interrupted.

Everything slow is imported inside the commands, so that `--help` and bad input answer at once.
"""

from typing import Annotated

import typer

from ergo_agent.apps.cli.ask_command import ask
from ergo_agent.apps.cli.batch_command import batch
from ergo_agent.apps.cli.doctor_command import doctor
from ergo_agent.apps.cli.eval_command import evaluate
from ergo_agent.apps.cli.extract_command import extract
from ergo_agent.apps.cli.mcp_command import mcp
from ergo_agent.apps.cli.options import PolicyCommand
from ergo_agent.apps.cli.serve_command import serve
from ergo_agent.apps.cli.train_command import train
from ergo_agent.apps.cli.ui_command import ui

__all__ = ["app", "main"]

app = typer.Typer(
    name="ergo-agent",
    help="Ask questions about high-resolution images and documents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for command in (ask, extract, batch, ui, serve, doctor, mcp):
    app.command(cls=PolicyCommand)(command)
app.command("eval", cls=PolicyCommand)(evaluate)
app.add_typer(train)


def main() -> None:
    """Run the command line."""
    app()


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # typer's signature
    if wanted:
        from ergo_agent import __version__  # noqa: PLC0415

        typer.echo(f"ergo-agent {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[  # its callback does the work
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Ask questions about high-resolution images and documents."""
