"""`python -m scripts.nano start | grpo | upper | lower | one_pass | blind | exam | odds | keep`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ergo_agent.training.scenes import FAMILIES, HELD_OUT
from scripts.nano import SEED
from scripts.nano.exam import CHOICE_SEED, TEST_SEED

_GRPO = Path(__file__).with_name("grpo.toml")
_CONTROLS = {
    "upper": "control: exact boxes of the harder families",
    "lower": "control: more of what the start was taught",
    "one_pass": "comparison: all of the page at full resolution, and the answer at once",
    "blind": "probe: the answer from the coarse view alone",
}


def main() -> None:
    """Run one piece."""
    parser = argparse.ArgumentParser(prog="python -m scripts.nano", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/nano"), help="of all runs")
    pieces = parser.add_subparsers(dest="piece", required=True)
    start = pieces.add_parser("start", help="supervision from nothing")
    start.add_argument("--short", action="store_true", help="three steps a stage")
    start.add_argument("--seed", type=int, default=SEED, help="of the fresh weights")
    grpo = pieces.add_parser("grpo", help="the ERGO reward, without boxes")
    grpo.add_argument("--seed", type=int, default=0)
    grpo.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    for control, what in _CONTROLS.items():
        pieces.add_parser(control, help=what).add_argument("--steps", type=int, default=400)
    exam = pieces.add_parser("exam", help="greedy, on scenes that served no choice")
    exam.add_argument("checkpoint", type=Path, help="within the folder of all runs")
    exam.add_argument(
        "--families", nargs="*", default=list(FAMILIES), choices=(*FAMILIES, *HELD_OUT)
    )
    exam.add_argument("--count", type=int, default=500)
    exam.add_argument("--choice", action="store_true", help="the scenes that choices are made by")
    odds = pieces.add_parser("odds", help="how surely it looks to the side that is asked for")
    odds.add_argument("checkpoint", type=Path, help="within the folder of all runs")
    kept = pieces.add_parser("keep", help="as the weights that come with the package")
    kept.add_argument("checkpoint", type=Path, help="within the folder of all runs")
    options = parser.parse_args()
    _PIECES[options.piece](options)


def _start(options: argparse.Namespace) -> None:
    import torch  # noqa: PLC0415  # slow

    from scripts.nano import stages  # noqa: PLC0415
    from scripts.nano.architecture import make_model  # noqa: PLC0415
    from scripts.nano.words import make_processor  # noqa: PLC0415

    torch.set_num_threads(1)  # the same sums in the same order everywhere; and it is as fast
    torch.manual_seed(options.seed)
    processor = make_processor()
    model = make_model(processor.tokenizer)
    chosen = stages.short() if options.short else stages.start()
    _teach(model, processor, chosen, options.folder / "start")


def _control(options: argparse.Namespace) -> None:
    import torch  # noqa: PLC0415  # slow

    from scripts.nano import stages  # noqa: PLC0415

    torch.manual_seed(SEED)
    begun = _loaded(options.folder / "start" / "final")
    chosen = getattr(stages, options.piece)(options.steps)
    _teach(begun.model, begun.processor, chosen, options.folder / options.piece)


def _loaded(folder: Path) -> Any:  # noqa: ANN401  # a `Checkpoint`
    """A checkpoint as all pieces run it: on one thread, in full precision."""
    import torch  # noqa: PLC0415  # slow

    from ergo_agent.policies.local.transformers.checkpoint import load_checkpoint  # noqa: PLC0415

    torch.set_num_threads(1)
    return load_checkpoint(str(folder), device="cpu", dtype="float32")


def _teach(model: Any, processor: Any, stages: Any, folder: Path) -> None:  # noqa: ANN401
    from scripts.nano.trainer import teach  # noqa: PLC0415  # loads torch

    if not teach(model, processor, stages, folder, report=_report) and (folder / "final").exists():
        _report(f"{folder} is done")
        return
    model.save_pretrained(folder / "final")
    processor.save_pretrained(folder / "final")


def _grpo(options: argparse.Namespace) -> None:
    output = options.folder / f"grpo-{options.seed}"
    command = [sys.executable, "-m", "ergo_agent.apps.cli", "train", "grpo"]
    command += ["--config", str(_GRPO), "--output", str(output)]
    command += ["--model", str(options.folder / "start" / "final")]
    for change in (*options.set, f"run.seed={options.seed}", f"data.start={options.seed * 10_000}"):
        command += ["--set", change]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


def _exam(options: argparse.Namespace) -> None:
    from scripts.nano.exam import examine  # noqa: PLC0415  # loads torch

    folder = options.folder / options.checkpoint
    name = "choice" if options.choice else "test"
    path = folder.parent / f"{name}-{folder.name}.json"
    if path.exists() and path.stat().st_mtime > (folder / "model.safetensors").stat().st_mtime:
        _report(f"{path} is done")
        return
    checkpoint = _loaded(folder)
    seed = CHOICE_SEED if options.choice else TEST_SEED
    found = {}
    for family in options.families:
        told = examine(checkpoint, family, seed=seed, count=options.count)
        found[family] = {
            name: one and [round(each, 4) for each in one] for name, one in told.items()
        }
        _report(
            f"{family}: "
            + ", ".join(
                f"{name} {one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
                for name, one in told.items()
                if one
            )
        )
    results = {"seed": seed, "count": options.count, "families": found}
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _odds(options: argparse.Namespace) -> None:
    from scripts.nano.odds import odds_of_sides  # noqa: PLC0415  # loads torch

    found = odds_of_sides(_loaded(options.folder / options.checkpoint), seed=CHOICE_SEED)
    _report(
        f"log odds of the side asked for: mean {found.mean:.2f}, standard deviation "
        f"{found.spread:.2f}, above 0 on {found.right:.0%} of the pages"
    )


def _keep(options: argparse.Namespace) -> None:
    from scripts.nano.keep import keep  # noqa: PLC0415  # loads torch

    _report(f"kept in {keep(options.folder / options.checkpoint, runs=options.folder)}")


def _report(line: str) -> None:
    print(line, flush=True)


_PIECES = {
    "start": _start,
    "grpo": _grpo,
    **dict.fromkeys(_CONTROLS, _control),
    "exam": _exam,
    "odds": _odds,
    "keep": _keep,
}


if __name__ == "__main__":
    main()
