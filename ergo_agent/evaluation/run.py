"""A run: its settings, its questions, and its folder, which is all that it is gone on with from.

```
settings.json    what was asked of whom, within what, with which versions
samples.jsonl    every outcome, as `Outcome` has it
summary.json     what they come to
report.html      the same to look at
episodes/        one page for every failure that left an episode
logs/            the logs of inspect_ai, for `inspect view`
```
"""

import json
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ergo_agent._common.whole_files import write_whole
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.benchmarks import benchmark_of, load_benchmark
from ergo_agent.evaluation.journal import Journal
from ergo_agent.evaluation.modes import AFTER_ERGO, FULL_BUDGET, OUTER, Mode
from ergo_agent.evaluation.outcome import Key, Outcome
from ergo_agent.evaluation.outer import outer_model
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker
from ergo_agent.policies.base import Policy

__all__ = ["Run", "RunSettings", "read_settings", "versions"]

_SETTINGS, _SAMPLES = "settings.json", "samples.jsonl"
_PACKAGES = ("ergo-agent", "inspect_ai", "langchain-core", "langgraph", "pillow", "pypdfium2")


class RunSettings(BaseModel):
    """What a run asks, of whom, and within what. One that goes on has to have the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    benchmark: str
    data: str
    """The folder that its questions were read from."""

    policy: str = "auto"
    """As it was chosen: a policy's name, or the name of one that was given as an object."""

    dialect: str | None = None
    agent_model: str | None = None
    """The outer model of the modes that ask one, as `init_chat_model` names it."""

    modes: tuple[Mode, ...]
    vision: VisionSettings = Field(default_factory=VisionSettings)
    """What an episode may cost."""

    full_budget: int = Field(default=FULL_BUDGET, ge=4)
    """Vision tokens of the one view of `full`."""

    limit: int | None = Field(default=None, ge=1)
    """How many questions are asked, drawn with the seed; all when left out."""

    seed: int = 0
    """Of which questions are drawn, and where random crops lie."""

    trials: int = Field(default=1, ge=1, le=100)
    """How often each question is asked, random crops lying elsewhere each time."""


def versions() -> dict[str, str]:
    """What the numbers were made with."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


class Run:
    """A run in its folder; an interrupted one goes on where it ended."""

    def __init__(
        self,
        folder: Path,
        settings: RunSettings,
        policy: Policy,
        *,
        retry_errors: bool = False,
        outer: BaseChatModel | None = None,
    ) -> None:
        """Read the questions, and what an earlier start of the same run left.

        Args:
            folder: Made if it is not there.
            settings: What is asked.
            policy: Whom to ask.
            retry_errors: Whether samples that failed before are asked again.
            outer: The outer model; the one that the settings name when left out.

        Raises:
            SettingsError: If the folder holds another run, cannot be written, the data set is not
                there, or a mode needs an outer model and none is named.
        """
        if outer is None and OUTER & set(settings.modes):
            outer = _outer(settings)
        self.folder = folder
        self.settings = settings
        self.benchmark = benchmark_of(settings.benchmark)
        self.metric, scorer = scorer_of(self.benchmark.scorer)
        every = load_benchmark(settings.benchmark, settings.data)
        self.available = len(every)
        """How many questions the data set has."""
        self.samples = _drawn(every, settings)
        _check_oracle(settings, self.samples)
        self._by_id = {sample.id: sample for sample in self.samples}
        _claim(folder, settings)
        self.journal = Journal(folder / _SAMPLES, retry_errors=retry_errors)
        self.policy = policy
        self.asker = Asker(
            policy,
            scorer=scorer,
            settings=settings.vision,
            full_budget=settings.full_budget,
            seed=settings.seed,
            outer=outer,
        )

    def keys(self, mode: str) -> list[Key]:
        """Every sample and trial of a mode, in order."""
        trials = range(1, self.settings.trials + 1)
        return [(sample.id, mode, trial) for trial in trials for sample in self.samples]

    def outcomes(self, mode: str) -> list[Outcome]:
        """What is known of a mode, in the order of the samples."""
        return self.journal.among(self.keys(mode))

    def left(self, mode: str) -> int:
        """How many of a mode were not asked yet."""
        return len(self.keys(mode)) - len(self.outcomes(mode))

    async def outcome(self, sample: str, mode: Mode, trial: int) -> Outcome:
        """What comes of a sample: as it is known, or by asking, written before it is returned."""
        known = self.journal.get((sample, mode, trial))
        if known is not None:
            return known
        ergo = self.journal.get((sample, "ergo", trial)) if mode in AFTER_ERGO else None
        came = await self.asker.outcome(self._by_id[sample], mode, trial=trial, ergo=ergo)
        self.journal.add(came)
        return came


def read_settings(folder: Path) -> RunSettings:
    """The settings of a run.

    Raises:
        SettingsError: If the folder holds none.
    """
    path = folder / _SETTINGS
    try:
        return RunSettings.model_validate(json.loads(path.read_text("utf-8"))["settings"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        said = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"{folder} holds no run that can be read ({said}); give the folder that "
            "`ergo-agent eval` wrote"
        ) from error


def _outer(settings: RunSettings) -> BaseChatModel:
    if settings.agent_model is None:
        raise SettingsError(
            "the mode agent asks an outer model; give --agent-model, such as openai:gpt-5-mini"
        )
    return outer_model(settings.agent_model)


def _claim(folder: Path, settings: RunSettings) -> None:
    """Write the settings, or check that they are those that the folder has."""
    if (folder / _SETTINGS).exists():
        before = read_settings(folder)
        differs = [
            name
            for name in RunSettings.model_fields
            if getattr(before, name) != getattr(settings, name)
        ]
        if differs:
            name = differs[0]
            raise SettingsError(
                f"{folder} holds a run with {name}={getattr(before, name)!r}, this one has "
                f"{getattr(settings, name)!r}; give the same, or another folder"
            )
        return
    whole: dict[str, Any] = {"settings": settings.model_dump(mode="json"), "versions": versions()}
    try:
        write_whole(folder / _SETTINGS, json.dumps(whole, indent=2) + "\n")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written ({error}); give another folder") from error


def _drawn(samples: Sequence[Sample], settings: RunSettings) -> list[Sample]:
    """So many samples, in their order."""
    if settings.limit is None or settings.limit >= len(samples):
        return list(samples)
    draw = Random(settings.seed)  # noqa: S311  # a sample, no secret
    return [samples[at] for at in sorted(draw.sample(range(len(samples)), settings.limit))]


def _check_oracle(settings: RunSettings, samples: Sequence[Sample]) -> None:
    if "oracle" in settings.modes and not any(sample.places for sample in samples):
        raise SettingsError(
            f"the mode oracle needs boxes of where answers stand, and {settings.benchmark} has "
            "none; leave the mode out"
        )
