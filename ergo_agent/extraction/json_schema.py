"""A model made from a JSON schema: objects, lists of objects, and values with their formats.

Absent on purpose: `oneOf`, `allOf`, conditions, patterns of properties. What is not read is refused
by its name, so that nobody believes it is checked.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError

__all__ = ["model_from_schema"]

_FORMATS: dict[str, Any] = {"date": date, "date-time": datetime, "time": time, "decimal": Decimal}
_SIMPLE: dict[str, Any] = {"string": str, "integer": int, "number": Decimal, "boolean": bool}
_LIMITS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "multipleOf": "multiple_of",
}
_REFUSED = (
    "oneOf",
    "allOf",
    "not",
    "if",
    "patternProperties",
    "prefixItems",
    "dependentSchemas",
    "dependentRequired",
    "unevaluatedProperties",
)
_DEEPEST = 20
_MOST_FIELDS = 400
"""Of all models together: references may be written so that each level doubles what is below."""


def model_from_schema(schema: Mapping[str, Any]) -> type[BaseModel]:
    """A model with the fields of a JSON schema.

    Args:
        schema: Of type object, with `properties`; `$ref` within it is followed.

    Raises:
        SettingsError: If it is no such schema, or holds what is not read.
    """
    if not isinstance(schema, Mapping):
        raise SettingsError(
            f"the schema is {quoted(schema)}; give a JSON schema of type object with properties"
        )
    return _Schema(schema).model(schema, str(schema.get("title") or "Extracted"), "the schema", 0)


class _Schema:
    def __init__(self, whole: Mapping[str, Any]) -> None:
        self._whole = whole
        self._fields = 0

    def model(self, part: Mapping[str, Any], name: str, where: str, depth: int) -> type[BaseModel]:
        """A model of one object.

        Raises:
            SettingsError: As `model_from_schema`.
        """
        properties = part.get("properties")
        if part.get("type", "object") != "object" or not isinstance(properties, Mapping):
            raise SettingsError(
                f"{where} is no object with properties; give "
                '{"type": "object", "properties": {...}}'
            )
        needed = part.get("required", [])
        if not isinstance(needed, list | tuple):
            raise SettingsError(f"`required` of {where} is {quoted(needed)}; give a list of names")
        fields: dict[str, Any] = {}
        for each, inner in properties.items():
            if not isinstance(each, str) or not each.isidentifier() or each.startswith("_"):
                raise SettingsError(
                    f"{quoted(each)} in {where} cannot be the name of a field; give a name of "
                    "letters, digits and _ that begins with a letter"
                )
            fields[each] = self._field(inner, each, f"{where}, {each}", each in needed, depth)
        return self._created(name, fields, where)

    def _created(self, name: str, fields: dict[str, Any], where: str) -> type[BaseModel]:
        try:
            made: type[BaseModel] = create_model("".join(name.split()) or "Extracted", **fields)
        except Exception as error:
            raise SettingsError(f"{where} makes no model: {error}") from error
        return made

    def _field(self, part: Any, name: str, where: str, needed: bool, depth: int) -> Any:  # noqa: ANN401, FBT001
        own, part = part, self._followed(part, where)
        self._fields += 1
        if self._fields > _MOST_FIELDS:
            raise SettingsError(f"the schema has more than {_MOST_FIELDS} fields; split it")
        if depth > _DEEPEST:
            raise SettingsError(f"{where} lies too deep, or refers to itself; flatten it")
        kind, optional = self._type(part, name, where, depth)
        given: dict[str, Any] = {
            ours: part[theirs] for theirs, ours in _LIMITS.items() if theirs in part
        }
        given |= {each: own[each] for each in ("title", "description") if own.get(each)}
        if part.get("ticked"):
            given["json_schema_extra"] = {"ticked": True}
        if needed and not optional:
            return kind, Field(**given)
        return kind | None, Field(default=part.get("default"), **given)

    def _type(self, part: Mapping[str, Any], name: str, where: str, depth: int) -> tuple[Any, bool]:
        """The type of a field, and whether it may be null."""
        refused = [each for each in _REFUSED if each in part]
        if refused:
            raise SettingsError(
                f"{where} uses {refused[0]}, which is not read; give one type, or an enum"
            )
        if "anyOf" in part:
            others = [self._followed(each, where) for each in part["anyOf"]]
            real = [each for each in others if each.get("type") != "null"]
            return self._type(_widest(real, where), name, where, depth)[0], len(real) < len(others)
        if "enum" in part or "const" in part:
            values = tuple(part.get("enum") or [part.get("const")])
            named = tuple(each for each in values if each is not None)
            if not named or not all(isinstance(each, str | int) for each in named):
                raise SettingsError(f"the enum of {where} holds {quoted(values)}; give texts")
            return Literal[named], len(named) < len(values)
        kinds = part.get("type")
        listed = kinds if isinstance(kinds, list) else [kinds]
        one = [each for each in listed if each != "null"]
        if len(one) != 1:
            raise SettingsError(f"{where} is of type {quoted(kinds)}; give one type")
        return self._plain(str(one[0]), part, name, where, depth), len(one) < len(listed)

    def _plain(self, kind: str, part: Mapping[str, Any], name: str, where: str, depth: int) -> Any:  # noqa: ANN401
        if kind == "object":
            return self.model(part, name.title().replace("_", ""), where, depth + 1)
        if kind == "array":
            inner = self._followed(part.get("items"), where)
            return list[self.model(inner, f"{name.title()}Row", f"{where}, items", depth + 1)]  # type: ignore[misc]  # made at run time
        if kind not in _SIMPLE:
            raise SettingsError(
                f"{where} is of type {quoted(kind)}; give string, integer, number, boolean, object "
                "or array"
            )
        form = part.get("format")
        return _FORMATS.get(str(form), _SIMPLE[kind]) if kind == "string" else _SIMPLE[kind]

    def _followed(self, part: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401
        """A part, or what it refers to."""
        for _ in range(_DEEPEST):
            if not isinstance(part, Mapping):
                raise SettingsError(f"{where} is {quoted(part)}; give a schema with a type")
            reference = part.get("$ref")
            if reference is None:
                return part
            part = self._referred(str(reference), where)
        raise SettingsError(f"{where} refers to itself; flatten it")

    def _referred(self, reference: str, where: str) -> Any:  # noqa: ANN401
        found: Any = self._whole
        if not reference.startswith("#/"):
            raise SettingsError(
                f"{where} refers to {quoted(reference)}; only #/$defs/... of it is read"
            )
        for step in reference.removeprefix("#/").split("/"):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _widest(parts: list[Mapping[str, Any]], where: str) -> Mapping[str, Any]:
    """The one type of several: a number that may be written as a text, as Decimal is."""
    if len(parts) == 1:
        return parts[0]
    numbers = [each for each in parts if each.get("type") in {"number", "integer"}]
    if len(numbers) == 1 and all(
        each.get("type") in {"number", "integer", "string"} for each in parts
    ):
        return numbers[0]
    raise SettingsError(f"{where} may be of several types; give one, or one and null")
