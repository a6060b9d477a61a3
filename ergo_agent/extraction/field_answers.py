"""Single fields asked of the embedded reader: each a question whose answer has to be its kind."""

from collections.abc import Awaitable, Callable, Sequence

from ergo_agent.answer import VisionAnswer
from ergo_agent.extraction.form import Field
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.result import FieldAnswer
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr
from ergo_agent.policies.ocr.finder.finder import Accepts
from ergo_agent.policies.ocr.finder.terms import stems_in
from ergo_agent.views.geometry import Region

__all__ = ["Ask", "FieldReader", "field_answer"]

Ask = Callable[[str, Policy], Awaitable[VisionAnswer]]
"""Asks one question of one policy."""

_SAME = 0.8
"""Intersection over union from which two fields claim the same place: the same words, read in two
crops, differ by a pixel or two at their edges."""
_ROUNDS = 2
"""Times that fields which lost their place look for another one."""


class FieldReader:
    """Asks for fields one by one, and lets no two of them have the same place."""

    def __init__(self, ask: Ask, policy: Policy, habits: Habits) -> None:
        """Say who is asked.

        Args:
            ask: Asks a question about the document.
            policy: The embedded reader's.
            habits: How the document writes.
        """
        assert isinstance(policy.model, ChatOcr)
        self._ask = ask
        self._policy = policy
        self._habits = habits
        self.vision_tokens = 0
        """What all questions cost together."""

    async def answers(self, fields: Sequence[Field]) -> list[FieldAnswer]:
        """What was found for each field, in their order.

        Raises:
            ErgoError: As a question raises it.
        """
        labels = [stems_in(field.label) for field in fields]
        refused: dict[Field, set[str]] = {field: set() for field in fields}

        def accepts(field: Field) -> Accepts:
            return lambda text: (
                _plain(text) not in refused[field]
                and not (field.kind.free and _is_label(text, labels))
                and field.kind.fits(text)
            )

        found = {field: await self._asked(field, accepts(field)) for field in fields}
        for _ in range(_ROUNDS):
            losers = _losers(found)
            for field in losers:
                refused[field].add(_plain(found[field].read))
                found[field] = await self._asked(field, accepts(field))
            if not losers:
                break
        for field in _losers(found):
            found[field] = FieldAnswer(name=field.name, question=field.question)
        for field, answer in found.items():
            if answer.read is None and not field.kind.free:
                found[field] = await self._told(field)
        return list(found.values())

    async def _asked(self, field: Field, accepts: Accepts | None) -> FieldAnswer:
        model = self._policy.model
        assert isinstance(model, ChatOcr)
        narrowed = ChatOcr(
            model_name=model.model_name,
            reader=model.reader,
            threshold=model.threshold,
            accepts=accepts,
        )
        policy = Policy(narrowed, self._policy.dialect, self._policy.form)
        answer = await self._ask(field.question, policy)
        self.vision_tokens += answer.ledger.spent
        return field_answer(field, answer, self._habits)

    async def _told(self, field: Field) -> FieldAnswer:
        """What stands where the field should, though it is none; it has no value."""
        answer = await self._asked(field, None)
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
