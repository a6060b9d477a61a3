"""What a training run is: one TOML file, checked before anything is loaded.

Tables: `policy` (what is trained), `episode` (the settings of an episode, as everywhere), `data`,
`reward` (only for grpo), `lora` (left out: all weights), `run`, and `grpo` or `sft`, whose keys are
those of TRL's `GRPOConfig` or `SFTConfig`. What follows from the others is not to be set there.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ergo_agent._common.text import quoted
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import SettingsError
from ergo_agent.policies.choice import resolved_name
from ergo_agent.training.reward import BoxRule
from ergo_agent.training.rewards import ALPHA, BETA, GAMMA
from ergo_agent.training.scenes import FAMILIES

__all__ = [
    "SHIPPED",
    "DataTable",
    "LoraTable",
    "Method",
    "PolicyTable",
    "RewardTable",
    "RunTable",
    "TrainConfig",
    "read_config",
]

Method = Literal["sft", "grpo"]

SHIPPED = ("nano", "ergo-7b")
"""Configs that come with the package, by name."""

OURS = {
    "output_dir",
    "report_to",
    "remove_unused_columns",
    "max_completion_length",
    "max_tool_calling_iterations",
    "chat_template_path",
    "dataset_kwargs",
    "max_length",
    "save_only_model",
    "shuffle_dataset",
    "seed",
    "resume_from_checkpoint",
}
"""What follows from the other tables, or what a run could not be trusted with."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PolicyTable(_Table):
    """What is trained."""

    model: str
    """Folder of the checkpoint to begin with, or its name on the Hugging Face hub."""

    dialect: str = "auto"
    """How it is asked; by the model's name when left out."""

    dtype: str = "auto"
    """`float32`, `bfloat16`; float32 on a CPU and the checkpoint's own on a GPU when left out."""

    reply_tokens: int = Field(default=1024, ge=1)
    """Longest reply in tokens; one that is cut off there cannot be used."""

    turn_tokens: int = Field(default=512, ge=1)
    """Most tokens of the text of a later turn, the question included. A rollout has room for as
    much as this, the replies and the views allow; one that needs more stops the run."""


class DataTable(_Table):
    """What is asked, or what is learnt from."""

    kind: Literal["scenes", "examples", "demonstrations"] = "scenes"
    """Drawn scenes, one's own questions, or finished episodes (only these for sft)."""

    path: str | None = None
    """The JSONL file of `examples` or `demonstrations`."""

    count: int = Field(default=10_000, ge=1)
    """How many scenes."""

    seed: int = 0
    """Of the scenes."""

    families: tuple[str, ...] = FAMILIES
    """Kinds of scenes, in turn."""

    start: int = Field(default=0, ge=0)
    """Number of the first scene."""


class RewardTable(_Table):
    """The reward; see `ErgoReward`."""

    alpha: float = ALPHA
    beta: float = BETA
    gamma: float = GAMMA
    box: BoxRule = "hard"

    judge: Literal["model", "oracle", "reader"] = "model"
    """Who judges the crops: a frozen model; an oracle that takes whatever shows `needed` for
    enough, at any size; or, for scenes, their reader, which looks at the pixels of the crop."""

    policy: str = "transformers"
    """How the frozen model is run, one of `policy_names()`."""

    model: str | None = None
    """Its checkpoint, or the name that it is served under. When left out: of a policy that loads a
    checkpoint the one that training begins with, of a server `ERGO_MODEL`."""

    base_url: str | None = None
    """Of its server; `ERGO_BASE_URL` when left out."""

    dialect: str = "auto"
    """How it is asked; as for `ask` when left out."""

    seconds: float = Field(default=60.0, gt=0)
    """Longest wait for one answer."""

    at_once: int = Field(default=8, ge=1)
    """Answers asked for side by side."""


