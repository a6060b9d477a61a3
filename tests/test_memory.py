"""What a question takes at most."""

import sys
from pathlib import Path

import pytest

from benchmarks.memory import ANSWER, LIMIT, draw_page, measure


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a process's own peak")
def test_a_question_about_100_megapixels_stays_below_the_limit(tmp_path: Path):
    found = measure(draw_page(tmp_path / "page.jpg", side=10_000))
    assert ANSWER in str(found.answer)
    assert 300e6 < found.peak < LIMIT  # above what the models alone take: it was measured
