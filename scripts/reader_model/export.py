"""Writes the model as the package ships it: `python -m scripts.reader_model.export STATE OUT`."""

import sys
from pathlib import Path

import torch

from scripts.onnx_files import export_quantised
from scripts.reader_model.network import ReaderNetwork
from scripts.reader_model.weights import load_weights

__all__ = ["main"]

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = {"odds": 1, "starts": 2, "ends": 2}


def main(begin: Path, state: Path, out: Path) -> None:
    """Export the trained weights of a state, quantised to 8 bits.

    Args:
        begin: What the training began with; it gives the network its shape.
        state: What the training kept.
        out: The ONNX file to write.
    """
    model = ReaderNetwork(load_weights(begin))
    model.load_state_dict(torch.load(state, weights_only=True)["model"])
    export_quantised(model.eval(), out, inputs=_INPUTS, outputs=_OUTPUTS)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
