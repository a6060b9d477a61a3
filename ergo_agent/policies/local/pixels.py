"""How large an image an engine's processor lets through unchanged."""

from typing import Any

from ergo_agent.errors import PolicyError
from ergo_agent.views.patches import QWEN2_5_VL

__all__ = ["pixel_bounds"]


def pixel_bounds(config: Any, *, context: int) -> dict[str, int]:  # noqa: ANN401  # transformers'
    """The processor's `size` with which it never resizes a view.

    Views have sides that are multiples of the patch factor and at least four vision tokens, so only
    the upper bound could touch them. It is what the whole context could hold: an image beyond it is
    refused with its prompt, never shrunk without a word.

    Args:
        config: The checkpoint's configuration, as transformers loads it.
        context: Most tokens of prompt and reply together.

    Returns:
        `shortest_edge` and `longest_edge`, which for these families are numbers of pixels, not
        sides.

    Raises:
        PolicyError: If the checkpoint's images are not cut into merged patches.
    """
    vision = getattr(config, "vision_config", None)
    patch = getattr(vision, "patch_size", None)
    merged = getattr(vision, "spatial_merge_size", None)
    if not isinstance(patch, int) or not isinstance(merged, int):
        raise PolicyError(
            f"a checkpoint of the type {getattr(config, 'model_type', None)!r} does not cut images "
            "into merged patches; give one of the Qwen2-VL, Qwen2.5-VL or Qwen3-VL family"
        )
    area = (patch * merged) ** 2
    return {"shortest_edge": QWEN2_5_VL.min_tokens * area, "longest_edge": context * area}
