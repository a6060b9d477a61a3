"""Single fields asked of the embedded reader: each a question whose answer has to be its kind."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

from ergo_agent._common.stems import stems_in
from ergo_agent.answer import VisionAnswer
from ergo_agent.extraction.form import Field
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.result import FieldAnswer
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr
from ergo_agent.policies.ocr.finder.finder import Accepts
from ergo_agent.views.geometry import Region

__all__ = ["Ask", "Asking", "FieldReader", "field_answer"]

Ask = Callable[[str], Awaitable[VisionAnswer]]
"""Asks one question about the document."""

Asking = Callable[[Policy], AbstractAsyncContextManager[Ask]]
"""Opens the document for questions to a policy; closes it at the end of the block."""

_SAME = 0.8
"""Intersection over union from which two fields claim the same place: the same words, read in two
crops, differ by a pixel or two at their edges."""
_ROUNDS = 2
"""Times that fields which lost their place look for another one."""


class FieldReader:
    """Asks for fields one by one, and lets no two of them have the same place."""

    def __init__(self, policy: Policy, habits: Habits) -> None:
        """Say who is asked.

        Args:
            policy: The embedded reader's.
            habits: How the document writes.
        """
        assert isinstance(policy.model, ChatOcr)
        model = policy.model
        # its own, as it is told before each question what may be the answer
        self._model = ChatOcr(
            model_name=model.model_name, reader=model.reader, threshold=model.threshold
        )
        self._policy = Policy(self._model, policy.dialect, policy.form)
        self._habits = habits
        self.vision_tokens = 0
        """What all questions cost together."""

    async def answers(self, fields: Sequence[Field], asking: Asking) -> list[FieldAnswer]:
        """What was found for each field, in their order; one is asked for after the other.

        Args:
            fields: What is looked for.
            asking: Opens the document, once for all of them.

        Raises:
            ErgoError: As a question raises it.
        """
        if not fields:
            return []
        async with asking(self._policy) as ask:
            return await self._answers(fields, ask)

    async def _answers(self, fields: Sequence[Field], ask: Ask) -> list[FieldAnswer]:
        labels = [stems_in(field.label) for field in fields]
        refused: dict[Field, set[str]] = {field: set() for field in fields}

        def accepts(field: Field) -> Accepts:
            def may_be(text: str) -> bool | None:
                if (field.kind.free and _is_label(text, labels)) or not field.kind.fits(text):
                    return False
                return None if _plain(text) in refused[field] else True

            return may_be

        found = {field: await self._first(ask, field, accepts(field)) for field in fields}
        for _ in range(_ROUNDS):
            losers = _losers(found)
            for field in losers:
                refused[field].add(_plain(found[field].read))
                found[field] = await self._asked(ask, field, accepts(field))
            if not losers:
                break
        for field in _losers(found):
            found[field] = FieldAnswer(name=field.name, question=field.question)
        for field, answer in found.items():
            if answer.read is None and not field.kind.free:
                found[field] = await self._told(ask, field)
        return list(found.values())

    async def _first(self, ask: Ask, field: Field, accepts: Accepts) -> FieldAnswer:
        """By its own question, and where that finds nothing by the words of its name."""
        answer = await self._asked(ask, field, accepts)
        if answer.read is None and field.by_name:
            return await self._asked(ask, field, accepts, question=field.by_name)
        return answer

    async def _asked(
        self, ask: Ask, field: Field, accepts: Accepts | None, *, question: str = ""
    ) -> FieldAnswer:
        self._model.accepts = accepts
        answer = await ask(question or field.question)
        self.vision_tokens += answer.ledger.spent
        return field_answer(field, answer, self._habits)

    async def _told(self, ask: Ask, field: Field) -> FieldAnswer:
        """What stands where the field should, though it is none; it has no value."""
        answer = await self._asked(ask, field, None)
        return answer if answer.problem else FieldAnswer(name=field.name, question=field.question)


def field_answer(field: Field, answer: VisionAnswer, habits: Habits) -> FieldAnswer:
    """What an answer says of a field: its value, or why it is none.

    Args:
        field: What was asked for.
        answer: To its question.
        habits: How the document writes.
    """
    if answer.answer is None or not answer.evidence:
        return FieldAnswer(name=field.name, question=field.question)
    first = answer.evidence[0]
    regions = [each.region for each in answer.evidence if each.page == first.page]
    found = FieldAnswer(
        name=field.name,
        question=field.question,
        read=answer.answer,
        quote=first.text,
        page=first.page,
        region=Region.bounding(regions),
        confidence=answer.confidence,
    )
    try:
        value = field.kind.read(answer.answer, habits)
    except ValueError as error:
        said = f'"{answer.answer}" is not {field.kind.name}: {error}'
        return found.model_copy(update={"problem": said})
    return found.model_copy(update={"value": value})


def _losers(found: dict[Field, FieldAnswer]) -> list[Field]:
    """Fields whose place another one claims more surely."""
    located = [field for field, answer in found.items() if answer.region is not None]
    located.sort(key=lambda field: -(found[field].confidence or 0.0))
    kept: list[Field] = []
    losers: list[Field] = []
    for field in located:
        taken = any(_same_place(found[field], found[other]) for other in kept)
        (losers if taken else kept).append(field)
    return losers


def _same_place(one: FieldAnswer, other: FieldAnswer) -> bool:
    if one.region is None or other.region is None or one.page != other.page:
        return False
    return one.region.iou(other.region) >= _SAME


def _is_label(text: str, labels: Sequence[frozenset[str]]) -> bool:
    """Whether a text is only what some field is called: no value is."""
    stems = stems_in(text)
    return bool(stems) and any(stems <= label for label in labels)


def _plain(text: str | None) -> str:
    return "".join((text or "").casefold().split())
