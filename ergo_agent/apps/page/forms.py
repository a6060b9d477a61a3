"""What a question and its settings may be."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.episode.settings import VisionSettings

__all__ = ["AskedFork", "AskedRun", "NamedFile", "setting_ranges"]

_LEAST_TOKENS = 64
_RANGES = {
    "view_budget": (_LEAST_TOKENS, 16_384),
    "max_zooms": (0, 20),
    "max_vision_tokens": (_LEAST_TOKENS, 262_144),
}
"""Narrower than the library's own: what a person would set by hand."""


def setting_ranges() -> dict[str, dict[str, int | None]]:
    """For each setting of the page its default, the least and the most.

    A default of None stands for four times `view_budget`.
    """
    fields = VisionSettings.model_fields
    return {
        name: {"default": fields[name].default, "least": least, "most": most}
        for name, (least, most) in _RANGES.items()
    }


def _ranged(name: str) -> Any:  # noqa: ANN401  # what pydantic's Field returns
    least, most = _RANGES[name]
    return Field(default=None, ge=least, le=most)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AskedSettings(_Body):
    """What a run may cost; None, or left out, for the default."""

    view_budget: int | None = _ranged("view_budget")
    max_zooms: int | None = _ranged("max_zooms")
    max_vision_tokens: int | None = _ranged("max_vision_tokens")

    def chosen(self) -> VisionSettings:
        """The settings.

        Raises:
            BudgetError: If no view fits.
        """
        return VisionSettings(**self.model_dump(exclude_none=True))


class AskedRun(_Body):
    """A question."""

    image: str
    page: int | None = Field(default=1, ge=1)
    """None for all pages of a document."""

    question: str
    policy: str | None = None
    settings: AskedSettings = AskedSettings()


class AskedFork(_Body):
    """Other boxes for a zoom."""

    zoom: int = Field(ge=1)
    boxes: list[list[int]] = Field(min_length=1, max_length=64)


class NamedFile(_Body):
    """A file of the folder."""

    path: str = Field(min_length=1, max_length=4096)
