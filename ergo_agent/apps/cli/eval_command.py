"""`ergo-agent eval`: a benchmark run and summed up, runs compared, benchmarks listed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ergo_agent._common.text import visible
from ergo_agent.apps.cli.options import (
    Budget,
    Deadline,
    DialectName,
    MaxPages,
    MaxVisionTokens,
    MaxZooms,
    PolicyName,
    Verify,
)
from ergo_agent.apps.cli.output import errors_as_exit_codes, note
from ergo_agent.errors import MissingExtraError, SettingsError

if TYPE_CHECKING:
    from ergo_agent.evaluation.run import RunSettings
    from ergo_agent.policies.base import Policy

__all__ = ["evaluate"]


def evaluate(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    benchmark: Annotated[
        str,
        typer.Argument(
            help="Its name, such as vstar or jsonl; or list, or compare with two runs.",
            show_default=False,
        ),
    ],
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            help="For compare: two folders of runs, or FOLDER:MODE.", show_default=False
        ),
    ] = None,
    *,
    data: Annotated[
        Path | None, typer.Option(help="The folder that holds its files.", show_default=False)
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            help="Some of full, coarse, ergo, auto, random, oracle, crop_only, agent; commas."
        ),
    ] = "auto",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the run, gone on with if it is there; a new one if left out."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="How many questions, drawn by the seed; all if left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="By which questions and random crops are drawn.")] = 0,
    trials: Annotated[int, typer.Option(help="How often each question is asked.")] = 1,
    concurrency: Annotated[int, typer.Option(help="Samples at once.")] = 8,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Ask again what failed before.")
    ] = False,
    episodes: Annotated[bool, typer.Option(help="Draw a page of every failure's episode.")] = True,
    log_images: Annotated[
        bool, typer.Option(help="Keep the views in the logs of inspect_ai.")
    ] = True,
    agent_model: Annotated[
        str | None,
        typer.Option(help="The outer model of agent, such as openai:gpt-5-mini."),
    ] = None,
    full_budget: Annotated[
        int, typer.Option("--full-budget", help="Vision tokens of the one view of full.")
    ] = 16_384,
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    max_pages: MaxPages = 5,
    deadline: Deadline = None,
    verify: Verify = False,
    policy: PolicyName = "auto",
    dialect: DialectName = None,
) -> None:
    """Run BENCHMARK and print the table; write logs, samples, summary and report to one folder.

    A sample that fails is counted, as wrong. The same command again goes on with a run that was
    interrupted. `eval compare RUN_A RUN_B` compares two, `eval list` names all benchmarks.

    Exit code: 0 done, 2 wrong usage or data, 5 policy unusable or something not installed.
    """
    with errors_as_exit_codes():
        if benchmark in {"list", "compare"}:
            typer.echo(visible(_listed() if benchmark == "list" else _compared(runs or [])))
            return
        if runs:
            raise SettingsError(f"{runs[0]!r} is one argument too many; only compare takes runs")
        vision = {
            "view_budget": budget,
            "max_vision_tokens": max_vision_tokens,
            "max_zooms": max_zooms,
            "max_pages": max_pages,
            "deadline": deadline,
            "verify": verify,
        }
        given = {
            "benchmark": benchmark,
            "dialect": dialect,
            "agent_model": agent_model,
            "full_budget": full_budget,
            "limit": limit,
            "seed": seed,
            "trials": trials,
        }
        how = _How(concurrency, retry_errors, log_images, episodes)
        chosen = context.obj or policy
        settings = _settings(given, vision, modes=mode, data=data, policy=chosen)
        typer.echo(visible(_run(settings, chosen, out, how)))


class _How(NamedTuple):
    """What changes no number."""

    concurrency: int
    retry_errors: bool
    log_images: bool
    episodes: bool


def _settings(
    given: dict[str, Any],
    vision: dict[str, Any],
    *,
    modes: str,
    data: Path | None,
    policy: Any,  # noqa: ANN401  # as PolicyChoice says; importing it takes a while
) -> "RunSettings":
    from pydantic import ValidationError  # noqa: PLC0415

    from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415
    from ergo_agent.evaluation.benchmarks import benchmark_of  # noqa: PLC0415
    from ergo_agent.evaluation.modes import checked_modes  # noqa: PLC0415
    from ergo_agent.evaluation.run import RunSettings  # noqa: PLC0415

    benchmark_of(given["benchmark"])
    if data is None:
        raise SettingsError(f"{given['benchmark']} is read from a folder; give --data")
    name = policy if isinstance(policy, str) else getattr(policy, "name", type(policy).__name__)
    try:
        return RunSettings(
            **given,
            data=str(data.resolve()),
            policy=name,
            modes=checked_modes(modes),
            vision=VisionSettings(**vision),
        )
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise SettingsError(f"{where}={problem['input']!r}: {problem['msg']}") from error


def _run(settings: "RunSettings", policy: Any, out: Path | None, how: _How) -> str:  # noqa: ANN401
    import importlib.util  # noqa: PLC0415

    if importlib.util.find_spec("inspect_ai") is None:
        raise MissingExtraError("ergo-agent eval", extra="eval")
    if how.concurrency < 1:
        raise SettingsError(f"--concurrency {how.concurrency} asks nothing; give at least 1")
    chosen = _policy(settings, policy)
    from ergo_agent.evaluation.results import results_table  # noqa: PLC0415
    from ergo_agent.evaluation.runner import evaluate as run  # noqa: PLC0415

    folder = out or Path("runs") / f"{settings.benchmark}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    results = run(folder, settings, chosen, **how._asdict(), told=note)
    note(f"the run is in {folder}: report.html, summary.json, samples.jsonl, logs/")
    return results_table(results)


def _policy(settings: "RunSettings", policy: Any) -> "Policy":  # noqa: ANN401
    from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

    return choose_policy(policy, dialect=settings.dialect)


def _listed() -> str:
    from ergo_agent.evaluation.benchmarks import benchmark_names, benchmark_of  # noqa: PLC0415

    lines = []
    for name in benchmark_names():
        one = benchmark_of(name)
        where = f"; from {one.source}" if one.source else ""
        lines.append(f"{name}: {one.title}, scored by {one.scorer}; {one.layout}{where}")
    return "\n".join(lines)


def _compared(runs: list[str]) -> str:
    from ergo_agent.evaluation.comparison import compared, comparison_table  # noqa: PLC0415

    if len(runs) != 2:
        raise SettingsError(f"compare takes two runs, {len(runs)} given: eval compare RUN_A RUN_B")
    return comparison_table(compared(*runs))
