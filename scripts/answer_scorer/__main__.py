"""The command line of the training."""

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from scripts.answer_scorer.examples import load_examples
from scripts.answer_scorer.trainer import CrossEncoder, Recipe, encode, train
from scripts.onnx_files import export_quantised

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def main() -> None:
    """Train on the `training` and `development` splits and write the quantised ONNX file."""
    parser = argparse.ArgumentParser(prog="python -m scripts.answer_scorer", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("out", type=Path, help="the ONNX file to write")
    parser.add_argument("--epochs", type=float, default=Recipe().epochs)
    options = parser.parse_args()
    torch.manual_seed(Recipe().seed)
    examples = [*load_examples("training"), *load_examples("development")]
    tokenizer = Tokenizer.from_file(str(options.checkpoint / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    model = CrossEncoder(options.checkpoint)
    train(model, encode(examples, tokenizer), recipe=Recipe(epochs=options.epochs))
    export_quantised(model.eval(), options.out, inputs=_INPUTS, outputs={"log_odds": 1})


if __name__ == "__main__":
    main()
