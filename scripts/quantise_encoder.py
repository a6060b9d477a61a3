"""Rebuild the sentence encoder of the embedded reader from the original checkpoint.

Run `python -m scripts.quantise_encoder CHECKPOINT OUT`, where CHECKPOINT is a folder with
`model.safetensors` and `config.json` of all-MiniLM-L6-v2. It needs torch, transformers, onnx
and onnxruntime, which the package itself does not depend on.
"""

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.onnx_files import export_quantised

if TYPE_CHECKING:
    import torch

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def main(checkpoint: Path, out: Path) -> None:
    """Check the weights, export mean pooling and normalisation with them, and quantise."""
    found = hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"model.safetensors has sha256 {found}; expected {SHA256}")
    encoder = _encoder(checkpoint)
    export_quantised(encoder, out, inputs=("input_ids", "attention_mask"), outputs={"embedding": 1})


def _encoder(checkpoint: Path) -> "torch.nn.Module":
    """The checkpoint with its pooling: token ids and mask in, unit vectors out."""
    import torch  # noqa: PLC0415
    from transformers import BertModel  # noqa: PLC0415

    bert = BertModel.from_pretrained(checkpoint, attn_implementation="eager").eval()

    class Encoder(torch.nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def forward(self, input_ids, attention_mask):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            states = bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=-1)

    return Encoder()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
