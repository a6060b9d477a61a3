"""Writes a torch model as an ONNX file with 8-bit weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["export_quantised"]


def export_quantised(
    model: "torch.nn.Module", out: Path, *, inputs: Sequence[str], outputs: Mapping[str, int]
) -> None:
    """Export a model over token numbers, and quantise its weights to signed 8-bit integers.

    Args:
        model: Takes the inputs, each of shape (batch, tokens), in their order.
        out: The file to write.
        inputs: Names of the inputs.
        outputs: Names of the outputs with the number of their axes, as far as their length
            changes: 1 where the batch alone does, 2 where the second is the length of the texts.
    """
    import torch  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    sample = torch.ones(2, 7, dtype=torch.long)
    both = {0: "batch", 1: "length"}
    axes = dict.fromkeys(inputs, both)
    axes |= {name: both if count > 1 else {0: "batch"} for name, count in outputs.items()}
    full = out.with_suffix(".float.onnx")
    torch.onnx.export(
        model,
        tuple(sample for _ in inputs),
        str(full),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(full, out, weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()
