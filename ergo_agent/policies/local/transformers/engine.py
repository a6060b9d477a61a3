"""Puts calls that arrive together into one batch; the only thread that touches the model."""

import queue
import threading
import time
from collections.abc import Hashable
from concurrent.futures import Future

from ergo_agent.errors import ErgoError, PolicyError, SettingsError
from ergo_agent.policies.local.generation import Completion, OnText, Sampling
from ergo_agent.policies.local.messages import Conversation
from ergo_agent.policies.local.transformers.batch import Job, write_replies
from ergo_agent.policies.local.transformers.checkpoint import load_checkpoint

__all__ = ["TransformersEngine"]


class TransformersEngine:
    """A checkpoint and the thread that runs it."""

    def __init__(
        self,
        model: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        max_batch_size: int = 8,
        batch_window: float = 0.005,
    ) -> None:
        """Load the checkpoint; blocking.

        Args:
            model: Folder of the checkpoint, or its name on the hub.
            device: See `checkpoint.choose_device`.
            dtype: See `checkpoint.choose_dtype`.
            max_batch_size: Most replies written at once.
            batch_window: Seconds that the first call of a batch waits for others.

        Raises:
            SettingsError: If the device or precision cannot be had.
            PolicyError: If the checkpoint cannot be loaded.
        """
        self._checkpoint = load_checkpoint(model, device=device, dtype=dtype)
        self._max_batch_size = max_batch_size
        self._window = batch_window
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._postponed: list[Job] = []
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ergo-transformers", daemon=True)
        self._thread.start()

    def submit(
        self, conversation: Conversation, *, sampling: Sampling, on_text: OnText | None = None
    ) -> "Future[Completion]":
        """Ask for a reply; see `Engine.submit`.

        Raises:
            SettingsError: If a regular expression is to be enforced.
            PolicyError: If the engine was closed.
        """
        if sampling.pattern is not None:
            raise SettingsError(
                "transformers cannot enforce a regular expression on a reply; use the vllm or the "
                "served policy, or leave structured_outputs out"
            )
        job = Job(conversation, sampling, on_text)
        with self._closing:
            if self._closed:
                raise PolicyError("the model was closed; make another chat model")
            self._waiting.put(job)
        return job.future

    def close(self) -> None:
        """Cancel what waits or runs, end the thread and let go of the model."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._waiting.put(None)
        self._thread.join()
        del self._checkpoint

    def _run(self) -> None:
        while (jobs := self._next_jobs()) is not None:
            alive = [job for job in jobs if not job.future.cancelled()]
            if alive:
                self._write(alive)

    def _write(self, jobs: list[Job]) -> None:
        """Write the replies of a batch; whatever goes wrong, every caller hears of it."""
        try:
            write_replies(self._checkpoint, jobs, stopping=lambda: self._closed)
        except Exception as error:  # the thread has to outlive what one batch does
            told = error if isinstance(error, ErgoError) else _failure(error)
            for job in jobs:
                job.fail(told)

    def _next_jobs(self) -> list[Job] | None:
        """The jobs of the next batch; None to end.

        Jobs that cannot run with the first are put off, and come first next time.
        """
        waiting, self._postponed = self._postponed, []
        first = waiting.pop(0) if waiting else self._waiting.get()
        if first is None or self._closed:
            self._give_up([first, *waiting])
            return None
        batch, until = [first], time.monotonic() + self._window
        while len(batch) < self._max_batch_size:
            job = waiting.pop(0) if waiting else self._within(until)
            if job is None:
                break
            fits = _kind(job) is not None and _kind(job) == _kind(first)
            (batch if fits else self._postponed).append(job)
        self._postponed += waiting
        return batch

    def _within(self, until: float) -> Job | None:
        """The next job that comes before a moment of the monotonic clock, if one does."""
        try:
            job = self._waiting.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None
        if job is None:
            self._waiting.put(None)  # the end; to be found again after this batch
        return job

    def _give_up(self, jobs: list[Job | None]) -> None:
        """Cancel everything that waits."""
        while not self._waiting.empty():
            jobs.append(self._waiting.get())
        for job in jobs:
            if job is not None:
                job.future.cancel()


def _kind(job: Job) -> Hashable | None:
    """What jobs of one batch have in common; None for one that must run alone.

    A reply drawn from a seed depends on what else is drawn with it.
    """
    sampling = job.sampling
    if sampling.temperature == 0:
        return 0
    return None if sampling.seed is not None else (sampling.temperature, sampling.top_p)


def _failure(error: Exception) -> PolicyError:
    reason = " ".join(str(error).split())[:300] or "no reason given"
    return PolicyError(
        f"the model failed ({type(error).__name__}: {reason}); if memory ran out, lower "
        "max_batch_size or view_budget"
    )
