"""What comes with the package: a checkpoint's weights in bfloat16, and how they were made."""

import json
import platform
from pathlib import Path
from typing import Any

import torch

from ergo_agent.policies.local.defaults import NANO, located
from ergo_agent.policies.local.transformers.checkpoint import load_checkpoint
from scripts.nano import SEED

__all__ = ["keep"]

_MADE = "made.json"
_KEEP = "python -m scripts.nano keep"
_TABLES = ("seed", "episode", "data", "reward", "grpo")
"""Of a run's config: all but folders."""


def keep(folder: Path, *, runs: Path, to: Path | None = None) -> Path:
    """Save a checkpoint where `model="nano"` finds it.

    Args:
        folder: Of the checkpoint, `final` of a run.
        runs: The folder of all runs, whose start it began with.
        to: Where it goes; the package's own folder when left out.

    Returns:
        Where it is.
    """
    target = to or Path(located(NANO))
    checkpoint = load_checkpoint(str(folder), device="cpu", dtype="float32")
    checkpoint.model.to(torch.bfloat16).save_pretrained(target)
    checkpoint.processor.save_pretrained(target)
    made = {
        "command": f"make nano; {_KEEP} {folder.relative_to(runs)}",
        "seed": SEED,
        "licence": "Apache-2.0",
        "hardware": f"one thread of {_processor()}",
        "torch": torch.__version__,
        "runs": _runs(folder, runs / "start"),
    }
    (target / _MADE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return target


def _runs(folder: Path, start: Path) -> list[dict[str, Any]]:
    """The runs that made it, the start first: a start that was kept before brings its own along."""
    kept = start / "final" / _MADE
    told = json.loads(kept.read_text(encoding="utf-8"))["runs"] if kept.exists() else [_told(start)]
    return told if folder.parent == start else [*told, _told(folder.parent)]


def _told(run: Path) -> dict[str, Any]:
    """How long a run was, and where it ended."""
    lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    config = run / "config.json"
    told = {"run": run.name, "steps": len(lines), "last": last}
    if not config.exists():
        return told
    given = json.loads(config.read_text(encoding="utf-8"))
    return told | {table: given[table] for table in _TABLES}


def _processor() -> str:
    """Its name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
