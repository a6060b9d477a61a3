"""The model: an episode for each request, so many at once."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from ergo_agent._common.sync import run_sync
from ergo_agent.answer import VisionAnswer
from ergo_agent.ask import aask
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import ErgoError, MissingExtraError, QuestionError, SettingsError
from ergo_agent.evaluation.modes import CONTROLS, FULL_BUDGET, MODES, OUTER, Mode, mode_settings
from ergo_agent.policies.choice import PolicyChoice, choose_policy

try:
    from lmms_eval.api.instance import GenerationResult, Instance, TokenCounts
    from lmms_eval.api.model import lmms
except ImportError as error:
    raise MissingExtraError("a model of lmms-eval", extra="lmms") from error

__all__ = ["ErgoAgent"]

_logger = logging.getLogger(__name__)
_ALONE = tuple(mode for mode in MODES if mode not in CONTROLS | OUTER)
_NOT_FOUND = "Not answerable"
"""What MMLongBench-Doc calls it; other tasks have no word for it and score it as wrong."""


class ErgoAgent(lmms):  # type: ignore[misc]  # untyped where the extra is missing
    """A policy of this package, asked coarse to fine.

    How long a reply may be and where it stops is a matter of the policy's dialect: what a task says
    of generation (`until`, `max_new_tokens`, `temperature`) has no meaning for an episode.
    """

    is_simple = True

    def __init__(  # noqa: PLR0913  # keyword-only
        self,
        *,
        policy: PolicyChoice = "auto",
        dialect: str | None = None,
        mode: Mode = "auto",
        full_budget: int = FULL_BUDGET,
        concurrency: int = 8,
        batch_size: object = None,
        max_batch_size: object = None,
        device: object = None,
        **settings: Any,
    ) -> None:
        """Say whom to ask, and within what, as `--model_args` does.

        Args:
            policy: Whom, as `ask` takes it.
            dialect: How it is asked; as for `ask`.
            mode: `full`, `coarse`, `ergo` or `auto`, as for `ergo-agent eval`.
            full_budget: Vision tokens of the one view of `full`.
            concurrency: Episodes at once.
            batch_size: lmms-eval's; it has no meaning here.
            max_batch_size: Likewise.
            device: Likewise: where a model runs is the policy's own matter.
            **settings: Of an episode, as `ask` takes them.

        Raises:
            SettingsError: If one is unknown or out of range.
            BudgetError: If a budget holds no view.
            MissingExtraError: If what the policy needs is not installed.
        """
        super().__init__()
        del batch_size, max_batch_size, device
        if mode not in _ALONE:
            raise SettingsError(
                f"mode={mode!r} cannot be asked here; give one of {', '.join(_ALONE)}, or use "
                "`ergo-agent eval`"
            )
        if not isinstance(concurrency, int) or concurrency < 1:
            raise SettingsError(f"concurrency={concurrency!r} asks nothing; give 1 or more")
        bound = mode_settings(mode, VisionSettings(**settings), full_budget=full_budget)
        self._settings = {name: getattr(bound, name) for name in bound.model_fields_set}
        self._policy = choose_policy(policy, dialect=dialect)
        self._at_once = concurrency
        self.failures: list[str] = []
        """Why requests failed, in the order in which they did; each was answered with nothing."""

    def generate_until(self, requests: Sequence[Instance]) -> list[GenerationResult]:
        """An answer for each request, in their order; empty for one that failed, which is logged.

        Args:
            requests: Of a question, and what gives its images.
        """
        answers = run_sync(self._answers(requests))
        if self.failures:
            _logger.warning(
                "%d of the requests so far failed and were answered with nothing, which is wrong; "
                "the last: %s",
                len(self.failures),
                self.failures[-1],
            )
        return answers

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """An episode has none.

        Raises:
            SettingsError: Always.
        """
        raise _refused(requests, "an episode gives no likelihoods")

    def generate_until_multi_round(self, requests: Sequence[Instance]) -> list[str]:
        """An episode is about one question.

        Raises:
            SettingsError: Always.
        """
        raise _refused(requests, "an episode is about one question")

    async def _answers(self, requests: Sequence[Instance]) -> list[GenerationResult]:
        free, reading = asyncio.Semaphore(self._at_once), asyncio.Lock()

        async def answer(request: Instance) -> GenerationResult:
            async with free:
                try:
                    return _told(await self._asked(request, reading))
                except ErgoError as error:
                    self.failures.append(f"{type(error).__name__}: {error}")
                    return GenerationResult(text="")

        return await asyncio.gather(*map(answer, requests))

    async def _asked(self, request: Instance, reading: asyncio.Lock) -> VisionAnswer:
        question, _, visuals, at, task, split = request.args
        async with reading:  # rows of a data set are decoded as they are read
            images = await asyncio.to_thread(_images, visuals, self.task_dict[task][split], at)
        return await aask(
            images[0] if len(images) == 1 else images,
            question,
            policy=self._policy,
            **self._settings,
        )


def _images(visuals: Callable[[Any], Sequence[Any] | None], rows: Any, at: int) -> list[Any]:  # noqa: ANN401
    """The images of a row: pictures, or their paths."""
    images = [each for each in visuals(rows[at]) or () if each is not None]
    if not images:
        raise QuestionError("the request has no image, and an episode looks at one; leave it out")
    return images


def _told(answer: VisionAnswer) -> GenerationResult:
    ledger = answer.ledger
    counts = TokenCounts(
        input_tokens=ledger.prompt_tokens or None, output_tokens=ledger.completion_tokens or None
    )
    return GenerationResult(_NOT_FOUND if answer.answer is None else answer.answer, counts)


def _refused(requests: Sequence[Instance], why: str) -> SettingsError:
    tasks = ", ".join(sorted({str(request.task_name) for request in requests}))
    return SettingsError(f"{tasks} cannot be run: {why}; choose tasks of the type generate_until")
