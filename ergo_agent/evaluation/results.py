"""The results of a run: written as JSON, printed as a table."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ergo_agent._common.whole_files import write_whole
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.modes import mode_settings
from ergo_agent.evaluation.protocol import Protocol, protocol_of
from ergo_agent.evaluation.run import Run, RunSettings, versions
from ergo_agent.evaluation.summary import Interval, ModeSummary, mode_summary
from ergo_agent.policies.base import Policy

__all__ = ["Results", "read_results", "results_of", "results_table"]

_FILE = "summary.json"


class Results(BaseModel):
    """All that a run comes to."""

    model_config = ConfigDict(frozen=True)

    title: str
    """Of the benchmark."""

    metric: str
    """What `score` is."""

    settings: RunSettings
    available: int
    """Questions that the data set has."""

    modes: tuple[ModeSummary, ...]
    protocols: tuple[Protocol, ...]
    versions: dict[str, str]

    def write(self, folder: Path) -> None:
        """Write them into a run's folder.

        Raises:
            SettingsError: If that cannot be written.
        """
        text = json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False)
        try:
            write_whole(folder / _FILE, f"{text}\n")
        except OSError as error:
            raise SettingsError(f"{folder / _FILE} cannot be written ({error})") from error


def results_of(run: Run, policy: Policy) -> Results:
    """What a run comes to by now.

    Args:
        run: The run.
        policy: Who was asked, once it is ready.
    """
    settings = run.settings
    protocols = []
    for mode in settings.modes:
        bound = mode_settings(mode, settings.vision, full_budget=settings.full_budget)
        asked = run.outcomes(mode)
        protocols.append(protocol_of(mode, asked, policy=policy, view_budget=bound.view_budget))
    scorer = run.benchmark.scorer
    return Results(
        title=run.benchmark.title,
        metric=run.metric,
        settings=settings,
        available=run.available,
        modes=tuple(
            mode_summary(mode, run.outcomes(mode), scorer=scorer) for mode in settings.modes
        ),
        protocols=tuple(protocols),
        versions=versions(),
    )


def read_results(folder: Path) -> Results:
    """The results that a run wrote.

    Raises:
        SettingsError: If there are none.
    """
    try:
        return Results.model_validate_json((folder / _FILE).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        said = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"{folder} holds no results that can be read ({said}); let the run end first"
        ) from error


def results_table(results: Results) -> str:
    """The table in plain text, and what has to be known to reproduce it."""
    settings = results.settings
    asked = results.modes[0].samples if results.modes else 0
    rows: list[tuple[str, ...]] = [("mode", "samples", "failed", results.metric, "95 %", *_HEADS)]
    rows += [_row(mode) for mode in results.modes]
    lines = [
        f"{results.title}: {asked} samples of {results.available} questions, seed {settings.seed}, "
        f"{settings.trials} trial(s); a failed sample counts 0",
        "",
        *_aligned(rows),
        "",
    ]
    for protocol in results.protocols:
        lines.append(f"{protocol.mode}: {protocol.policy}; {protocol.bounds}")
        lines += [f"  | {line}" for text in _texts(protocol) for line in text.splitlines()]
    return "\n".join(lines)


_HEADS = (
    "vision tokens",
    "of one pass",
    "median s",
    "p90 s",
    "crop holds gold",
    "no crop",
    "pages found",
)


def _texts(protocol: Protocol) -> list[str]:
    texts = [] if protocol.system is None else [f"system: {protocol.system}"]
    return [*texts, *(f"turn {at}: {text}" for at, text in enumerate(protocol.prompts, 1))]


def _row(mode: ModeSummary) -> tuple[str, ...]:
    return (
        mode.mode,
        f"{mode.samples}",
        f"{mode.failed}",
        _percent(mode.score),
        _ends(mode.score),
        "-" if mode.vision_tokens is None else f"{mode.vision_tokens.value:,.0f}",
        _percent(mode.share),
        "-" if mode.seconds is None else f"{mode.seconds:.2f}",
        "-" if mode.seconds_p90 is None else f"{mode.seconds_p90:.2f}",
        _percent(mode.recall),
        f"{mode.without_crop}",
        _percent(mode.page_recall),
    )


def _percent(found: Interval | None) -> str:
    return "-" if found is None else f"{found.value:.1%}"


def _ends(found: Interval | None) -> str:
    if found is None or found.low is None or found.high is None:
        return "-"
    return f"{found.low:.1%} to {found.high:.1%}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
