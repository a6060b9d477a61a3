"""The `vllm serve` command for this work; pure functions, nothing is started here."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.apps.serve.needs import context_needed, images_needed
from ergo_agent.dialects import Dialect, choose_dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.policies.local.defaults import DEFAULT_MODEL, located

__all__ = ["SERVED_NAME", "ServeOptions", "serve_command", "serve_environment"]

SERVED_NAME = "ergo"
"""The name under which requests ask for the model, whatever checkpoint is served."""


class ServeOptions(BaseModel):
    """What is served, where, and for which episodes."""

    model_config = ConfigDict(frozen=True)

    model: str = Field(default=DEFAULT_MODEL, min_length=1)
    """A name on the Hugging Face hub, a checkpoint folder, or `nano`."""

    dialect: str = "auto"
    """The dialect that the model is asked in; by its name when left out."""

    served_name: str | None = Field(default=None, min_length=1)
    """The name that requests ask for; `name_served` when left out."""

    host: str = "127.0.0.1"
    """The address to listen on: this machine only, unless another one is given."""

    port: int = Field(default=8000, ge=1, le=65_535)
    gpus: int = Field(default=1, ge=1)
    """How many GPUs to use."""

    parallel: Literal["data", "tensor"] = "data"
    """One copy of the model on each GPU, which serves the most episodes; or one copy spread over
    all of them, for a model that does not fit on one."""

    context: int | None = Field(default=None, ge=1)
    """Context length in tokens; what the longest episode of `settings` needs when left out."""

    settings: VisionSettings = VisionSettings()
    """The largest episode that will be asked for."""

    extra: tuple[str, ...] = ()
    """Further arguments for vLLM, last, so that they win."""

    @cached_property
    def dialect_used(self) -> Dialect:
        """The dialect of the model.

        Raises:
            SettingsError: If there is none of that name.
        """
        return choose_dialect(self.dialect, model=self.model)

    @property
    def terms(self) -> Terms:
        """What the largest episode is bound by."""
        return Terms(self.settings, self.dialect_used.token_rule)

    @property
    def name_served(self) -> str:
        """The name that requests ask for: it tells a client which dialect to speak."""
        if self.served_name:
            return self.served_name
        ergo = self.dialect_used.name == SERVED_NAME
        return SERVED_NAME if ergo else self.model.rstrip("/").rpartition("/")[2]

    @property
    def base_url(self) -> str:
        """Where an OpenAI client finds the server from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/v1"

    @property
    def context_length(self) -> int:
        """The context length in tokens."""
        return context_needed(self.terms) if self.context is None else self.context


def serve_command(options: ServeOptions) -> list[str]:
    """The command, program first.

    - Image tokens must cost what the ledger predicted and boxes must fit what was sent, so the
      processor's bounds are those of the model family's rule and the largest view.
    - Later turns repeat earlier ones: prefix caching makes that cheap, and prompt token details
      report how much of it was.
    - xgrammar without free white space holds a box to the one form that the dialect writes.
    """
    terms = options.terms
    bounds = terms.rule.processor_options(max_tokens=terms.settings.view_budget)
    return [
        "vllm",
        "serve",
        located(options.model),
        *("--served-model-name", options.name_served),
        *("--host", options.host),
        *("--port", str(options.port)),
        *("--max-model-len", str(options.context_length)),
        *(f"--{options.parallel}-parallel-size", str(options.gpus)),
        "--enable-prefix-caching",
        "--enable-prompt-tokens-details",
        *("--limit-mm-per-prompt", _json(image=images_needed(terms), video=0)),
        *("--mm-processor-kwargs", _json(**bounds)),
        *(
            "--structured-outputs-config",
            _json(backend="xgrammar", disable_any_whitespace=True),
        ),
        *options.extra,
    ]


def serve_environment(options: ServeOptions, *, base: Mapping[str, str]) -> dict[str, str]:
    """The environment for the command: that of the caller, with what it leaves open filled in.

    Nothing is reported to anybody; and a checkpoint that lies in a folder needs no hub.

    Args:
        options: What is served.
        base: The caller's environment; what it sets already stays.
    """
    wanted = {"VLLM_NO_USAGE_STATS": "1"}
    if Path(located(options.model)).is_dir():
        wanted |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    return {**wanted, **base}


def _json(**values: object) -> str:
    return json.dumps(values, separators=(",", ":"))
