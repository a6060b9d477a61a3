"""What the hard box reward lets through, and what closes it: a tiny policy trained three ways.

Run `python -m benchmarks.loophole --python PYTHON`, with a Python that has the extra `train`. The
tiny checkpoint is supervised on looks drawn by chance (`benchmarks.loophole.start`), so that it
knows the protocol and cannot locate. Its region is judged by an oracle that reads at any size, and
its answer can be read in the coarse view. So a larger box always earns more region reward, and
beyond gamma costs beta: whether the step holds it back depends on how much beta is; where the
region is counted only up to gamma, it does not. The start and each arm are the public command with
the config `nano`, one seed, and go on where they were broken off. `--write` puts the table into
`docs/performance.md`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.loophole.start import write_demonstrations
from benchmarks.page import measured_on, write_section
from scripts.tiny_pages import write_examples

ARMS = {
    "no box reward": ("reward.box=hard", "reward.beta=0.0"),
    "gated, beta 0.5": ("reward.box=gated", "reward.beta=0.5"),
    "hard step, beta 0.5 (the paper's)": ("reward.box=hard", "reward.beta=0.5"),
}
START = ("data.kind=demonstrations", "sft.max_steps=150", "sft.learning_rate=5e-4")
"""What is changed of the config `nano` for the supervised start."""

NAMES = ("reward", "accuracy", "region", "share", "box", "format", "entropy")
_AT_ENDS = 5
"""Steps that are averaged at the beginning and at the end of a run."""


def main() -> None:
    """Train every arm, and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.loophole", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="with the extra train")
    parser.add_argument("--model", default="build/tiny-checkpoint")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--arms", nargs="*", choices=ARMS, default=list(ARMS))
    parser.add_argument("--output", type=Path, default=Path("build/training/loophole"))
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    head = "| reward | steps | " + " | ".join(NAMES) + " | minutes |"
    lines = [head, "|---" * (len(NAMES) + 3) + "|"]
    pages = write_examples(options.output / "pages")
    start = _started(options, pages)
    for arm in options.arms:
        changes = (*ARMS[arm], f"grpo.max_steps={options.steps}")
        output = options.output / re.sub(r"\W+", "-", arm)
        _train("grpo", _sets(options, start, pages, output, *changes), options.python)
        lines_of = (output / "metrics.jsonl").read_text("utf-8").splitlines()
        steps: list[dict[str, Any]] = [json.loads(line) for line in lines_of]
        minutes = sum(step["step_time"] for step in steps) / 60
        for which, part in (("first", steps[:_AT_ENDS]), ("last", steps[-_AT_ENDS:])):
            cells = [f"{mean(step[name] for step in part):.2f}" for name in NAMES]
            took = f"{minutes:.1f}" if which == "last" else ""
            lines.append(f"| {arm} | {which} {_AT_ENDS} | {' | '.join(cells)} | {took} |")
            print(lines[-1], flush=True)
    table = "\n".join(lines)
    print(table)
    if options.write:
        about = f"{options.steps} steps of 32 rollouts, one thread, seed {options.seed}"
        write_section("loophole", f"{measured_on()}; {about}.\n\n{table}")


def _started(options: argparse.Namespace, pages: Path) -> Path:
    """A checkpoint that knows the protocol and looks anywhere."""
    output: Path = options.output / "start"
    demonstrations = output.with_name("looks") / "demonstrations.jsonl"
    if not demonstrations.exists():
        write_demonstrations(pages, demonstrations.parent)
    _train("sft", _sets(options, options.model, demonstrations, output, *START), options.python)
    return output / "final"


def _sets(
    options: argparse.Namespace, model: str | Path, data: Path, output: Path, *changes: str
) -> list[str]:
    """The options of a run of the config `nano`."""
    changes = (*changes, f"run.seed={options.seed}")
    named = ["--model", str(model), "--data", str(data), "--output", str(output)]
    return named + [part for change in changes for part in ("--set", change)]


def _train(how: str, given: Sequence[str], python: str) -> None:
    command = [python, "-m", "ergo_agent.apps.cli", "train", how, "--config", "nano", *given]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, env=environment, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)


if __name__ == "__main__":
    main()
