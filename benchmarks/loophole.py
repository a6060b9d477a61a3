"""What the hard box reward lets through, and what closes it: the tiny policy trained three ways.

Run `python -m benchmarks.loophole --python PYTHON`, with a Python that has the extra `train`. The
tiny checkpoint cannot locate: its boxes hold what is needed no more often than by chance. Its
region is judged by an oracle that reads at any size, and its answer can be read in the coarse view.
So a larger box always earns more region reward, and beyond gamma costs beta: whether the step holds
it back depends on how much beta is; where the region is counted only up to gamma, it does not.
Each arm is the public command with the config `nano`, one seed, and goes on where it was broken
off. `--write` puts the table into `docs/performance.md`.
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

from benchmarks.page import measured_on, write_section
from scripts.tiny_pages import write_examples

ARMS = {
    "no box reward": ("reward.box=hard", "reward.beta=0.0"),
    "gated, beta 0.5": ("reward.box=gated", "reward.beta=0.5"),
    "hard step, beta 0.5 (the paper's)": ("reward.box=hard", "reward.beta=0.5"),
}
EXPLORING = ("grpo.temperature=1.3", "grpo.learning_rate=1e-3")
"""At temperature 1 the checkpoint draws boxes of one size alone, and nothing grows."""

NAMES = ("reward", "accuracy", "region", "share", "box", "format", "entropy")
_AT_ENDS = 5
"""Steps that are averaged at the beginning and at the end of a run."""


def main() -> None:
    """Train every arm, and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.loophole", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="with the extra train")
    parser.add_argument("--model", default="build/tiny-checkpoint")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--arms", nargs="*", choices=ARMS, default=list(ARMS))
    parser.add_argument("--output", type=Path, default=Path("build/training/loophole"))
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    head = "| reward | steps | " + " | ".join(NAMES) + " | minutes |"
    lines = [head, "|---" * (len(NAMES) + 3) + "|"]
    pages = write_examples(options.output / "pages")
    for arm in options.arms:
        steps = _trained(options, pages, options.output / re.sub(r"\W+", "-", arm), ARMS[arm])
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


def _trained(
    options: argparse.Namespace, pages: Path, output: Path, changes: Sequence[str]
) -> list[dict[str, Any]]:
    """The log of one run, a step each."""
    changes = (*EXPLORING, *changes, f"grpo.max_steps={options.steps}", f"run.seed={options.seed}")
    sets = [part for change in changes for part in ("--set", change)]
    command = [options.python, "-m", "ergo_agent.apps.cli", "train", "grpo", "--config", "nano"]
    command += ["--model", options.model, "--data", str(pages), "--output", str(output), *sets]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, env=environment, check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = (output / "metrics.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
