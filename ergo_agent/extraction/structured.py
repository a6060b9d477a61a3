"""What a vision-language policy is asked for a whole form, and how its reply is read.

Its boxes are hints: of several places of a value the one next to the box is taken. A value that
stands nowhere on the pages it was shown is not believed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from ergo_agent._common.secrets import scrub, secrets_of
from ergo_agent.dialects.messages import reply_text
from ergo_agent.errors import ErgoError, PolicyError
from ergo_agent.extraction.form import Field, Form, Rows
from ergo_agent.policies.base import Policy

__all__ = ["Claim", "ask_for_form", "claim_of", "rows_claimed"]

_ASKED = (
    "These are pages of one document, in order: {pages}. Fill in the fields below from what is "
    "printed there. For each give `text`, exactly as it is printed, the number of its `page`, and "
    "its `box` as [left, top, right, bottom] in thousandths of the page's width and height. Give "
    "null for what is not printed; never work anything out. Reply with JSON only.\n\n{fields}"
)
_BLOCK = re.compile(r"\{.*\}", re.DOTALL)
_MOST = 200_000
"""Characters of a reply that are looked at."""


class Claim(NamedTuple):
    """What the policy says of one field; nothing of it is believed before it was found."""

    text: str
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    """In thousandths of the page's width and height."""


async def ask_for_form(
    policy: Policy,
    form: Form,
    pages: Sequence[tuple[int, str]],
    config: RunnableConfig | None = None,
) -> Mapping[str, Any]:
    """The policy's reply as plain data: by structured output where its model has it, else by JSON.

    Args:
        policy: Whom to ask.
        form: What is asked for.
        pages: The number of each page, and its view as a `data:` URL.
        config: Of the run.

    Raises:
        PolicyError: If its model fails; a reply that is no JSON is an empty one.
    """
    named = ", ".join(f"image {at} is page {page}" for at, (page, _) in enumerate(pages, start=1))
    text = _ASKED.format(pages=named, fields=_fields_in_words(form))
    blocks: list[str | dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": url, "detail": "high"}} for _, url in pages
    ]
    message = HumanMessage([*blocks, {"type": "text", "text": text}])
    model = policy.model
    own = type(model).with_structured_output
    try:
        if own is not BaseChatModel.with_structured_output:
            structured = model.with_structured_output(_schema(form), include_raw=True)
            reply: Any = await structured.ainvoke([message], config)
            parsed = reply.get("parsed")
            return parsed if isinstance(parsed, Mapping) else _json_in(reply_text(reply["raw"]))
        return _json_in(reply_text(await model.ainvoke([message], config)))
    except ErgoError:
        raise
    except Exception as error:
        scrub(error, secrets_of(model))
        raise PolicyError(
            f"the policy {policy.name} failed over a form ({type(error).__name__}); "
            "check the model and its server"
        ) from error


def claim_of(said: Any) -> Claim | None:  # noqa: ANN401  # whatever a model writes
    """What a reply says of one field; None where it says nothing."""
    if isinstance(said, str | int | float) and not isinstance(said, bool):
        return Claim(str(said)) if str(said).strip() else None
    if isinstance(said, bool):
        return Claim("yes" if said else "no")
    if not isinstance(said, Mapping) or said.get("text") is None or not str(said["text"]).strip():
        return None
    page, box = said.get("page"), said.get("box")
    if isinstance(box, list | tuple) and len(box) == 4:
        edges = [min(max(float(e), -1e6), 1e6) for e in box if isinstance(e, int | float)]
        if len(edges) == 4:
            return Claim(str(said["text"]), _page(page), (edges[0], edges[1], edges[2], edges[3]))
    return Claim(str(said["text"]), _page(page))


def rows_claimed(said: Any, rows: Rows) -> list[dict[str, Claim]]:  # noqa: ANN401
    """What a reply says of the rows of a table."""
    if not isinstance(said, list | tuple):
        return []
    found = []
    for each in said:
        if isinstance(each, Mapping):
            cells = {c.name: claim_of(each.get(c.name)) for c in rows.columns}
            found.append({name: claim for name, claim in cells.items() if claim is not None})
    return [row for row in found if row]


def _page(said: Any) -> int | None:  # noqa: ANN401
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def _json_in(text: str) -> Mapping[str, Any]:
    """The JSON object in a reply; an empty one where there is none."""
    found = _BLOCK.search(text[:_MOST])
    try:
        said = json.loads(found.group()) if found else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, Mapping) else {}


def _fields_in_words(form: Form) -> str:
    lines = [f'"{field.name}": {_in_words(field)}' for field in form.fields]
    for rows in form.rows:
        columns = ", ".join(f'"{each.name}": {_in_words(each)}' for each in rows.columns)
        lines.append(f'"{rows.name}": {rows.label}: a list of rows {{{columns}}}')
    return "\n".join(lines)


def _in_words(field: Field) -> str:
    return f"{field.question} ({field.kind.name})"


def _schema(form: Form) -> dict[str, Any]:
    """The JSON schema of a reply."""
    properties: dict[str, Any] = {field.name: _claimed(field) for field in form.fields}
    for rows in form.rows:
        cells = {each.name: _claimed(each) for each in rows.columns}
        properties[rows.name] = {"type": "array", "items": _object(cells)}
    return {"title": "Fields", "description": "What is printed.", **_object(properties)}


def _claimed(field: Field) -> dict[str, Any]:
    box = {"type": "array", "items": {"type": "number"}}
    claim = _object({"text": {"type": "string"}, "page": {"type": "integer"}, "box": box})
    return {"description": field.question, "anyOf": [claim, {"type": "null"}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
