"""A process is killed in the middle of a survey: another goes on, and reads no page twice."""

import json
import time
from pathlib import Path

from tests.support.document_process import Plan, looks_of, started
from tests.support.episode_process import LONGEST
from tests.support.paged import manual, scanned

FACT = "The guarantee lasts thirty months from the day of purchase."


def test_a_killed_survey_goes_on_where_it_was(tmp_path: Path):
    document = tmp_path / "scan.pdf"
    document.write_bytes(scanned(manual({3: FACT}, pages=4), dpi=100))
    plan = Plan(
        saver=str(tmp_path / "kept.sqlite"),
        store=str(tmp_path / "store"),
        document=str(document),
        question="How long does the guarantee last?",
        looks=str(tmp_path / "looks"),
        stop_after=2,
    )
    with started(plan) as process:
        end = time.monotonic() + LONGEST
        while not Path(f"{plan.looks}.stopped").exists():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end, "the survey never came to its third page"
            time.sleep(0.05)
        process.kill()
        process.communicate(timeout=LONGEST)
    assert looks_of(plan) == 2

    with started(plan._replace(resume=True, stop_after=0)) as again:
        said, errors = again.communicate(timeout=LONGEST)
        assert again.poll() == 0, errors
    result = json.loads(said.splitlines()[-1])
    assert result["answer"] == "thirty months"
    assert result["document"]["quick_look"] == "1-4"
    assert looks_of(plan) == 4
