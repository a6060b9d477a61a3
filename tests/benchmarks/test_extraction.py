"""The documents that models are filled from, and how that is counted."""

from decimal import Decimal

import pytest

from benchmarks.extraction import development, held_out
from benchmarks.extraction.documents import Made, Split, documents
from benchmarks.extraction.score import scored
from benchmarks.extraction.table import f1, table
from ergo_agent import Extraction, FieldAnswer
from ergo_agent.views.geometry import Region


def test_no_layout_is_in_both_splits():
    assert not development.LAYOUTS.keys() & held_out.LAYOUTS.keys()
    assert len(held_out.LAYOUTS) >= 8
    makers = {draw for _, draw in (*development.LAYOUTS.values(), *held_out.LAYOUTS.values())}
    assert len(makers) == len(development.LAYOUTS) + len(held_out.LAYOUTS)


@pytest.mark.parametrize("split", ["development", "held_out"])
def test_every_field_of_a_document_has_its_place(split: Split):
    layouts = development.LAYOUTS if split == "development" else held_out.LAYOUTS
    made = documents(split, len(layouts), seed=5)
    assert {each.layout for each in made} == set(layouts)
    assert {each.habit for each in made} == {"comma", "point"}
    for each in made:
        golds = [*each.fields.values(), *(gold for row in each.rows for gold in row.values())]
        for gold in golds:
            assert (gold.value is None) == (gold.box is None)
            if gold.box is not None:
                left, top, right, bottom = gold.box
                assert 0 <= left < right
                assert 0 <= top < bottom


def test_the_same_seed_makes_the_same_documents():
    one, other = (documents("development", 1, seed=2)[0] for _ in range(2))
    assert (one.name, one.fields, one.rows) == (other.name, other.fields, other.rows)


def right_answers(made: Made) -> dict[str, FieldAnswer]:
    found = {}
    rows = [(f"{made.path}[{at}]", row) for at, row in enumerate(made.rows)]
    cells = [(f"{base}.{name}", gold) for base, row in rows for name, gold in row.items()]
    for name, gold in [*made.fields.items(), *cells]:
        region = None
        if gold.box is not None:
            left, top, right, bottom = gold.box
            region = Region(left=left, top=top, right=right, bottom=bottom)
        found[name] = FieldAnswer(
            name=name, question="", value=gold.value, page=gold.page or None, region=region
        )
    return found


def extraction(fields: dict[str, FieldAnswer]) -> Extraction:
    return Extraction(value=None, fields=fields, missing=(), policy="", parts=())


def test_what_is_right_counts_as_right_and_what_is_not_does_not():
    (made,) = documents("development", 1, seed=1)
    answers = right_answers(made)
    whole = scored(made, extraction(answers))
    assert all(each.right and each.box for each in whole if each.there)
    assert not any(each.given for each in whole if not each.there)
    assert f1(whole, lambda each: each.box).value == 1.0
    total = answers["total"]
    absent = next(name for name, gold in made.fields.items() if gold.value is None)
    answers["total"] = total.model_copy(update={"value": total.value + Decimal("0.01")})
    answers["number"] = answers["number"].model_copy(update={"page": 2})
    answers[absent] = total
    fields = {each.field: each for each in scored(made, extraction(answers))}
    assert not fields["total"].right
    assert fields["number"].right
    assert not fields["number"].box
    assert fields[absent].given
    found = f1(list(fields.values()), lambda each: each.right)
    assert found.value < 1.0
    assert "| fields |" in table(list(fields.values()))
