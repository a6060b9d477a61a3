"""Values put into the model that they were read for."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ergo_agent.extraction.kinds import bare_type

__all__ = ["Assembled", "assembled"]

M = TypeVar("M", bound=BaseModel)


class Assembled(NamedTuple):
    """A model, or why there is none."""

    value: Any
    note: str = ""


def assembled(
    model: type[M], values: Mapping[tuple[str, ...], Any], lists: Mapping[tuple[str, ...], Any]
) -> Assembled:
    """The model, filled; without one where it refuses what there is.

    What has no value is left out, so that the model's own defaults hold.

    Args:
        model: What is to be filled.
        values: By path; None for none.
        lists: Rows, each a mapping of its columns, by path.
    """
    given = _given(model, (), values, lists)
    try:
        return Assembled(model.model_validate(given or {}))
    except ValidationError as error:
        problems = error.errors(include_url=False)
        refused = [each for each in problems if each["type"] != "missing"]
        if not refused:
            return Assembled(None)
        where = ".".join(map(str, refused[0]["loc"])) or model.__name__
        return Assembled(None, f"the model refuses {where}: {refused[0]['msg']}")


def _given(
    model: type[BaseModel],
    path: tuple[str, ...],
    values: Mapping[tuple[str, ...], Any],
    lists: Mapping[tuple[str, ...], Any],
) -> dict[str, Any] | None:
    """What a model is made of; None where nothing of it was located."""
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        here, bare = (*path, name), bare_type(field.annotation)
        found: Any = values.get(here)
        if here in lists:
            row = _row_model(bare)
            found = [_named(row, each) for each in lists[here]] if lists[here] else None
        elif isinstance(bare, type) and issubclass(bare, BaseModel):
            found = _given(bare, here, values, lists)
        if found is not None:
            given[_key(name, field)] = found
    return given or None


def _row_model(bare: Any) -> type[BaseModel]:  # noqa: ANN401
    row: type[BaseModel] = bare_type(next(each for each in bare.__args__ if each is not Ellipsis))
    return row


def _named(row: type[BaseModel], cells: Mapping[str, Any]) -> dict[str, Any]:
    fields = row.model_fields
    return {_key(name, fields[name]): each for name, each in cells.items() if each is not None}


def _key(name: str, field: Any) -> str:  # noqa: ANN401
    """What a field is called in what a model is made from."""
    alias = field.validation_alias or field.alias
    return alias if isinstance(alias, str) else name
