"""A checkpoint in memory: where it runs, in which precision, and what its processor may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from ergo_agent.errors import SettingsError
from ergo_agent.policies.local.defaults import cannot_load, located
from ergo_agent.policies.local.pixels import pixel_bounds

__all__ = ["Checkpoint", "choose_device", "choose_dtype", "load_checkpoint"]

_DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its processor."""

    model: Any
    processor: Any
    device: str
    context: int
    """Most tokens of prompt and reply together."""

    image_token: int
    """Id of the token that stands for a piece of an image."""

    ends: frozenset[int]
    """Ids of the tokens that end a reply."""


def choose_device(device: str) -> str:
    """The device to run on.

    Args:
        device: `auto`, or a device as torch names it.

    Raises:
        SettingsError: If it is unknown, or not there.
    """
    there = [*_accelerators(), "cpu"]
    if device == "auto":
        return there[0]
    kind = device.partition(":")[0]
    if kind not in there:
        raise SettingsError(
            f"device={device!r} is not there; torch sees {', '.join(there)}: give one of these, "
            "or install the torch build for your GPU"
        )
    return device


def choose_dtype(dtype: str, *, device: str, declared: torch.dtype | None) -> torch.dtype:
    """The precision to run in.

    Args:
        dtype: `auto`, `float32`, `bfloat16` or `float16`.
        device: What `choose_device` returned.
        declared: What the checkpoint was saved in, if it says so.

    Raises:
        SettingsError: If `dtype` is unknown.
    """
    if dtype != "auto":
        if dtype not in _DTYPES:
            raise SettingsError(f"dtype={dtype!r} is unknown; give auto, {', '.join(_DTYPES)}")
        return _DTYPES[dtype]
    if device.startswith("cpu"):
        return torch.float32
    if device.startswith("cuda") and declared == torch.bfloat16:
        # GPUs before Ampere compute bfloat16 by way of float32
        return declared if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
    return torch.float16 if device == "mps" or declared is None else declared


def load_checkpoint(name: str, *, device: str, dtype: str) -> Checkpoint:
    """Load a model and its processor; blocking, seconds to minutes.

    Its image processor's bounds are those of `pixel_bounds`, whatever the checkpoint has saved.

    Args:
        name: Folder of the checkpoint, its name on the hub, or `nano`.
        device: See `choose_device`.
        dtype: See `choose_dtype`.

    Raises:
        SettingsError: If `device` or `dtype` cannot be had.
        PolicyError: If the checkpoint cannot be loaded, or is of no family whose images are cut
            into patches as Qwen's are.
    """
    where = choose_device(device)
    try:
        processor = AutoProcessor.from_pretrained(located(name))
        model = AutoModelForImageTextToText.from_pretrained(located(name), dtype="auto")
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise cannot_load(name, error) from error
    exact = choose_dtype(dtype, device=where, declared=model.config.dtype)
    model = model.to(device=where, dtype=exact).eval()
    context = model.config.get_text_config().max_position_embeddings
    processor.image_processor.size = pixel_bounds(model.config, context=context)
    return Checkpoint(
        model=model,
        processor=processor,
        device=where,
        context=context,
        image_token=model.config.image_token_id,
        ends=_ends(model.generation_config.eos_token_id, processor.tokenizer.eos_token_id),
    )


def _accelerators() -> list[str]:
    found = ["cuda"] if torch.cuda.is_available() else []
    return [*found, "mps"] if torch.backends.mps.is_available() else found


def _ends(*ids: int | Sequence[int] | None) -> frozenset[int]:
    several = ([one] if isinstance(one, int) else one or [] for one in ids)
    return frozenset(one for some in several for one in some)
