"""What stands with every number: who was asked, in which words, within which pixel bounds."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from ergo_agent.evaluation.outcome import Outcome
from ergo_agent.policies.base import Policy

__all__ = ["Protocol", "protocol_of"]


class Protocol(BaseModel):
    """How the samples of one mode were asked."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    mode: str
    policy: str
    """The model and the dialect, as episodes name them; empty where none ended."""

    view_budget: int
    """Most vision tokens of one view."""

    least_pixels: int | None = None
    """Of all views that were shown."""

    most_pixels: int | None = None

    system: str | None = None
    """The system prompt."""

    prompts: tuple[str, ...] = ()
    """The texts of the first episode's turns, as they were sent."""

    @property
    def bounds(self) -> str:
        """The pixel bounds in words."""
        most = f"views of at most {self.view_budget:,} vision tokens"
        if self.least_pixels is None or self.most_pixels is None:
            return f"{most}; none was shown"
        return f"{most}; shown were {self.least_pixels:,} to {self.most_pixels:,} pixels"


def protocol_of(
    mode: str, outcomes: Sequence[Outcome], *, policy: Policy, view_budget: int
) -> Protocol:
    """The protocol of some outcomes of one mode.

    Args:
        mode: Its name.
        outcomes: Of that mode.
        policy: Who was asked.
        view_budget: Most vision tokens of one view.
    """
    records = [one.record for one in outcomes if one.record is not None]
    shown = [view["shown"] for record in records for view in record["views"]]
    pixels = [width * height for width, height in shown]
    return Protocol(
        mode=mode,
        policy=str(records[0]["policy"]) if records else policy.name,
        view_budget=view_budget,
        least_pixels=min(pixels, default=None),
        most_pixels=max(pixels, default=None),
        system=policy.dialect.system_prompt(),
        prompts=tuple(str(turn["question"]) for turn in records[0]["turns"]) if records else (),
    )
