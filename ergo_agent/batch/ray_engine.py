"""A batch over a Ray cluster: the same rows, workspace and `Worker`, in actors of Ray Data.

The rows are written into the workspace in pieces, and Ray Data hands the names of the pieces to
actors that hold one policy each. An actor keeps what it did item by item, as one machine does: a
piece that is begun again, by another actor or by the next driver, finds there what is done.
"""

import base64
import contextlib
import json
import math
import os
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from ergo_agent._common.sync import run_sync
from ergo_agent.batch.cluster import Cluster
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.batch.tally import Done
from ergo_agent.batch.work import Job, Work
from ergo_agent.batch.worker import Worker, work_through
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import BatchError, ErgoError, MissingExtraError, SettingsError

__all__ = ["OnRay", "work_on_ray"]

_PENDING = "pending"
"""The folder of the pieces; what a driver that was killed left there is removed by the next."""

_MOST_ROWS = 256
"""Of a piece: an actor works through a piece before it takes the next, and idles at its end."""

_PIECES_EACH = 4
"""Pieces for each actor at least, so that none waits long for the last one."""

_PATIENCE = 10.0
"""Seconds in which the head of a cluster accepts a connection."""

_MOST_BYTES = 32 * 1024 * 1024
"""Of a piece of rows that hold their documents."""


class OnRay(NamedTuple):
    """What runs over the cluster, and how."""

    job: Callable[[], Work]
    """Is pickled; each actor makes its work with it."""

    cluster: Cluster
    concurrency: int | None
    """Most items at once in an actor; what the policy bears where None."""

    retry: bool


def work_on_ray(
    rows: Iterable[Row],
    plan: OnRay,
    workspace: Workspace,
    told: Callable[[Done], None],
    *,
    total: int,
) -> None:
    """Work rows through over the cluster that is there; blocking.

    Args:
        rows: Of the input.
        plan: What is done.
        workspace: Where it is kept; every machine of the cluster has to reach it, and the paths in
            the rows.
        told: Called with each row that is done.
        total: About how many rows there are.

    Raises:
        MissingExtraError: If Ray is not installed.
        SettingsError: If the policy cannot be sent to other machines, or an actor cannot make it.
        BatchError: If there is no cluster, it fails, or the batch cannot go on.
    """
    if isinstance(plan.job, Job) and not isinstance(plan.job.policy, str | None):
        raise SettingsError(
            "over a cluster a policy is given by its name, such as policy='served', for each actor "
            "makes its own; register_policy gives one a name"
        )
    workspace.remove(_PENDING)
    with _connected() as ray:
        pieces = _written(rows, workspace, most=_rows_each(total, plan.cluster.actors))
        try:
            for done in _worked(ray, pieces, plan, workspace):
                told(done)
        except ErgoError:
            raise
        except ray.exceptions.RayError as error:
            raise _failure(error) from error
        finally:
            workspace.remove(_PENDING)


