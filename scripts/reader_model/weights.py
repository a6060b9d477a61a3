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

_TABLES = ("words", "places", "sides")
_OUTSIDE = {
    "words": "embeddings.word_embeddings",
    "places": "embeddings.position_embeddings",
    "sides": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
}
_OF_A_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "last": "output.LayerNorm",
}
"""Parts as `network` names them, and as the checkpoint does."""
_Array = NDArray[np.float32]


def load_weights(source: Path) -> dict[str, Tensor]:
    """The encoder's weights by their names in the checkpoint of all-MiniLM-L6-v2.

    Of the reader's model also those of its heads, `odds` and `spans`.

    Args:
        source: The folder of the checkpoint, or the reader's ONNX file.
    """
    if source.is_dir():
        return dict(load_file(source / "model.safetensors"))
    model = onnx.load(source)
    kept = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    found = {name: np.array(kept[name]) for name in kept if name.endswith((".weight", ".bias"))}
    for name in (f"{table}.weight" for table in _TABLES):
        scale, zero = kept[f"{name}_scale"], kept[f"{name}_zero_point"]
        found[name] = _full(kept[f"{name}_quantized"], scale, zero)
    for name, weight in _multiplied(model.graph, kept):
        found[name] = weight.T.copy()
    return {_checkpoint_name(name): torch.tensor(value) for name, value in found.items()}


def _checkpoint_name(name: str) -> str:
    """What the checkpoint calls a weight of `network`; the heads it does not have."""
    part, *within, kind = name.split(".")
    if part == "layers":
        layer, part = within
        return f"encoder.layer.{layer}.{_OF_A_LAYER[part]}.{kind}"
    return f"{_OUTSIDE.get(part, part)}.{kind}"


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
