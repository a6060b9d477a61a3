"""The dialect of ERGO-7B and Qwen2.5-VL, and of any chat model that is told ERGO's tags."""

from collections.abc import Sequence

from ergo_agent.dialects.prompts import ErgoPrompts
from ergo_agent.dialects.registry import register_dialect
from ergo_agent.dialects.tags import IM_END, TagDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.views.frames import PIXELS
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["ErgoDialect"]


@register_dialect(
    "ergo", models=[r"(?<![a-z])ergo(?![a-z])", r"qwen-?2[.-]?5-?(vl|omni)", r"^nano$"]
)
class ErgoDialect(TagDialect):
    """ERGO's tags, boxes in absolute pixels of a view, one vision token per 28 x 28 pixels."""

    stop_tokens = IM_END

    def __init__(
        self, *, token_rule: TokenRule = QWEN2_5_VL, prompts: ErgoPrompts | None = None
    ) -> None:
        """Set the token rule and the wording.

        Args:
            token_rule: What a view costs; that of Qwen2.5-VL when left out.
            prompts: The wording of the method's own three prompts, as `load_prompts` reads them;
                this project's own when left out. What the method never asks (for an answer before
                any zoom, for a better reply) keeps this project's wording.
        """
        super().__init__("ergo", frame=PIXELS, token_rule=token_rule)
        self._prompts = prompts

    def system_prompt(self) -> str:
        """The system message."""
        return self._prompts.system if self._prompts else super().system_prompt()

    def ask(self, question: str, views: Sequence[View], *, stage: Stage) -> str:
        """The text of a user turn; see `Dialect.ask`."""
        if self._prompts and len(views) > 1:
            return self._prompts.answer(question)
        if self._prompts and stage == "observe" and not views[-1].full_resolution:
            return self._prompts.where(question)
        return super().ask(question, views, stage=stage)
