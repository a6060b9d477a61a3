"""The fields of a model, as they are looked for: each with its question."""

import re
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ergo_agent._common.stems import stems_in
from ergo_agent.errors import SettingsError
from ergo_agent.extraction.kinds import YES_OR_NO, Kind, bare_type, kind_of

__all__ = ["Field", "Form", "Rows", "form_of"]

_MOST_FIELDS = 200
"""Of a form, those of nested models included: each costs a question."""
_DEEPEST = 4
"""Models within models."""
_LONGEST_NAME = 8
"""Words of a description up to which it names the field; a longer one explains it."""


@dataclass(frozen=True)
class Field:
    """One value that is looked for."""

    path: tuple[str, ...]
    """Names from the model down to it."""

    label: str
    """What people would call it."""

    question: str
    kind: Kind
    by_name: str = ""
    """The question by the words of its name, where they may find what its description does not: a
    page has "Goods, net" for `net`, and of "net amount before tax" little. Empty where they say no
    more than the description and anything would do: `number`, for the number of an invoice."""

    @property
    def name(self) -> str:
        """The path as it is written: `supplier.city`."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Rows:
    """A list of models: the rows of a table."""

    path: tuple[str, ...]
    label: str
    columns: tuple[Field, ...]
    """Of one row; their paths begin in it."""

    needed: frozenset[str]
    """Names of the columns that a row cannot do without."""

    @property
    def name(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Form:
    """All that a model asks for."""

    fields: tuple[Field, ...]
    rows: tuple[Rows, ...]


def form_of(model: type[BaseModel]) -> Form:
    """The fields of a model and of the models in it.

    Args:
        model: What is to be filled.

    Raises:
        SettingsError: If it is no model, has no fields or too many, or one that cannot be filled.
    """
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise SettingsError(
            f"the model is a {type(model).__name__}; give a class derived from pydantic.BaseModel, "
            "or a JSON schema of type object"
        )
    fields: list[Field] = []
    rows: list[Rows] = []
    _collect(model, (), (), fields, rows)
    count = len(fields) + sum(len(each.columns) for each in rows)
    if not count:
        raise SettingsError(f"the model {model.__name__} has no fields; give it at least one")
    if count > _MOST_FIELDS:
        raise SettingsError(
            f"the model {model.__name__} has {count} fields, the most is {_MOST_FIELDS}; split it"
        )
    return Form(tuple(fields), tuple(rows))


def _collect(
    model: type[BaseModel],
    path: tuple[str, ...],
    owners: tuple[str, ...],
    fields: list[Field],
    rows: list[Rows],
) -> None:
    if len(path) >= _DEEPEST:
        raise SettingsError(
            f"the model nests more than {_DEEPEST} levels deep at {'.'.join(path)}; flatten it"
        )
    for name, field in model.model_fields.items():
        here, bare = (*path, name), bare_type(field.annotation)
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            _collect(bare, here, (*owners, _label(name, field)), fields, rows)
        elif get_origin(bare) in {list, tuple} or bare in {list, tuple, dict, set}:
            rows.append(_rows(here, name, field, bare))
        else:
            fields.append(_field(here, name, field, owners))


def _field(path: tuple[str, ...], name: str, field: FieldInfo, owners: tuple[str, ...]) -> Field:
    label = _label(name, field)
    kind = kind_of(".".join(path), field)
    question = _question(label, field, owners, kind)
    return Field(path, label, question, kind, _by_name(name, label, question, owners, kind))


def _rows(path: tuple[str, ...], name: str, field: FieldInfo, bare: Any) -> Rows:  # noqa: ANN401
    inside = [each for each in get_args(bare) if each is not Ellipsis]
    row = bare_type(inside[0]) if len(inside) == 1 else None
    if not (isinstance(row, type) and issubclass(row, BaseModel)):
        raise SettingsError(
            f"the field {'.'.join(path)} is a {bare!r}; a list is filled from the rows of a table, "
            "so give list[Row] with a model Row whose fields are its columns"
        )
    for inner, info in row.model_fields.items():
        bare = bare_type(info.annotation)
        if get_origin(bare) is not None and get_origin(bare) in {list, tuple, dict}:
            raise SettingsError(f"the column {inner} of {'.'.join(path)} is a list; flatten it")
    columns = tuple(_field((each,), each, info, ()) for each, info in row.model_fields.items())
    needed = frozenset(each for each, info in row.model_fields.items() if info.is_required())
    return Rows(path, _label(name, field), columns, needed)


def _label(name: str, field: FieldInfo) -> str:
    """What people call a field: its title, a short description, or the words of its name."""
    if field.title and _letters(field.title) != _letters(name):  # pydantic makes one of the name
        return field.title
    said = (field.description or "").strip()
    first = re.split(r"(?<=[.;:])\s|[(\n]", said)[0].strip(" .;:(")
    if first and not first.endswith("?") and len(first.split()) <= _LONGEST_NAME:
        return first
    return _words(name)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _words(name: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ")
    return " ".join(apart.split()).lower() or name


def _question(label: str, field: FieldInfo, owners: tuple[str, ...], kind: Kind) -> str:
    """A field's question: its description where that asks one, else for what it is called."""
    said = (field.description or "").strip()
    if said.endswith("?"):
        return said
    said_label = re.sub(r"^(?:the|an?)\s+", "", label, flags=re.IGNORECASE)
    if said_label[:1].isupper() and said_label[1:2].islower():
        said_label = said_label[0].lower() + said_label[1:]
    return _asked_for(said_label, owners, kind)


def _by_name(name: str, label: str, question: str, owners: tuple[str, ...], kind: Kind) -> str:
    asked = _asked_for(_words(name), owners, kind)
    vague = kind.free and stems_in(_words(name)) <= stems_in(label)
    return "" if vague or asked == question else asked


def _asked_for(label: str, owners: tuple[str, ...], kind: Kind) -> str:
    of = "".join(f" of the {owner.lower()}" for owner in reversed(owners))
    if kind.name == YES_OR_NO:
        return f"{label[:1].upper()}{label[1:]}{of}: yes or no?"
    return f"What is the {label}{of}?"
