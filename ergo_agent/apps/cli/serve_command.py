"""`ergo-agent serve`: the policy's model behind vLLM, with the flags that this work needs."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from ergo_agent.apps.cli.options import (
    Budget,
    DialectName,
    MaxVisionTokens,
    MaxZooms,
    PolicyName,
)
from ergo_agent.apps.cli.output import errors_as_exit_codes, note, status_line
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from ergo_agent.apps.serve import ServeOptions

__all__ = ["serve"]

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What ends the server: `kill`, Ctrl-C, and a terminal that is closed."""


_EXAMPLE = (
    """python -c 'import ergo_agent; print(ergo_agent.ask("page.png", "What is it?").answer)'"""
)


class _EndedError(BaseException):
    """A signal asked for the end; no error handling is to catch it."""


def serve(  # noqa: PLR0913  # one parameter per option
    context_of_command: typer.Context,
    extra: Annotated[
        list[str] | None,
        typer.Argument(help="After --: further arguments for vllm serve.", show_default=False),
    ] = None,
    *,
    model: Annotated[
        str, typer.Option(help="Name on the Hugging Face hub, a checkpoint folder, or nano.")
    ] = "nota-ai/ERGO-7B",
    dialect: DialectName = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="Name under which it is served; the model's own, and ergo for the ergo dialect, "
            "if left out."
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    gpus: Annotated[int, typer.Option(help="How many GPUs to use.")] = 1,
    parallel: Annotated[
        str, typer.Option(help="data: a copy of the model on each GPU; tensor: one over all.")
    ] = "data",
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    context: Annotated[
        int | None,
        typer.Option(help="Context length in tokens; what such episodes need if left out."),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="File for vLLM's output; a temporary one if left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the command only.")] = False,
    as_openai: Annotated[
        bool,
        typer.Option(
            "--as-openai",
            help="Serve no model but the episodes of --policy, as an OpenAI-compatible API: a chat "
            "completion with an image is answered coarse to fine, its evidence in a field `ergo`.",
        ),
    ] = False,
    policy: PolicyName = "auto",
) -> None:
    """Serve a policy's model with vLLM until Ctrl-C; with --as-openai, a policy's episodes.

    It needs the extra "vllm", with --as-openai "ui". Exit code: 0 ended, 2 wrong usage, 5 the
    server failed, or something is not installed.
    """
    settings = {
        "view_budget": budget,
        "max_vision_tokens": max_vision_tokens,
        "max_zooms": max_zooms,
    }
    with errors_as_exit_codes():
        if as_openai:
            asked = context_of_command.obj or policy
            _serve_episodes(settings, asked, dialect, host=host, port=port)
            return
        options = _options(
            settings,
            model=model,
            dialect=dialect or "auto",
            served_name=name,
            host=host,
            port=port,
            gpus=gpus,
            parallel=parallel,
            context=context,
            extra=tuple(extra or ()),
        )
        if dry_run:
            typer.echo(_shown(options))
        else:
            _serve(options, log)


def _serve_episodes(
    settings: dict[str, Any],
    policy: Any,  # noqa: ANN401  # as PolicyChoice says; importing it takes a while
    dialect: str | None,
    *,
    host: str,
    port: int,
) -> None:
    """Serve a policy's episodes until Ctrl-C."""
    from ergo_agent.apps.openai import CompletionOptions, serve_completions  # noqa: PLC0415
    from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415
    from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

    def ready(url: str) -> None:
        typer.echo(url)
        note("Ctrl-C ends it")

    chosen = choose_policy(policy, dialect=dialect)
    options = CompletionOptions(chosen, VisionSettings(**settings), host=host, port=port)
    serve_completions(options, ready=ready)


def _options(settings: dict[str, Any], **values: Any) -> "ServeOptions":
    """The options, checked.

    Raises:
        SettingsError: If one is out of range.
        BudgetError: If the budget makes no sense.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from ergo_agent.apps.serve import ServeOptions  # noqa: PLC0415
    from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415

    chosen = VisionSettings(**settings)
    try:
        return ServeOptions(settings=chosen, **values)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        option = str(problem["loc"][0]).replace("served_name", "name")
        raise SettingsError(f"--{option} {problem['input']}: {problem['msg']}") from None


def _shown(options: "ServeOptions") -> str:
    """The command as a line for a shell."""
    import shlex  # noqa: PLC0415

    from ergo_agent.apps.serve import serve_command, serve_environment  # noqa: PLC0415

    variables = [f"{name}={value}" for name, value in serve_environment(options, base={}).items()]
    return " ".join([*variables, shlex.join(serve_command(options))])


def _serve(options: "ServeOptions", log: Path | None) -> None:
    """Start, say where, and wait for the end."""
    from ergo_agent.apps.serve import start_server  # noqa: PLC0415

    with _Ending() as ending, start_server(options, log=log) as server:
        ending.begin()
        with status_line() as status:
            seconds = server.wait_until_ready(report=status.update)
        note(f"{options.model} is served as {options.name_served} (ready after {seconds:.0f} s)")
        typer.echo(
            f"export ERGO_BASE_URL={server.base_url} ERGO_MODEL={options.name_served} "
            f"ERGO_DIALECT={options.dialect_used.name}"
        )
        typer.echo(_EXAMPLE)
        note("Ctrl-C ends it")
        server.wait()


class _Ending:
    """Leaves its block at the first signal; further ones do not disturb the cleaning up.

    Until `begin` a signal is only remembered, so that none can fall between the start of the server
    and the moment from which it is going to be ended.
    """

    def __init__(self) -> None:
        self._begun = self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def begin(self) -> None:
        """Let signals end the block from now on."""
        self._begun = True
        if self._asked:
            raise _EndedError

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._leave) for number in _ENDING}
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if kind is not _EndedError:
            return False
        note("ended")
        return True

    def _leave(self, *_: object) -> None:
        if self._asked:
            return
        self._asked = True
        if self._begun:
            raise _EndedError
