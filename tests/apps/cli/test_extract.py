"""`ergo-agent extract`: what it prints, saves and refuses."""

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from tests.support.paged import digital, save
from tests.support.scripted import scripted

REPLY = json.dumps({"number": {"text": "4711"}, "total": {"text": "1.051,00"}})

MODELS = """
from __future__ import annotations
from decimal import Decimal
from pydantic import BaseModel

class Bill(BaseModel):
    number: str
    total: Decimal
    vat: Decimal | None = None

class Other(BaseModel):
    ship: str
"""


@pytest.fixture
def folder(tmp_path: Path):
    save(bytes(digital([["Bill 4711", "Total   1.051,00 EUR"]]).output()), tmp_path / "bill.pdf")
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    (tmp_path / "broken.py").write_text("1 / 0", "utf-8")
    (tmp_path / "no.json").write_text("{", "utf-8")
    schema = {"type": "object", "properties": {"total": {"type": "number"}}}
    (tmp_path / "bill.json").write_text(json.dumps(schema), "utf-8")
    return tmp_path


def run(folder: Path, schema: str, *options: object, reply: str = REPLY):
    arguments = ["extract", folder / "bill.pdf", "--schema", folder / schema, *options]
    return CliRunner().invoke(app, [*map(str, arguments)], obj=scripted(reply))


def test_the_model_is_printed_with_its_places(folder: Path):
    result = run(folder, "models.py:Bill", "--save", folder / "boxes.png")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["value"] == {"number": "4711", "total": "1051.00", "vat": None}
    assert told["missing"] == ["vat"]
    assert told["fields"]["total"]["region"]["left"] > 0
    with Image.open(folder / "boxes.png") as saved:
        assert saved.height > saved.width
    assert "boxes.png" in result.stderr


def test_a_json_schema_and_values_only(folder: Path):
    result = run(folder, "bill.json", "--values", "--quiet")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"total": "1051.00"}
    assert result.stderr == ""


def test_what_the_model_needs_and_the_document_lacks_is_an_exit_code(folder: Path):
    result = run(folder, "models.py:Other", reply='{"ship": null}')
    assert result.exit_code == 3
    assert json.loads(result.stdout)["missing"] == ["ship"]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("models.py", "say which model of it"),
        ("models.py:Nothing", "it has Bill, Other"),
        ("nothing.py:Bill", "there is no file"),
        ("broken.py:Bill", "ZeroDivisionError"),
        ("nothing.json", "cannot be read"),
        ("no.json", "is no JSON"),
    ],
)
def test_a_schema_that_is_none_is_wrong_usage(folder: Path, schema: str, why: str):
    result = run(folder, schema)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert why in result.stderr
