"""How sure an answer of one page is to be that of the document."""

import json
import sys
from pathlib import Path

import pytest

from ergo_agent.documents.page_confidence import PageFacts, features, page_confidence, thresholds
from scripts.page_confidence import fit
from scripts.page_confidence.collect import Looked, Question

FACTS = PageFacts(confidence=0.8, held=0.5, most_held=0.8, lacks_name=False)


def test_it_rises_with_the_reader_and_with_what_the_page_holds():
    sure = page_confidence(FACTS)
    assert 0 < sure < 1
    assert page_confidence(FACTS._replace(confidence=0.95)) > sure
    assert page_confidence(FACTS._replace(held=0.8)) > sure
    assert page_confidence(FACTS._replace(held=0.0)) < sure
    assert page_confidence(FACTS._replace(lacks_name=True)) < sure
    assert 0 < thresholds().given <= thresholds().sure < 1


@pytest.mark.parametrize("confidence", [0.0, 1.0])
@pytest.mark.parametrize("held", [0.0, 1.0])
def test_no_fact_is_too_extreme(confidence: float, held: float):
    facts = PageFacts(confidence, held, most_held=held, lacks_name=False)
    assert 0 < page_confidence(facts) < 1
    assert features(facts)[3] == 1.0


def questions(kind: str) -> list[Question]:
    """Twenty whose right answers stand where the words are, though a reader is surer elsewhere."""
    made = []
    for number in range(20):
        answered = number % 5 > 0
        near = Looked(
            page=1,
            held=0.9,
            lacks_name=False,
            confidence=0.7 if answered else 0.4,
            answer="a",
            right=answered,
        )
        far = Looked(page=2, held=0.1, lacks_name=True, confidence=0.9, answer="b", right=False)
        made.append(
            Question(
                document=number,
                kind=kind,
                question="?",
                answered=answered,
                most_held=0.9,
                looks=[near, far] if number % 2 else [far, near],
            )
        )
    return made


def test_a_fit_learns_where_right_answers_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked = tmp_path / "asked.jsonl"
    every = [*questions("manual"), *questions("report")]
    asked.write_text("".join(one.model_dump_json() + "\n" for one in every), "utf-8")
    monkeypatch.setattr(fit, "_FILE", tmp_path / "fitted.json")
    monkeypatch.setattr(sys, "argv", ["fit", str(asked), "--write"])
    fit.main()
    fitted = json.loads((tmp_path / "fitted.json").read_text("utf-8"))
    _, confidence, held, nearer, lacks = fitted["weights"]
    assert min(confidence, held + nearer / 0.9) > 0 > lacks
    assert fitted["given"] <= fitted["sure"]
    chosen, every, _ = capsys.readouterr().out.splitlines()
    assert "right=32, wrong=0, refused_rightly=8" in chosen
    assert "right=32, wrong=8, refused_rightly=0" in every
