"""What `print` and `repr` show of results, and the rows that they are in a table."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from ergo_agent import VisionAnswer, ask, ask_many, extract
from ergo_agent.batch import run_batch
from tests.support.paged import digital, save
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ANSWER = "<think>read</think><answer>{}</answer>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


class Bill(BaseModel):
    number: str
    total: Decimal | None = None


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(600, 400))


def test_an_answer_is_printed_in_a_few_lines(page: Path):
    answer = ask(page, "What colour?", policy=scripted(ANSWER.format("red")))
    told = answer.model_copy(update={"confidence": 0.876, "verified": True})
    assert str(told).splitlines() == [
        "red",
        "  page 1, pixels (0, 0, 600, 400) of 600x400",
        "  confirmed from its crops alone",
        "  confidence 0.88",
        "  330 vision tokens in 1 view",
    ]
    assert f"{told!r}" == (
        "VisionAnswer(answer='red', confidence=0.88, page=1, regions=[(0, 0, 600, 400)], "
        "vision_tokens=330, stop_reason='answered')"
    )
    assert VisionAnswer.model_validate(answer.model_dump(mode="json")) == answer


def test_an_answer_that_is_unsure_says_so(page: Path):
    answer = ask(page, "What colour?", policy=scripted(ANSWER.format("red")))
    assert "  confidence 0.55: unsure\n" in str(answer.model_copy(update={"confidence": 0.55}))
    forced = str(answer.model_copy(update={"stop_reason": "max_zooms"}))
    assert "  unsure: the zooms allowed were used up\n" in forced
    assert forced.endswith(" in 1 view")
    assert "unsure" not in str(answer)


def test_why_it_ended_is_said_in_words_where_the_answer_does_not_say_so(page: Path):
    answer = ask(page, "What colour?", policy=scripted(NOT_FOUND))
    assert str(answer).endswith(" in 1 view")
    spent = str(answer.model_copy(update={"stop_reason": "token_budget"}))
    assert spent.endswith(" in 1 view; it ended because the vision tokens allowed were used up")


def test_a_refusal_says_that_it_is_one(page: Path):
    answer = ask(page, "What colour?", policy=scripted(NOT_FOUND))
    told = answer.model_copy(update={"confidence": 0.07})
    assert str(told).startswith("not found\n  what came nearest has confidence 0.07\n")
    assert "answer=None" in repr(told)


def test_a_long_or_hostile_answer_commands_nothing(page: Path):
    answer = ask(page, "q", policy=scripted(ANSWER.format("\x9b2J\u202e" + "long " * 1000)))
    assert not set(str(answer) + repr(answer)) & {"\x9b", "\u202e"}
    assert len(repr(answer)) < 300
    assert answer.answer.rstrip().endswith("long long")


def test_answers_are_rows_of_a_table(page: Path):
    asked = ["What colour?", "Which size?"]
    policy = scripted(ANSWER.format("red"), NOT_FOUND)
    rows = [each.as_row() for each in ask_many(page, asked, policy=policy)]
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    first, second = csv.DictReader(io.StringIO(written.getvalue()))
    assert (first["question"], first["answer"], first["right"]) == (asked[0], "red", "600")
    assert (second["question"], second["answer"], second["right"]) == (asked[1], "", "")
    assert all(isinstance(cell, str | int | float | None) for row in rows for cell in row.values())


def test_an_extraction_is_a_line_for_each_field(tmp_path: Path):
    save(bytes(digital([["Bill 4711", "Total   1.051,00 EUR"]]).output()), tmp_path / "bill.pdf")
    reply = '{"number": {"text": "4711"}, "total": null}'
    found = extract(tmp_path / "bill.pdf", Bill, policy=scripted(reply))
    number, total, tokens = str(found).splitlines()
    assert number.startswith("number: 4711; page 1, pixels (")
    assert total == "total: not found"
    assert tokens.endswith(" vision tokens")
    assert repr(found).startswith("Extraction(value=Bill(number='4711', total=None), fields=2, ")
    region = found.fields["number"].region
    assert region is not None
    assert repr(found.fields["number"]) == (
        f"FieldAnswer(name='number', value='4711', page=1, region={region.as_tuple()}, "
        "confidence=None)"
    )
    rows = found.as_rows()
    assert [(row["field"], row["value"], row["left"]) for row in rows] == [
        ("number", "4711", region.left),
        ("total", None, None),
    ]


def test_a_batch_is_printed_in_a_few_lines(page: Path, tmp_path: Path):
    summary = run_batch(
        tmp_path / "work", page, questions=["q"], policy=scripted(ANSWER.format("red"))
    )
    first, second, *_ = str(summary).splitlines()
    assert first == str(tmp_path / "work" / "results.jsonl")
    assert second == "  1 rows: 1 done, 0 failed"