class LoraTable(_Table):
    """Low-rank adapters in place of training all weights."""

    rank: int = Field(default=64, ge=1)
    alpha: int = Field(default=128, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: tuple[str, ...] = (
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "gate_proj",
        "up_proj",
        "down_proj",
    )
    """Names of the layers that get one."""


class RunTable(_Table):
    """Where a run is kept, and what it draws from."""

    output: str | None = None
    """The folder of the run; the same one again goes on from its last whole checkpoint."""

    seed: int = 0


class TrainConfig(_Table):
    """A run."""

    policy: PolicyTable
    episode: dict[str, Any] = Field(default_factory=dict)
    data: DataTable = DataTable()
    reward: RewardTable = RewardTable()
    lora: LoraTable | None = None
    run: RunTable = RunTable()
    grpo: dict[str, Any] = Field(default_factory=dict)
    sft: dict[str, Any] = Field(default_factory=dict)

    @property
    def settings(self) -> VisionSettings:
        """What an episode may cost.

        Raises:
            SettingsError: If a setting is unknown or out of range.
            BudgetError: If a budget holds no view.
        """
        return VisionSettings(**self.episode)

    @property
    def output(self) -> Path:
        """The folder of the run.

        Raises:
            SettingsError: If none is given.
        """
        if not self.run.output:
            raise SettingsError("no folder for the run; give --output, or run.output in the config")
        return Path(self.run.output)

    def checked(self, method: Method) -> "TrainConfig":
        """The config, where it can be trained by a method.

        Raises:
            SettingsError: If it cannot.
        """
        sft = method == "sft"
        if sft != (self.data.kind == "demonstrations"):
            wanted = "demonstrations" if sft else "scenes or examples"
            raise SettingsError(
                f"data.kind={self.data.kind!r} cannot be trained on by {method}; give {wanted}"
            )
        if self.data.kind != "scenes" and not self.data.path:
            raise SettingsError(f"data.kind={self.data.kind!r} needs data.path, a JSONL file")
        taken = sorted(OURS & (self.sft if sft else self.grpo).keys())
        if taken:
            raise SettingsError(
                f"{method}.{taken[0]} is not to be set: it follows from the tables policy, "
                "episode, data and run"
            )
        if not sft and self.reward.judge == "model":
            resolved_name(self.reward.policy)  # refuses one that there is not
        settings, _ = self.settings, self.output
        if settings.verify or settings.review_zooms or settings.deadline is not None:
            raise SettingsError(
                "episode.verify, review_zooms and deadline have no place in training: a rollout is "
                "one conversation, and the same on every machine; leave them out"
            )
        return self


def read_config(config: str | os.PathLike[str], *, changes: Sequence[str] = ()) -> TrainConfig:
    """Read a config.

    Args:
        config: A TOML file, or the name of a shipped one, one of `SHIPPED`.
        changes: `table.key=value` each, the value as TOML; a bare word is a text.

    Raises:
        SettingsError: If it cannot be read, or a key or value is none.
    """
    tables = _read(config)
    for change in changes:
        _change(tables, change)
    try:
        return TrainConfig.model_validate(tables)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise SettingsError(
            f"{config}: {where} = {quoted(problem['input'])} cannot be used: {problem['msg']}"
        ) from None


def _read(config: str | os.PathLike[str]) -> dict[str, Any]:
    path = Path(config)
    try:
        if str(config) in SHIPPED and not path.exists():
            shipped = files("ergo_agent.training.trainer") / "configs" / f"{config}.toml"
            return tomllib.loads(shipped.read_text(encoding="utf-8"))
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{config} cannot be read ({error}); give a TOML file, or one of {', '.join(SHIPPED)}"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config} is no TOML ({error})") from error


def _change(tables: dict[str, Any], change: str) -> None:
    key, equals, written = change.partition("=")
    table, dot, name = key.strip().partition(".")
    if not equals or not dot or not name:
        raise SettingsError(f"{change!r} changes nothing; give table.key=value")
    try:
        value = tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        value = written.strip()
    inner = tables.setdefault(table, {})
    if not isinstance(inner, Mapping):
        raise SettingsError(f"{change!r}: {table} is no table of the config")
    tables[table] = {**inner, name: value}
