"""The dialects of Qwen3-VL and Qwen2-VL: ERGO's tags, with boxes in thousandths of the view.

Qwen3-VL and the models after it (Qwen3.5, Qwen3.6) merge patches of 16 pixels two by two, so one
vision token covers 32 x 32 pixels; their processor takes 65,536 to 16,777,216 pixels, which are 64
to 16,384 tokens, and sides of up to 200 : 1. Their own replies give positions from 0 to 1000 of
what they are shown, whatever its size (the hosted service says 0 to 999; the difference is a tenth
of a percent, less than the margin around a crop).

Qwen2-VL has the patches of Qwen2.5-VL and the boxes of Qwen3-VL: only Qwen2.5-VL writes pixels.
"""

from ergo_agent.dialects.registry import register_dialect
from ergo_agent.dialects.tags import IM_END, TagDialect
from ergo_agent.views.frames import THOUSANDTHS
from ergo_agent.views.patches import QWEN2_5_VL, PatchGrid
from ergo_agent.views.tokens import TokenRule

__all__ = ["QWEN3_VL", "Qwen2VLDialect", "Qwen3VLDialect"]

QWEN3_VL = PatchGrid(factor=32, min_tokens=64, max_view_tokens=16_384)
"""The rule of Qwen3-VL, Qwen3.5 and Qwen3.6."""


# those called Qwen3.5 and later see images without `VL` in their names
@register_dialect("qwen3_vl", models=[r"qwen-?3([.-]\d+)?-?(vl|omni)|qwen-?3\.[5-9]"])
class Qwen3VLDialect(TagDialect):
    """ERGO's tags, boxes from 0 to 1000 of a view, one vision token per 32 x 32 pixels."""

    stop_tokens = IM_END

    def __init__(self, *, token_rule: TokenRule = QWEN3_VL) -> None:
        """Set the token rule.

        Args:
            token_rule: What a view costs; that of Qwen3-VL when left out.
        """
        super().__init__("qwen3_vl", frame=THOUSANDTHS, token_rule=token_rule)


@register_dialect("qwen2_vl", models=[r"qwen-?2-?vl"])
class Qwen2VLDialect(TagDialect):
    """ERGO's tags, boxes from 0 to 1000 of a view, one vision token per 28 x 28 pixels."""

    stop_tokens = IM_END

    def __init__(self, *, token_rule: TokenRule = QWEN2_5_VL) -> None:
        """Set the token rule.

        Args:
            token_rule: What a view costs; that of Qwen2-VL when left out.
        """
        super().__init__("qwen2_vl", frame=THOUSANDTHS, token_rule=token_rule)
