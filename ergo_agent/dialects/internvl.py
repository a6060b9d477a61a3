"""The dialect of InternVL: ERGO's tags, boxes from 0 to 1000 of the view, tiles of 448 pixels.

InternVL 2 to 3.5 write positions from 0 to 1000 of what they are shown (their own grounding data is
`<box>[[x1, y1, x2, y2]]</box>` in that frame) and cut it into tiles, see `ergo_agent.views.tiles`.
"""

from ergo_agent.dialects.registry import register_dialect
from ergo_agent.dialects.tags import IM_END, TagDialect
from ergo_agent.views.frames import THOUSANDTHS
from ergo_agent.views.tiles import INTERNVL
from ergo_agent.views.tokens import TokenRule

__all__ = ["InternVLDialect"]


@register_dialect("internvl", models=[r"intern-?vl"])
class InternVLDialect(TagDialect):
    """ERGO's tags, boxes from 0 to 1000 of a view, 256 vision tokens per tile and thumbnail."""

    stop_tokens = IM_END

    def __init__(self, *, token_rule: TokenRule = INTERNVL) -> None:
        """Set the token rule.

        Args:
            token_rule: What a view costs; that of InternVL when left out.
        """
        super().__init__("internvl", frame=THOUSANDTHS, token_rule=token_rule)
