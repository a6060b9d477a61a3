"""Rebuild the sentence encoder of the embedded reader from the original checkpoint.

Run `python scripts/quantise_encoder.py CHECKPOINT OUT`, where CHECKPOINT is a folder with
`model.safetensors` and `config.json` of all-MiniLM-L6-v2. It needs torch, transformers, onnx
and onnxruntime, which the package itself does not depend on.
"""

import hashlib
import sys
from pathlib import Path

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def main(checkpoint: Path, out: Path) -> None:
    """Check the weights, export mean pooling and normalisation with them, and quantise."""
    found = hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"model.safetensors has sha256 {found}; expected {SHA256}")
    full = out.with_suffix(".float.onnx")
    _export(checkpoint, full)
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    quantize_dynamic(full, out, weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()


def _export(checkpoint: Path, path: Path) -> None:
    """Write the encoder as ONNX: token ids and mask in, unit vectors out."""
    import torch  # noqa: PLC0415
    from transformers import BertModel  # noqa: PLC0415

    bert = BertModel.from_pretrained(checkpoint, attn_implementation="eager").eval()

    class Encoder(torch.nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def forward(self, input_ids, attention_mask):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            states = bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=-1)

    sample = torch.ones(2, 7, dtype=torch.long)
    axes = {0: "batch", 1: "length"}
    torch.onnx.export(
        Encoder(),
        (sample, sample),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
