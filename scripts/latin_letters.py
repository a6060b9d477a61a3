"""Cut the letters of the recognisers down to those that European languages are printed in.

Run `python -m scripts.latin_letters MODEL OUT [--letters FILE]`. MODEL is a recogniser of PP-OCRv6
as RapidOCR ships it: `PP-OCRv6_rec_small.onnx`, which holds its letters, or
`PP-OCRv6_rec_tiny.onnx`, whose letters stand in FILE, one a line. OUT becomes the same network with
fewer outputs, its letters in its metadata. It needs onnx, which the package does not depend on.

Nine in ten of the outputs are ideographs, and each costs time at every step of every line.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

_FIRST_LEFT_OUT = 0x2E80
"""Where the radicals of ideographs begin in Unicode; letters, signs and symbols stand before."""


def main() -> None:
    """Read a model, keep the outputs of its blank, its space and the letters, and write it."""
    import onnx  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="scripts.latin_letters", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--letters", type=Path)
    options = parser.parse_args()
    model = onnx.load(options.model)
    known = {entry.key: entry.value for entry in model.metadata_props}
    text = options.letters.read_text("utf-8") if options.letters else known["character"]
    letters = text.removesuffix("\n").split("\n")
    kept = [at for at, letter in enumerate(letters) if _is_kept(letter)]
    outputs = [0, *(at + 1 for at in kept), len(letters) + 1]  # after the blank, before the space
    _cut(model, outputs, len(letters) + 2)
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key, entry.value = "character", "\n".join(letters[at] for at in kept)
    onnx.checker.check_model(model)
    onnx.save(model, options.out)
    print(f"{len(letters)} letters cut to {len(kept)}")


def _is_kept(letter: str) -> bool:
    return all(ord(sign) < _FIRST_LEFT_OUT for sign in letter)


def _cut(model: "onnx.ModelProto", outputs: list[int], before: int) -> None:
    """Keep some columns of everything that has one for each output."""
    from onnx import numpy_helper  # noqa: PLC0415

    for tensor in model.graph.initializer:
        if tensor.dims and tensor.dims[-1] == before:
            values = numpy_helper.to_array(tensor)[..., outputs]
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))
    for value in (*model.graph.output, *model.graph.value_info):
        for side in value.type.tensor_type.shape.dim:
            if side.dim_value == before:
                side.dim_value = len(outputs)


if __name__ == "__main__":
    main()