@contextlib.contextmanager
def _connected() -> Iterator[Any]:
    """Ray, connected to the cluster that is there: ours is never started here."""
    try:
        import ray  # noqa: PLC0415
        import ray.data  # noqa: PLC0415
        import ray.exceptions  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("a batch over a cluster", extra="ray") from error
    if ray.is_initialized():
        yield ray
        return
    address = os.environ.get("RAY_ADDRESS") or "auto"
    try:
        _check_there(address)
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError) as error:
        raise BatchError(
            f"there is no Ray cluster to be reached at {address}; start one with `ray start "
            "--head`, or set RAY_ADDRESS to that of one"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_there(address: str) -> None:
    """Find out at once that nobody listens at an address; Ray tries for five minutes.

    Raises:
        OSError: If nobody does.
    """
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _rows_each(total: int, actors: int) -> int:
    return max(1, min(_MOST_ROWS, math.ceil(total / (_PIECES_EACH * actors))))


def _written(rows: Iterable[Row], workspace: Workspace, *, most: int) -> list[str]:
    """The names of the pieces that hold the rows; a row at a time is in memory."""
    waiting = iter(rows)
    pieces: list[str] = []
    folder = f"{_PENDING}/{secrets.token_hex(8)}"
    while some := list(islice(_until_full(waiting), most)):
        pieces.append(f"{folder}/{len(pieces):07}.jsonl")
        with workspace.writing(pieces[-1]) as file:
            file.writelines(_packed(row) for row in some)
    return pieces


def _until_full(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows until their documents fill a piece."""
    size = 0
    for row in rows:
        yield row
        size += len(row.document) if isinstance(row.document, bytes) else 0
        if size > _MOST_BYTES:
            return


def _packed(row: Row) -> bytes:
    """A row as a line; what the results need besides is read from the input again."""
    plain: dict[str, Any] = row._replace(extra={})._asdict()
    if isinstance(row.document, bytes):
        plain |= {"document": None, "bytes": base64.b64encode(row.document).decode()}
    return json.dumps(plain).encode() + b"\n"


def _unpacked(line: bytes) -> Row:
    plain: dict[str, Any] = json.loads(line)
    encoded = plain.pop("bytes", None)
    if encoded is not None:
        plain["document"] = base64.b64decode(encoded)
    elif isinstance(plain["document"], list):
        plain["document"] = tuple(plain["document"])
    return Row(**{**plain, "options": tuple(plain["options"])})


def _worked(ray: Any, pieces: list[str], plan: OnRay, workspace: Workspace) -> Iterator[Done]:  # noqa: ANN401
    """What becomes of each row, as the actors come to it."""
    if not pieces:
        return
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    named = [{"piece": each} for each in pieces]
    environment = {name: value for name, value in os.environ.items() if name.startswith("ERGO_")}
    done = ray.data.from_items(named, override_num_blocks=len(named)).map_batches(
        _Actor,
        batch_size=None,
        compute=ray.data.ActorPoolStrategy(size=plan.cluster.actors),
        num_cpus=plan.cluster.cpus,
        num_gpus=plan.cluster.gpus,
        fn_constructor_kwargs={
            "plan": plan,
            "where": workspace.where,
            "environment": environment,
        },
    )
    for row in done.iter_rows():
        told = json.loads(row["done"])
        yield Done(**{**told, "outcome": Outcome.model_validate(told["outcome"])})


class _Actor:
    """Works pieces through; each actor holds one policy, for as long as it lives."""

    def __init__(self, plan: OnRay, where: str, environment: Mapping[str, str]) -> None:
        os.environ.update(environment)
        self._workspace = Workspace(where)
        work = plan.job()
        self._worker = Worker(
            work,
            self._workspace,
            terms=run_sync(work.terms()),
            most=plan.concurrency or work.at_once,
            retry=plan.retry,
        )

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[str]]:
        """What became of the rows of some pieces; what came of them is in the workspace."""
        told: list[str] = []

        def tell(done: Done) -> None:
            shown = {"answer", "value", "evidence"}
            outcome = done.outcome.model_dump(mode="json", exclude=shown, exclude_defaults=True)
            told.append(json.dumps({**done._asdict(), "outcome": outcome}))

        for piece in batch["piece"]:
            lines = self._workspace.read(str(piece)).splitlines()
            run_sync(work_through(map(_unpacked, lines), self._worker, tell))
        return {"done": told}


def _failure(error: BaseException) -> ErgoError:
    """What an actor raised, where that is ours, else that the cluster failed."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ErgoError):
            return seen
        inner = getattr(seen, "cause", None)
        seen = inner if isinstance(inner, BaseException) else seen.__cause__
    said = str(error).strip().splitlines()
    return BatchError(
        f"the cluster failed ({type(error).__name__}: {said[-1] if said else ''}). What is done "
        "stays done: mend it and run the batch again"
    )
