"""One rollout while it runs: an episode whose replies a trainer samples."""

from typing import Any

from langchain_core.messages import AIMessage, HumanMessage

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import StateError
from ergo_agent.images import EncodedView, known_view
from ergo_agent.policies.images import image_bytes
from ergo_agent.policies.local.messages import conversation_of
from ergo_agent.training.rollout import Rollout, rollout_of
from ergo_agent.training.trainer.relay import Question, RelayedEpisode
from ergo_agent.training.trainer.tasks import Task

__all__ = ["LiveRollout", "Parts"]

Parts = list[dict[str, Any]]
"""The content of a user turn as TRL and chat templates take it: `{"type": "image", "image": ...}`,
the very pixels that a local policy is shown, and `{"type": "text", "text": ...}`."""


class LiveRollout:
    """An episode that ends at the first reply that cannot be used.

    At inference the policy is asked a second time; here what it would say then would be paid for
    with tokens and taught with the reward of a reply that came before.
    """

    def __init__(self, dialect: Dialect, *, settings: VisionSettings) -> None:
        """Wire the episode; see `RelayedEpisode`."""
        self._dialect = dialect
        self._episode = RelayedEpisode(dialect, settings=settings)
        self._shown: list[EncodedView] = []
        self.task: Task | None = None
        self.over = True
        """Whether no further reply is asked for."""

        self.cut = False
        """Whether it ended because a reply did not come to its own end."""

        self.failure: Exception | None = None
        """What went wrong on our side; the trainer raises it."""

    @property
    def shown(self) -> tuple[EncodedView, ...]:
        """The views that the policy was shown, in order, encoded as they were sent."""
        return tuple(self._shown)

    @property
    def crops_shown(self) -> int:
        """How many crops the policy was shown."""
        return max(0, len(self._shown) - 1)

    def begin(self, task: Task) -> Parts:
        """Begin a rollout; what the policy is shown and asked first.

        Raises:
            ErgoError: If the image cannot be used, or no view fits the budget.
        """
        self.task, self._shown = task, []
        self.over, self.cut, self.failure = False, False, None
        question = self._episode.begin(task.image, task.question, page=task.page)
        assert question is not None  # an episode asks at least once
        return self._parts(question)

    def say(self, text: str) -> Parts | None:
        """Take a whole reply; the next turn, None where the rollout is over."""
        if self.over:
            raise StateError("the rollout is over; begin another one")
        return self._then(self._episode.say(AIMessage(text)))

    def cut_off(self) -> None:
        """Take note that a reply had not ended when its tokens were used up: it cannot be used."""
        self.cut = True
        unfinished = AIMessage("", response_metadata={"finish_reason": "length"})
        self._give_up(self._episode.say(unfinished))

    def rollout(self) -> Rollout:
        """What came of it.

        Raises:
            StateError: If it is not over.
        """
        record = self._episode.record
        if not self.over or record is None or self.task is None:
            raise StateError("the rollout has not ended; bring the reply to its last question")
        rollout = rollout_of(
            record, self.task.answers, dialect=self._dialect, crops=self._shown[1:]
        )
        return rollout.model_copy(update={"needed": self.task.needed})

    def _then(self, question: Question | None) -> Parts | None:
        if question is None:
            self.over = True
            return None
        parts = self._parts(question)
        # without a new view it is either the last question, or the second one after a reply that
        # could not be used
        if question.stage != "last" and not any(part["type"] == "image" for part in parts):
            self._give_up(question)
            return None
        return parts

    def _give_up(self, question: Question | None) -> None:
        """Let the episode run to its end without a further word of the policy."""
        while question is not None:
            question = self._episode.say(AIMessage(""))
        self.over = True

    def _parts(self, question: Question) -> Parts:
        """The new turn, and its views kept as they were sent."""
        message = question.messages[-1]
        assert isinstance(message, HumanMessage)
        conversation = conversation_of([message])
        for block in message.content:
            data = image_bytes(block, to="a trainer") if isinstance(block, dict) else None
            if data is not None:
                self._shown.append(known_view(data))
        images = iter(conversation.images)
        content = conversation.turns[0]["content"]
        return [
            {**part, "image": next(images)} if part["type"] == "image" else part for part in content
        ]
