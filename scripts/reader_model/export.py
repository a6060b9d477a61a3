"""Writes the model as the package ships it: `python -m scripts.reader_model.export --help`.

With `--share` below 1 the weights are means of those that the training began with and those that it
came to, which often do better on new pages than either (Wortsman and others, "Robust fine-tuning of
zero-shot models", 2022).
"""

import argparse
from pathlib import Path

import torch

from scripts.onnx_files import export_quantised
from scripts.reader_model.network import ReaderNetwork
from scripts.reader_model.weights import load_weights

__all__ = ["main"]

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = {"odds": 1, "starts": 2, "ends": 2}


def main() -> None:
    """Export the trained weights of a state, quantised to 8 bits."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model.export")
    parser.add_argument("begin", type=Path, help="what the training began with")
    parser.add_argument("state", type=Path, help="what the training kept")
    parser.add_argument("out", type=Path, help="the ONNX file to write")
    parser.add_argument("--share", type=float, default=1.0, help="of the trained weights, 0 to 1")
    options = parser.parse_args()
    model = ReaderNetwork(load_weights(options.begin))
    trained = torch.load(options.state, weights_only=True)["model"]
    begun = model.state_dict()
    model.load_state_dict(
        {name: torch.lerp(begun[name], trained[name], options.share) for name in trained}
    )
    export_quantised(model.eval(), options.out, inputs=_INPUTS, outputs=_OUTPUTS)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
