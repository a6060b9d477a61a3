"""The tool that fills a form, by itself and as an agent's model calls it."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from ergo_agent import ExtractTool, SettingsError
from tests.support.paged import digital, save
from tests.support.scripted import scripted

SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "description": "bill number"},
        "sum": {"type": "number"},
        "due": {"type": "string", "format": "date"},
    },
}
REPLY = json.dumps({"number": {"text": "4711"}, "sum": {"text": "1.051,00"}, "due": None})


class Bill(BaseModel):
    number: str
    sum: float


@pytest.fixture
def bill(tmp_path: Path):
    lines = ["Bill 4711 of Marlow & Co", "Sum   1.051,00 EUR", "Date   24/12/2025"]
    return save(bytes(digital([lines]).output()), tmp_path / "bill.pdf")


def call(tool: ExtractTool, **arguments: object):
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})


def test_the_model_writes_the_schema(bill: Path):
    tool = ExtractTool(policy=scripted(REPLY), allowed_roots=[bill.parent])
    assert set(tool.tool_call_schema.model_json_schema()["required"]) == {"image", "json_schema"}
    message = call(tool, image="bill.pdf", json_schema=SCHEMA)
    told = json.loads(message.content)
    assert told["values"] == {"number": "4711", "sum": "1051.00", "due": None}
    assert told["not_found"] == ["due"]
    assert told["read_at"]["sum"]["page"] == 1
    assert len(told["read_at"]["sum"]["region"]) == 4
    assert message.artifact["fields"]["sum"]["read"] == "1.051,00"
    assert json.loads(json.dumps(message.artifact)) == message.artifact


def test_the_owner_gives_the_form(bill: Path):
    tool = ExtractTool(form=Bill, policy=scripted(REPLY), allowed_roots=[bill.parent])
    assert "json_schema" not in tool.tool_call_schema.model_json_schema()["properties"]
    told = json.loads(call(tool, image="bill.pdf").content)
    assert told["values"] == {"number": "4711", "sum": 1051.0}
    with pytest.raises(SettingsError, match="give a class derived from"):
        ExtractTool(form=3, policy=scripted(REPLY))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"image": "bill.pdf", "json_schema": {"type": "file"}}, "no object with properties"),
        ({"image": "../bill.pdf", "json_schema": SCHEMA}, "not inside a folder"),
        ({"image": "none.pdf", "json_schema": SCHEMA}, "none.pdf"),
        ({"image": "bill.pdf", "json_schema": SCHEMA, "pages": "x"}, "names no pages"),
        ({"image": "bill.pdf"}, "json_schema"),
    ],
)
def test_what_the_model_can_put_right_is_told_to_it(bill: Path, arguments: dict, why: str):
    tool = ExtractTool(policy=scripted(REPLY), allowed_roots=[bill.parent])
    message = call(tool, **arguments)
    assert message.status == "error"
    assert why in message.content
