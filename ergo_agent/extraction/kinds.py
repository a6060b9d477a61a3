"""What a field takes, and how a text is read as that."""

import enum
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from ergo_agent.errors import SettingsError
from ergo_agent.extraction.amounts import amount_in
from ergo_agent.extraction.dates import date_in, datetime_in, time_in
from ergo_agent.extraction.habits import NO_HABITS, Habits

__all__ = ["TICKED", "YES_OR_NO", "Kind", "bare_type", "kind_of"]

TICKED = "ticked"
"""In a field's `json_schema_extra`: it is true where a box is ticked, so that marks count."""

YES_OR_NO = "yes or no"
"""The name of the kind of a truth value."""

_YES = frozenset({"yes", "y", "true", "ja", "oui", "sí", "si", "sì", "sim", "on"})
_NO = frozenset({"no", "n", "false", "nein", "non", "não", "nee", "off", "none"})
_MARKS = frozenset({"x", "[x]", "(x)", "✓", "✔", "☑", "☒", "✗", "✘"})
_NO_MARKS = frozenset({"[]", "()", "☐", "[ ]"})


@dataclass(frozen=True)
class Kind:
    """What a field takes."""

    name: str
    """In words, for messages: a date, a whole number."""

    convert: Callable[[str, Habits], Any]
    adapter: TypeAdapter[Any]
    """Checks what was converted: constraints, and types of pydantic's own."""

    free: bool = False
    """Whether any text may be one."""

    def read(self, text: str, habits: Habits) -> Any:  # noqa: ANN401  # of the field's own type
        """The value that a text holds.

        Raises:
            ValueError: If it holds none, or one that can be read in two ways; it says why.
        """
        converted = self.convert(" ".join(text.split()), habits)
        try:
            return self.adapter.validate_python(converted)
        except ValidationError as error:
            said = str(error.errors(include_url=False)[0]["msg"])
            raise ValueError(said[:1].lower() + said[1:]) from None

    def fits(self, text: str) -> bool:
        """Whether a text is one, by any habit of writing."""
        for habits in (NO_HABITS, Habits(".", day_first=True), Habits(",", day_first=False)):
            try:
                self.read(text, habits)
            except ValueError:
                continue
            return True
        return False


def bare_type(annotation: Any) -> Any:  # noqa: ANN401  # whatever an annotation is
    """An annotation without Optional and Annotated."""
    if get_origin(annotation) is Annotated:
        return bare_type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        others = [each for each in get_args(annotation) if each is not type(None)]
        if len(others) == 1:
            return bare_type(others[0])
    return annotation


def kind_of(name: str, field: FieldInfo) -> Kind:
    """What a field takes.

    Args:
        name: Of the field, for messages.
        field: As pydantic has it.

    Raises:
        SettingsError: If nothing is known of reading such a type.
    """
    bare = bare_type(field.annotation)
    ticked = isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get(TICKED))
    adapter = _adapter(name, field)
    for base, words, convert in _READERS:
        if bare is base:
            return Kind(words, convert, adapter)
    if bare is bool:
        return Kind(YES_OR_NO, lambda text, _: _truth(text, ticked=ticked), adapter)
    if get_origin(bare) is Literal:
        return _choice({str(each): each for each in get_args(bare)}, adapter)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        named = {each.name.replace("_", " "): each for each in bare}
        return _choice({**named, **{str(each.value): each for each in bare}}, adapter)
    if bare is str or isinstance(bare, type):
        return Kind("a text", lambda text, _: _text(text), adapter, free=bare is str)
    raise SettingsError(
        f"the field {name} is a {bare!r}, which no single text can fill; make it a str, int, "
        "float, Decimal, bool, date, datetime, time, Literal, Enum, a model, or a list of models"
    )


def _adapter(name: str, field: FieldInfo) -> TypeAdapter[Any]:
    bare: Any = field.annotation
    for each in field.metadata:
        bare = Annotated[bare, each]
    try:
        return TypeAdapter(bare)
    except Exception as error:
        raise SettingsError(
            f"the field {name} has a type that pydantic refuses: {error}"
        ) from error


def _text(text: str) -> str:
    if not text:
        raise ValueError("it is empty")
    return text


def _truth(text: str, *, ticked: bool) -> bool:
    """Yes or no in words; a mark counts only where the field says that it is ticked."""
    said = text.casefold().strip(" .:;,")
    if said in _YES or (ticked and said in _MARKS):
        return True
    if said in _NO or (ticked and said in _NO_MARKS):
        return False
    if said in _MARKS | _NO_MARKS:
        raise ValueError(
            f'it is a mark, which counts only where json_schema_extra has {{"{TICKED}": True}}'
        )
    raise ValueError("it says neither yes nor no")


def _choice(choices: dict[str, Any], adapter: TypeAdapter[Any]) -> Kind:
    """One of several: the text is one of them, or holds just one of them as whole words."""

    def convert(text: str, _: Habits) -> Any:  # noqa: ANN401
        plain = {_plain(name): value for name, value in choices.items()}
        said = _plain(text)
        if said in plain:
            return plain[said]
        held = [name for name in plain if name and f" {name} " in f" {said} "]
        longest = [
            name for name in held if not any(name != other and name in other for other in held)
        ]
        if len({id(plain[name]) for name in longest}) != 1:
            raise ValueError(f"it is none of {', '.join(choices)}")
        return plain[longest[0]]

    return Kind(f"one of {', '.join(choices)}", convert, adapter)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _whole(text: str, habits: Habits) -> int:
    value = amount_in(text, habits, whole=True)
    if value != value.to_integral_value():
        raise ValueError("it has decimals")
    return int(value)


def _amount(text: str, habits: Habits) -> Decimal:
    return amount_in(text, habits)


def _float(text: str, habits: Habits) -> float:
    return float(amount_in(text, habits))


def _time(text: str, _: Habits) -> time:
    return time_in(text)


_READERS: tuple[tuple[type, str, Callable[[str, Habits], Any]], ...] = (
    (int, "a whole number", _whole),
    (float, "a number", _float),
    (Decimal, "an amount", _amount),
    (datetime, "a date with its time", datetime_in),
    (date, "a date", date_in),
    (time, "a time of day", _time),
)
