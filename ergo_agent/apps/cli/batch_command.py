"""`ergo-agent batch`: many documents, questions or extractions."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ergo_agent._common.text import visible_json
from ergo_agent.apps.cli.options import (
    AllowHost,
    Budget,
    Deadline,
    DialectName,
    FinderName,
    MaxPages,
    MaxVisionTokens,
    MaxZooms,
    PolicyName,
    Verify,
)
from ergo_agent.apps.cli.output import IMAGE, POLICY, errors_as_exit_codes
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from ergo_agent.batch import BatchSummary

__all__ = ["batch"]


def batch(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    workspace: Annotated[
        str,
        typer.Argument(
            help="Folder or fsspec URL where all is kept; the same call again goes on there.",
            show_default=False,
        ),
    ],
    *,
    inputs: Annotated[
        list[str],
        typer.Option(
            help="A file, a folder, a pattern such as 'scans/*.pdf', or a JSONL or parquet file "
            "with rows (document, question, id, page, pages, options).",
            show_default=False,
        ),
    ],
    question: Annotated[
        list[str] | None,
        typer.Option(help="What is asked about each document that comes without a question."),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="What to fill from each document in place of asking, as for extract."),
    ] = None,
    engine: Annotated[
        str, typer.Option(help="asyncio: on this machine; ray: over a Ray cluster that is there.")
    ] = "asyncio",
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, help="Most items at once in a process; what the policy bears if left out."
        ),
    ] = None,
    actors: Annotated[int, typer.Option(min=1, help="With ray: how many hold a policy.")] = 2,
    actor_cpus: Annotated[float, typer.Option(min=0, help="With ray: CPUs of an actor.")] = 0.5,
    actor_gpus: Annotated[
        float, typer.Option(min=0, help="With ray: GPUs of an actor, for a model in process.")
    ] = 0.0,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Write the results as results.parquet, too.")
    ] = False,
    retry: Annotated[
        bool,
        typer.Option("--retry", help="Try rows again that failed, whatever their error was."),
    ] = False,
    prices: Annotated[
        str | None,
        typer.Option(
            help="Price of a million input, output and cached tokens, such as 2.5,10,1.25."
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="Folder or fsspec URL where views are kept; in memory if left out."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what it came to as JSON, and nothing else.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")
    ] = False,
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    max_pages: MaxPages = 5,
    finder: FinderName = "text",
    deadline: Deadline = None,
    verify: Verify = False,
    policy: PolicyName = "auto",
    dialect: DialectName = None,
    allow_host: AllowHost = None,
) -> None:
    """Ask about many documents, or fill a schema from each: one row of results for each input row.

    Killed or interrupted it goes on where it was when it is run again. A row that fails is a row
    with its error. The results are in WORKSPACE, in results.jsonl.

    Exit code: 0 done, 2 wrong usage or the batch cannot go on, 4 done but for documents that are
    unusable, 5 done but for rows that failed otherwise, or the policy failed; 130 interrupted.
    """
    settings = {
        "view_budget": budget,
        "max_vision_tokens": max_vision_tokens,
        "max_zooms": max_zooms,
        "max_pages": max_pages,
        "deadline": deadline,
        "verify": verify,
    }
    with errors_as_exit_codes():
        if engine not in {"asyncio", "ray"}:
            raise SettingsError(f"--engine {engine} is unknown; give asyncio or ray")
        given: dict[str, Any] = {
            "questions": question or [],
            "schema": schema,
            "policy": context.obj or policy,
            "dialect": dialect,
            "finder": finder,
            "store": store,
            "concurrency": concurrency,
            "parquet": parquet,
            "retry": retry,
            "allowed_hosts": allow_host or (),
            **settings,
        }
        on = (actors, actor_cpus, actor_gpus) if engine == "ray" else None
        summary = _run(workspace, inputs, given, on, prices, quiet=quiet)
    typer.echo(visible_json(_plain(summary)) if as_json else str(summary))
    if summary.failed:
        images = {name for name in summary.by_error if name.startswith("Image")}
        raise typer.Exit(IMAGE if images == summary.by_error.keys() else POLICY)


def _run(  # noqa: PLR0913  # private
    workspace: str,
    inputs: list[str],
    given: dict[str, Any],
    on: tuple[int, float, float] | None,
    prices: str | None,
    *,
    quiet: bool,
) -> "BatchSummary":
    from ergo_agent.apps.cli.batch_progress import batch_progress  # noqa: PLC0415
    from ergo_agent.batch import Cluster, Prices, run_batch  # noqa: PLC0415

    with batch_progress(quiet=quiet) as progress:
        return run_batch(
            workspace,
            inputs,
            cluster=None if on is None else Cluster(*on),
            prices=None if prices is None else Prices.read(prices),
            tell=progress.show,
            **given,
        )


def _plain(summary: "BatchSummary") -> dict[str, Any]:
    return {**summary._asdict(), "results": list(summary.results)}
