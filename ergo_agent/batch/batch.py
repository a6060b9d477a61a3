"""Many documents and questions: the order of a batch, from its inputs to its results."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted, visible
from ergo_agent.batch.cluster import Cluster
from ergo_agent.batch.inputs import Inputs
from ergo_agent.batch.results import Names, check_parquet, write_results
from ergo_agent.batch.tally import Done, Prices, Tally
from ergo_agent.batch.work import Job, Schema, Work
from ergo_agent.batch.worker import Worker, work_through
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from ergo_agent.documents.finders import FinderChoice
    from ergo_agent.policies.choice import PolicyChoice

__all__ = ["BatchSummary", "arun_batch", "run_batch", "run_job"]


class BatchSummary(NamedTuple):
    """What a batch came to."""

    rows: int
    """Of the input, and of the results."""

    kept: int
    """Rows that were done before this run, or asked what another row asks."""

    failed: int
    """Rows with an error."""

    by_error: dict[str, int]
    """Failed rows by the name of their error."""

    repeated: int
    """Rows that an earlier run, or an actor that died, had begun and not ended: the most whose
    calls were paid twice."""

    fallbacks: int
    """Rows that came to their outcome another way than usual; each says how."""

    vision_tokens: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    """Of this run, as the server reported them."""

    cost: float | None
    """Of this run, at the prices given; None without prices."""

    seconds: float
    results: tuple[str, ...]
    """The files, by path or URL."""

    def __str__(self) -> str:
        """The files on the first lines, then what they hold and what it cost."""
        return visible("\n".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        yield from self.results
        done = self.rows - self.failed
        yield f"  {self.rows:,} rows: {done:,} done, {self.failed:,} failed"
        yield from (f"    {count:,} {name}" for name, count in sorted(self.by_error.items()))
        if self.kept:
            yield f"  {self.kept:,} were done before, or ask what another row asks"
        if self.repeated:
            begun = "had been begun and not ended before: at most their calls were paid twice"
            yield f"  {self.repeated:,} {begun}"
        if self.fallbacks:
            yield f"  {self.fallbacks:,} came to their outcome another way than usual"
        tokens = f"{self.input_tokens:,} input ({self.cached_tokens:,} cached)"
        yield (
            f"  {self.vision_tokens:,} vision tokens; {tokens} and {self.output_tokens:,} output "
            f"tokens reported; {self.seconds:,.1f} s"
        )
        if self.cost is not None:
            yield f"  cost {self.cost:,.4f}"


def run_batch(  # noqa: PLR0913  # all but the first two are keyword-only and optional
    workspace: str | os.PathLike[str],
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    questions: Sequence[str] = (),
    schema: Schema | None = None,
    policy: "PolicyChoice" = None,
    dialect: str | None = None,
    finder: "FinderChoice" = None,
    store: str | None = None,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    concurrency: int | None = None,
    cluster: Cluster | None = None,
    parquet: bool = False,
    retry: bool = False,
    prices: Prices | None = None,
    tell: Callable[[Tally], None] | None = None,
    **settings: Any,  # checked by VisionSettings
) -> BatchSummary:
    """Ask questions about many documents, or fill a model from each; blocking.

    What is done is kept item by item in the workspace, so that the same call goes on where an
    earlier one was ended, however that was. The results have one row for each row of the input, in
    its order; one that fails is a row with its error.

    Args:
        workspace: A folder, or an fsspec URL such as `s3://bucket/batches/1`.
        inputs: Files, folders and patterns. A JSONL or parquet file holds rows with a `document`
            and perhaps `question`, `id`, `page`, `pages`, `options`; any other file is a document.
        questions: What is asked about each document that comes without a question of its own.
        schema: The model to be filled, in place of questions: a class, a JSON schema, or the name
            of a file with one of them.
        policy: As for `ask`; over a cluster a name.
        dialect: As on the command line.
        finder: As for `ask`.
        store: Where views are kept, a folder or an fsspec URL; in memory where left out.
        allowed_roots: As for `ask`.
        allowed_hosts: As for `ask`.
        concurrency: Most items at once, in each process; what the policy bears where left out.
            While it turns requests away they are fewer.
        cluster: Runs the items over a Ray cluster; on this machine where left out.
        parquet: Whether the results are written as a parquet file, too.
        retry: Whether rows that failed before are tried again, whatever their error was. Failures
            that may be over, such as a server that was down, are tried again anyway.
        prices: Of tokens, for the cost.
        tell: Called after each row, with how far the batch is.
        **settings: As for `ask`, of each item.

    Returns:
        What it came to. The results are in the workspace, in `results.jsonl`.

    Raises:
        SettingsError: If an input, the workspace, the policy or a setting is none.
        BudgetError: If no view fits the budget.
        MissingExtraError: If what is needed is not installed.
        PolicyError: If the policy's server cannot say what it serves.
        BatchError: If the batch cannot go on. What is done stays done.
        TypeError: If a keyword is neither an argument nor a setting.
    """
    return run_sync(
        arun_batch(
            workspace,
            inputs,
            questions=questions,
            schema=schema,
            policy=policy,
            dialect=dialect,
            finder=finder,
            store=store,
            allowed_roots=allowed_roots,
            allowed_hosts=allowed_hosts,
            concurrency=concurrency,
            cluster=cluster,
            parquet=parquet,
            retry=retry,
            prices=prices,
            tell=tell,
            **settings,
        )
    )


async def arun_batch(  # noqa: PLR0913  # as for run_batch
    workspace: str | os.PathLike[str],
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    questions: Sequence[str] = (),
    schema: Schema | None = None,
    policy: "PolicyChoice" = None,
    dialect: str | None = None,
    finder: "FinderChoice" = None,
    store: str | None = None,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    concurrency: int | None = None,
    cluster: Cluster | None = None,
    parquet: bool = False,
    retry: bool = False,
    prices: Prices | None = None,
    tell: Callable[[Tally], None] | None = None,
    **settings: Any,  # checked by VisionSettings
) -> BatchSummary:
    """Like `run_batch`, without blocking the event loop."""
    if isinstance(questions, str):
        questions = [questions]
    if schema is not None and questions:
        raise SettingsError("questions and a schema were given; give one of them")
    if concurrency is not None and concurrency < 1:
        raise SettingsError(f"concurrency={quoted(concurrency)} is out of range; give 1 or more")
    named = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    read = await asyncio.to_thread(Inputs, named, questions, asks=schema is None)
    job = Job(schema, policy, dialect, finder, store, allowed_roots, tuple(allowed_hosts), settings)
    return await run_job(
        job,
        read,
        Workspace(workspace),
        concurrency=concurrency,
        cluster=cluster,
        parquet=parquet,
        retry=retry,
        prices=prices,
        tell=tell,
    )


async def run_job(  # noqa: PLR0913  # as for run_batch
    job: Callable[[], Work],
    inputs: Inputs,
    workspace: Workspace,
    *,
    concurrency: int | None = None,
    cluster: Cluster | None = None,
    parquet: bool = False,
    retry: bool = False,
    prices: Prices | None = None,
    tell: Callable[[Tally], None] | None = None,
) -> BatchSummary:
    """A batch in its order: count, work through, write the results.

    Args:
        job: Makes the work; over a cluster it is pickled, and each actor makes one.
        inputs: The rows.
        workspace: Where all is kept.
        concurrency: As for `run_batch`, as all that follows.
        cluster: As for `run_batch`.
        parquet: As for `run_batch`.
        retry: As for `run_batch`.
        prices: As for `run_batch`.
        tell: As for `run_batch`.

    Raises:
        ErgoError: As `run_batch` raises it.
    """
    if parquet:
        check_parquet()
    tally = Tally(await asyncio.to_thread(inputs.count), prices)
    with Names() as names:

        def told(done: Done) -> None:
            names.note(done.number, done.name)
            tally.add(done)
            if tell is not None:
                tell(tally)

        if cluster is None:
            work = job()
            worker = Worker(
                work,
                workspace,
                terms=await work.terms(),
                most=concurrency or work.at_once,
                retry=retry,
            )
            await work_through(inputs, worker, told)
        else:
            from ergo_agent.batch.ray_engine import OnRay, work_on_ray  # noqa: PLC0415  # an extra

            plan = OnRay(job, cluster, concurrency, retry=retry)
            await asyncio.to_thread(work_on_ray, inputs, plan, workspace, told, total=tally.total)
        files = await asyncio.to_thread(write_results, inputs, names, workspace, parquet=parquet)
    return _summary(tally, files)


def _summary(tally: Tally, files: tuple[str, ...]) -> BatchSummary:
    return BatchSummary(
        rows=tally.rows,
        kept=tally.kept,
        failed=tally.failed,
        by_error=dict(tally.by_error),
        repeated=tally.repeated,
        fallbacks=tally.fallbacks,
        vision_tokens=tally.vision_tokens,
        input_tokens=tally.input_tokens,
        output_tokens=tally.output_tokens,
        cached_tokens=tally.cached_tokens,
        cost=tally.cost if tally.prices else None,
        seconds=round(tally.seconds, 3),
        results=files,
    )
