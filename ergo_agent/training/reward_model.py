"""The frozen reward model: it answers from crops alone, whatever else the page holds."""

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from cachetools import LRUCache
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from ergo_agent._common.secrets import scrub, secrets_of
from ergo_agent._common.sync import run_sync
from ergo_agent.episode.moves import Answer
from ergo_agent.errors import MoveError, SettingsError, StateError
from ergo_agent.images import data_url
from ergo_agent.policies.choice import PolicyChoice, choose_policy
from ergo_agent.training.bounded import BoundedCalls
from ergo_agent.training.rollout import Rollout, Seen
from ergo_agent.views.view import View

__all__ = ["Judge", "Oracle", "RewardModel"]

_Key = tuple[str, ...]


class Judge(Protocol):
    """Who says what can be read from crops alone."""

    needs_crops: bool
    """Whether it looks at the crops' pixels."""

    def answers(self, rollouts: Sequence[Rollout]) -> list[Seen]:
        """What the crops of each rollout say, in their order; blocking."""


class Oracle:
    """Reads whatever a crop holds, at any size: needs no model, and is fooled by a whole page.

    A stand-in where it is known what has to be seen. Unlike a model that is shown the crop at the
    policy's own budget, it does not mind how small what is needed has become.
    """

    needs_crops = False

    def answers(self, rollouts: Sequence[Rollout]) -> list[Seen]:
        """The right answer for each crop that holds all that is needed, "not found" for others.

        Raises:
            StateError: If it is not known of a rollout what is needed, or what is right.
        """
        return [self._of(rollout) for rollout in rollouts]

    def _of(self, rollout: Rollout) -> Seen:
        if rollout.answers == ():
            return Seen()
        if rollout.needed is None or rollout.answers is None:
            raise StateError(
                "an oracle was given a rollout without `needed` or `answers`; give both, or a "
                "RewardModel in its place"
            )
        holds = any(view.region.contains(rollout.needed) for view in rollout.cropped)
        return Seen(rollout.answers[0] if holds else None)


class RewardModel:
    """Any policy, asked for the answer to a question of which it is shown only the crops.

    It is sent the bytes that the policy was sent: the crops at the policy's own budget, so that a
    crop of everything proves no more than the coarse view does. What it said is kept by the
    question and the digests of the crops. A failure is not kept.
    """

    needs_crops = True

    def __init__(
        self,
        policy: PolicyChoice,
        *,
        seconds: float = 60.0,
        at_once: int = 8,
        most_kept: int = 65_536,
    ) -> None:
        """Say whom to ask.

        Args:
            policy: Whom to ask, as `ask` takes it. Nothing of it is trained.
            seconds: Longest wait for one answer.
            at_once: How many are asked for side by side; a local model runs them as one batch.
            most_kept: Answers kept; those not used for longest are forgotten first.

        Raises:
            SettingsError: If a number is out of range, or there is no such policy.
            MissingExtraError: If what the policy needs is not installed.
        """
        if not seconds > 0 or at_once < 1 or most_kept < 1:
            raise SettingsError(
                f"seconds={seconds}, at_once={at_once}, most_kept={most_kept} bound nothing; give "
                "numbers above 0"
            )
        self._policy = choose_policy(policy)
        self._model = self._policy.dialect.bind(self._policy.model)
        self._calls = BoundedCalls(self._asked, seconds=seconds, at_once=at_once)
        self._kept: LRUCache[_Key, Seen] = LRUCache(most_kept)
        self._lock = threading.Lock()
        self.failures = 0
        """Rollouts that it gave no answer for, since it was made."""

    def answers(self, rollouts: Sequence[Rollout]) -> list[Seen]:
        """What it says of each rollout's crops; blocking, for a bounded time.

        Whatever the model does, it costs its own rollouts an error in `Seen` and nothing else. A
        rollout without a crop is not asked about.

        Raises:
            StateError: If the crops of one have not been made.
        """
        keys = [_key(rollout) for rollout in rollouts]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        wanted = {
            key: rollout
            for key, rollout in zip(keys, rollouts, strict=True)
            if rollout.cropped and key not in known
        }
        outcomes = self._calls.all(list(wanted.values()))
        for key, outcome in zip(wanted, outcomes, strict=True):
            known[key] = self._failed(outcome) if isinstance(outcome, Exception) else outcome
        seen = [known.get(key, Seen()) for key in keys]
        with self._lock:
            self._kept.update({key: known[key] for key in wanted if known[key].error is None})
            self.failures += sum(each.error is not None for each in seen)
        return seen

    def _asked(self, rollout: Rollout) -> Seen:
        """One answer, however long it takes."""
        policy, dialect = self._policy, self._policy.dialect
        run_sync(policy.ready())
        views = [_alone(view, at) for at, view in enumerate(rollout.cropped, start=1)]
        text = dialect.ask(rollout.question, views, stage="last")
        shown = [_block(data_url(crop)) for crop in rollout.crops or ()]
        blocks: list[str | dict[str, Any]] = [*shown, {"type": "text", "text": text}]
        system = dialect.system_prompt()
        messages: list[BaseMessage] = [] if system is None else [SystemMessage(system)]
        reply = self._model.invoke(
            [*messages, HumanMessage(blocks)], **policy.options("last", views)
        )
        return self._read(reply, views)

    def _read(self, reply: AIMessage, views: Sequence[View]) -> Seen:
        dialect = self._policy.dialect
        try:
            move = dialect.read(reply, views)
        except MoveError as error:
            words, problem = dialect.last_words(reply), str(error)
        else:
            if isinstance(move, Answer):
                return Seen(move.text)
            words, problem = dialect.last_words(reply), "it asks for a closer look"
        return Seen(words) if words is not None else Seen(error=f"no answer: {problem}")

    def _failed(self, error: Exception) -> Seen:
        scrub(error, secrets_of(self._policy.model))
        reason = " ".join(str(error).split())[:300] or "no reason given"
        return Seen(error=f"{type(error).__name__}: {reason}")


def _key(rollout: Rollout) -> _Key:
    if rollout.crops is None and rollout.cropped:
        raise StateError(
            f"the crops of the rollout about {rollout.question[:60]!r} were not made; make them "
            "with made_crops, and give them to rollout_of"
        )
    return (rollout.question, *(crop.digest for crop in rollout.crops or ()))


def _alone(view: View, number: int) -> View:
    """A crop as if it were all there is."""
    return view.model_copy(update={"number": number, "parent": None})


def _block(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
