"""Full-precision weights of a MiniLM model, out of a checkpoint or out of an 8-bit ONNX file.

The reader's model goes on from a model that the package ships as ONNX, whose 8-bit weights times
their scale are close enough to begin with (one scale a column; the largest error is half a step in
255).
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, numpy_helper
from safetensors.torch import load_file
from torch import Tensor

__all__ = ["load_weights"]

_PREFIX = "bert."
_Array = NDArray[np.float32]


def load_weights(source: Path) -> dict[str, Tensor]:
    """The encoder's weights by their names in the checkpoint of all-MiniLM-L6-v2.

    Of the answer scorer also those of its head, as `head.weight` and `head.bias`.

    Args:
        source: Its folder, or an ONNX file that `scripts.onnx_files` wrote.
    """
    if source.is_dir():
        return dict(load_file(source / "model.safetensors"))
    model = onnx.load(source)
    kept = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    found = {
        name.removeprefix(_PREFIX): torch.tensor(np.array(value))
        for name, value in _plain(kept).items()
        if name.startswith((_PREFIX, "head."))
    }
    for name, weight in _multiplied(model.graph, kept):
        found[name.removeprefix(_PREFIX)] = torch.tensor(weight.T.copy())
    return found


def _plain(kept: Mapping[str, _Array]) -> dict[str, _Array]:
    """Weights by name, those of look-up tables times their scale."""
    plain = {name: value for name, value in kept.items() if value.dtype == np.float32}
    for name, value in kept.items():
        if name.startswith(_PREFIX) and name.endswith("_quantized"):
            own = name.removesuffix("_quantized")
            plain[own] = _full(value, kept[f"{own}_scale"], kept[f"{own}_zero_point"])
    return plain


def _full(value: _Array, scale: _Array, zero: _Array) -> _Array:
    full: _Array = (value.astype(np.float32) - zero.astype(np.float32)) * scale
    return full


def _multiplied(graph: GraphProto, kept: Mapping[str, _Array]) -> list[tuple[str, _Array]]:
    """The matrices, which the export has renamed: each is told by the bias that is added to it."""
    made = {output: node for node in graph.node for output in node.output}
    found = []
    for node in graph.node:
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        if node.op_type != "Add" or bias is None:
            continue
        matrix = _matrix(next(name for name in node.input if name != bias), made)
        own = matrix.removesuffix("_quantized")
        weight = _full(kept[matrix], kept[f"{own}_scale"], kept[f"{own}_zero_point"])
        found.append((bias.removesuffix("bias") + "weight", weight))
    return found


def _matrix(name: str, made: Mapping[str, NodeProto]) -> str:
    """The weight of the integer product that a value comes from."""
    node = made[name]
    while node.op_type != "MatMulInteger":
        node = next(made[each] for each in node.input if each in made)
    return str(node.input[1])
