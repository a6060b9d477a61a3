"""`ergo-agent train`: supervised and reinforcement training, and what is learnt from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ergo_agent.apps.cli.options import PolicyCommand
from ergo_agent.apps.cli.output import errors_as_exit_codes, note

if TYPE_CHECKING:
    from ergo_agent.training.trainer.config import Method

__all__ = ["train"]

train = typer.Typer(
    name="train",
    help="Train a policy, or export what one may be trained on.",
    no_args_is_help=True,
)

Config = Annotated[
    str,
    typer.Option(
        help="A TOML file, or the name of a shipped config: nano, ergo-7b.", show_default=False
    ),
]
Model = Annotated[
    str | None,
    typer.Option(help="Checkpoint to begin with, in place of policy.model.", show_default=False),
]
Data = Annotated[
    str | None, typer.Option(help="JSONL file, in place of data.path.", show_default=False)
]
Output = Annotated[
    str | None,
    typer.Option(
        help="Folder of the run, in place of run.output. The same one again goes on from its last "
        "checkpoint.",
        show_default=False,
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", help="A change of the config: table.key=value.", show_default=False),
]


@train.command(cls=PolicyCommand)
def sft(
    *,
    config: Config,
    model: Model = None,
    data: Data = None,
    output: Output = None,
    changes: Changes = None,
) -> None:
    """Train on demonstrations; needs the extra "train".

    Exit code: 0 trained, 2 wrong usage, 4 an image cannot be used, 5 the policy cannot be loaded.
    """
    _run("sft", config, model=model, data=data, output=output, changes=changes)


@train.command(cls=PolicyCommand)
def grpo(
    *,
    config: Config,
    model: Model = None,
    data: Data = None,
    output: Output = None,
    changes: Changes = None,
) -> None:
    """Train by reward, over rollouts that really zoom; needs the extra "train".

    Exit code: 0 trained, 2 wrong usage, 4 an image cannot be used, 5 the policy cannot be loaded.
    """
    _run("grpo", config, model=model, data=data, output=output, changes=changes)


@train.command(cls=PolicyCommand)
def export(
    run: Annotated[
        Path,
        typer.Argument(
            help="JSONL of finished episodes, or a folder with records.jsonl.", show_default=False
        ),
    ],
    *,
    to: Annotated[Path, typer.Option(help="JSONL file to write.")] = Path("demonstrations.jsonl"),
) -> None:
    """Write the right ones among a run's episodes as demonstrations for sft.

    Exit code: 0 written, 2 wrong usage.
    """
    with errors_as_exit_codes():
        from ergo_agent.training.demonstrations import (  # noqa: PLC0415  # as for every command
            export_demonstrations,
        )

        exported = export_demonstrations(run, to)
        for reason, count in sorted(exported.dropped.items()):
            note(f"left out: {count} {reason}")
        typer.echo(f"{to}: {exported.kept} demonstrations")


def _run(  # noqa: PLR0913  # private
    method: "Method",
    config: str,
    *,
    model: str | None,
    data: str | None,
    output: str | None,
    changes: list[str] | None,
) -> None:
    with errors_as_exit_codes():
        from ergo_agent.training.trainer.config import read_config  # noqa: PLC0415
        from ergo_agent.training.trainer.run import train as train_run  # noqa: PLC0415

        given = {"policy.model": model, "data.path": data, "run.output": output}
        named = [f"{key}={_quoted(value)}" for key, value in given.items() if value is not None]
        chosen = read_config(config, changes=[*(changes or ()), *named])
        typer.echo(train_run(chosen, method, report=note))


def _quoted(text: str) -> str:
    """A text as TOML, which reads JSON's escapes."""
    import json  # noqa: PLC0415

    return json.dumps(text, ensure_ascii=False)
