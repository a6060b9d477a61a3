"""Starts a run, one mode after the other, and writes what comes of it."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inspect_ai import eval as inspect_eval

from ergo_agent._common.sync import run_sync
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.episodes import draw_episodes
from ergo_agent.evaluation.outcome import Key
from ergo_agent.evaluation.report import save_results_report
from ergo_agent.evaluation.results import Results, results_of
from ergo_agent.evaluation.run import Run, RunSettings
from ergo_agent.evaluation.runner.tasks import at_hand, ergo
from ergo_agent.policies.base import Policy

__all__ = ["evaluate"]

_LOG_BUFFER = 50
"""Samples between two writes of inspect_ai's log; the journal has each at once."""


def evaluate(  # noqa: PLR0913  # keyword-only after the third
    folder: Path,
    settings: RunSettings,
    policy: Policy,
    *,
    concurrency: int = 8,
    retry_errors: bool = False,
    log_images: bool = True,
    episodes: bool = True,
    report: bool = True,
    told: Callable[[str], None] = lambda _: None,
) -> Results:
    """Run what is left of a run, and write its results; blocking.

    Args:
        folder: Of the run; one that holds it already is gone on with.
        settings: What is asked.
        policy: Whom to ask.
        concurrency: How many samples are asked at once.
        retry_errors: Whether samples that failed before are asked again.
        log_images: Whether inspect_ai's logs hold the views.
        episodes: Whether a page is drawn for every failure.
        report: Whether there is a report at all; where not, no episode is drawn either.
        told: Called with what goes on, in words.

    Returns:
        The results, which stand in the folder, too.

    Raises:
        SettingsError: If the folder holds another run, or a mode could not be run to its end.
        KeyboardInterrupt: If it was interrupted; what was asked is kept.
        ErgoError: As the policy raises it where it cannot be used at all.
    """
    run = Run(folder, settings, policy, retry_errors=retry_errors)
    name = at_hand(run)
    for mode in settings.modes:
        count = run.left(mode)
        told(f"{mode}: {count} of {len(run.keys(mode))} samples to be asked")
        if count:
            with _settled():
                _run_mode(run, name, mode, concurrency=concurrency, log_images=log_images)
    results = results_of(run, run_sync(policy.ready()))
    results.write(folder)
    if report:
        _show(run, results, episodes=episodes, told=told)
    return results


@contextmanager
def _settled() -> Iterator[None]:
    """A block in which garbage is looked for only among what it makes itself.

    What is imported by then are a million objects, and each sample leaves thousands that its log
    holds for a while. Of 150 samples, asked as `benchmarks.harness` asks them, looking through all
    took 4.3 ms of processor time each, the policy's own share included, and so it takes 1.0.
    """
    frozen = gc.get_freeze_count()  # by somebody else, whose matter it stays
    gc.freeze()
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()


def _run_mode(run: Run, name: str, mode: str, *, concurrency: int, log_images: bool) -> None:
    logs = inspect_eval(
        ergo(name, mode, images=log_images),
        model="none",
        log_dir=str(run.folder / "logs"),
        display="none",
        log_level="error",
        log_images=log_images,
        log_realtime=False,
        log_buffer=_LOG_BUFFER,
        log_header_only=True,  # what came of it is in the journal: the log is not read back
        score_display=False,
        max_samples=concurrency,
        fail_on_error=False,
        score_on_error=True,
        ctl_server=False,
    )
    if any(log.status == "cancelled" for log in logs):
        raise KeyboardInterrupt  # inspect_ai has swallowed it
    left = run.left(mode)
    if left or any(log.status != "success" for log in logs):
        reasons = [log.error.message for log in logs if log.error is not None]
        raise SettingsError(
            f"{mode}: {left} samples were not asked ({'; '.join(reasons)[:300] or 'interrupted'}); "
            "run the same again to go on"
        )


def _show(run: Run, results: Results, *, episodes: bool, told: Callable[[str], None]) -> None:
    """Write the report, and the pages of failures."""
    outcomes = [outcome for mode in run.settings.modes for outcome in run.outcomes(mode)]
    failures = [outcome for outcome in outcomes if not outcome.right]
    pages: dict[Key, str] = {}
    if episodes and failures:
        told(f"drawing the episodes of {len(failures)} failures")
        pages = draw_episodes(run.folder, failures)
    save_results_report(run.folder, results, outcomes, pages)
