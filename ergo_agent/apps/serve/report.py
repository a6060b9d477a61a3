"""What a probe found out about a server."""

from pydantic import BaseModel, ConfigDict, computed_field

__all__ = ["IMAGE_TOKENS", "Finding", "ProbeReport"]

IMAGE_TOKENS = "image tokens"
"""The name of the finding whether views cost what the token rule predicts."""


class Finding(BaseModel):
    """One thing that was checked."""

    model_config = ConfigDict(frozen=True)

    name: str
    """What was checked."""

    ok: bool | None
    """Whether it is as it has to be; None where the server does not tell."""

    found: str
    """What was found, in words."""

    advice: str = ""
    """What to do, where it is not as it has to be."""

    needed: bool = True
    """Whether episodes go wrong without it, and are not only slower or less strict."""


class ProbeReport(BaseModel):
    """Everything that was found out about one server."""

    model_config = ConfigDict(frozen=True)

    base_url: str
    model: str | None
    """The model that was asked, or None where there was none to ask."""

    models: tuple[str, ...] = ()
    """The names that the server serves."""

    context_length: int | None = None
    """In tokens, where the server tells."""

    findings: tuple[Finding, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def usable(self) -> bool:
        """Whether episodes can be run as predicted: nothing that is needed is wrong."""
        return not self._wrong

    @property
    def only_resizes(self) -> bool:
        """Whether all that is wrong is that the server resizes what it is sent: boxes are off."""
        return self._wrong == {IMAGE_TOKENS}

    @property
    def _wrong(self) -> set[str]:
        return {one.name for one in self.findings if one.ok is False and one.needed}
