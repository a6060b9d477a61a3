"""The command line of the training."""

import argparse
from pathlib import Path

import torch

from scripts.reader_model.trainer import Recipe, train
from scripts.reader_model.weights import load_weights


def main() -> None:
    """Train for some steps, going on from the state where there is one."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model")
    parser.add_argument("begin", type=Path, help="all-MiniLM-L6-v2, or an ONNX file made of it")
    parser.add_argument("state", type=Path, help="the file that keeps the training between runs")
    parser.add_argument("files", nargs="+", help="example files, each as FILE or FILE=WEIGHT")
    parser.add_argument("--steps", type=int, required=True, help="in all, over all runs")
    parser.add_argument("--rate", type=float, default=Recipe(0).rate)
    parser.add_argument("--passages", type=int, default=Recipe(0).passages)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    files = [_weighed(text) for text in options.files]
    recipe = Recipe(options.steps, rate=options.rate, passages=options.passages, seed=options.seed)
    train(load_weights(options.begin), files, options.state, recipe)


def _weighed(text: str) -> tuple[Path, float]:
    name, _, weight = text.partition("=")
    return Path(name), float(weight or 1)


if __name__ == "__main__":
    main()
