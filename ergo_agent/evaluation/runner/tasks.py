"""The task of inspect_ai: one mode of a run, its samples asked through the run's own journal.

A sample that fails raises, so that inspect_ai shows it as failed and `inspect eval-retry` asks it
again; it is scored all the same, as wrong.
"""

from collections.abc import Sequence
from pathlib import Path

from inspect_ai import Epochs, Task, task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.dataset import Sample as InspectSample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentText,
    ModelOutput,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from ergo_agent.answer import VisionAnswer
from ergo_agent.errors import ErgoError, FatalError, SettingsError
from ergo_agent.evaluation.modes import Mode
from ergo_agent.evaluation.outcome import Outcome
from ergo_agent.evaluation.run import Run, read_settings
from ergo_agent.evaluation.runner.log_images import log_image
from ergo_agent.policies.choice import choose_policy

__all__ = ["SampleFailedError", "at_hand", "ergo"]

_runs: dict[str, Run] = {}
"""Runs that were started in this process, by folder: their policy may be no name that a log holds,
and their failed samples are not asked again."""


class SampleFailedError(FatalError):
    """A sample failed; it is written down, and counts as wrong."""


def at_hand(run: Run) -> str:
    """Have the tasks of this process use a run; gives the name of its folder."""
    name = str(run.folder.resolve())
    _runs[name] = run
    return name


def _run(folder: str) -> Run:
    """The run of a folder: the one at hand, or as its settings say, failed samples asked again."""
    if folder not in _runs:
        path = Path(folder)
        settings = read_settings(path)
        policy = choose_policy(settings.policy, dialect=settings.dialect)
        _runs[folder] = Run(path, settings, policy, retry_errors=True)
    return _runs[folder]


@task
def ergo(folder: str, mode: str, images: bool = True) -> Task:  # noqa: FBT001, FBT002  # task args
    """One mode of a run.

    Args:
        folder: Of the run, as `ergo-agent eval` made it.
        mode: How its questions are asked.
        images: Whether the log holds the views, as JPEGs.

    Raises:
        SettingsError: If the folder holds no run, or there is no such mode.
    """
    run = _run(folder)
    chosen = _mode(run, mode)
    samples = [
        InspectSample(
            id=sample.id,
            input=sample.question,
            choices=list(sample.offered) or None,
            target=list(sample.gold),
            metadata={"cluster": sample.cluster, "category": sample.category},
        )
        for sample in run.samples
    ]
    return Task(
        name=f"{run.settings.benchmark}-{chosen}",
        dataset=MemoryDataset(samples, name=run.benchmark.title),
        solver=_episode(folder, chosen, images),
        scorer=_outcome(folder, chosen),
        epochs=Epochs(run.settings.trials, "mean"),
        score_on_error=True,
        fail_on_error=False,
    )


def _mode(run: Run, name: str) -> Mode:
    for mode in run.settings.modes:
        if mode == name:
            return mode
    raise SettingsError(f"the run has no mode {name}: {', '.join(run.settings.modes)}")


@solver
def _episode(folder: str, mode: Mode, images: bool) -> Solver:  # noqa: FBT001
    """Asks a sample, and puts its episode into the log."""
    run = _run(folder)

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        outcome = await run.outcome(str(state.sample_id), mode, state.epoch)
        if outcome.error is not None:
            raise SampleFailedError(outcome.error)
        state.messages = await _messages(run, outcome, images=images)
        state.output = ModelOutput.from_content("ergo-agent", outcome.answer or "")
        return state

    return solve


@scorer(metrics=[mean(), stderr(cluster="cluster")], name="outcome")
def _outcome(folder: str, mode: Mode) -> Scorer:
    """The score of what is written down; of a failed sample 0."""
    run = _run(folder)

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001
        came = run.journal.get((str(state.sample_id), mode, state.epoch))
        if came is None:
            return Score(value=0.0, explanation="nothing is written down of this sample")
        facts = came.model_dump(mode="json", include={"stop_reason", "tokens", "seconds", "recall"})
        return Score(
            value=came.value,
            answer=came.read,
            explanation=came.error or came.answer,
            metadata=facts,
        )

    return score


async def _messages(run: Run, outcome: Outcome, *, images: bool) -> list[ChatMessage]:
    """An episode as the messages of a chat."""
    if outcome.record is None:
        return []
    record = VisionAnswer.model_validate(outcome.record) if images else None
    system = run.policy.dialect.system_prompt()
    messages: list[ChatMessage] = [] if system is None else [ChatMessageSystem(content=system)]
    for turn in outcome.record["turns"]:
        shown = [] if record is None else await _views(run, record, turn["views"])
        text = ContentText(text=turn["question"])
        messages.append(ChatMessageUser(content=[*shown, text]))
        messages.append(ChatMessageAssistant(content=turn["reply"] or ""))
    return messages


async def _views(run: Run, record: VisionAnswer, numbers: Sequence[int]) -> list[Content]:
    """Views as the parts of a message; words in place of one that is not at hand any more."""
    views = {view.number: view for view in record.views}
    shown: list[Content] = []
    for number in numbers:
        try:
            url = await log_image(run.asker.maker, *record.in_image(views[number]))
            shown.append(ContentImage(image=url))
        except ErgoError as error:
            shown.append(ContentText(text=f"[view {number} is not at hand: {error}]"))
    return shown
