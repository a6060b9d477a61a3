"""The example shows the tree of an episode without a key."""

from pathlib import Path

import pytest

from tests.support.forked import run_forked
from tests.support.langsmith_endpoint import untraced_environment

EXAMPLE = Path(__file__).parents[2] / "examples" / "langsmith_trace.py"


@pytest.mark.parametrize(
    ("setting", "least", "most"), [("", 5_000, 60_000), ("none", 1_000, 30_000)]
)
def test_it_prints_the_tree_that_its_receiver_was_sent(setting: str, least: int, most: int):
    said = {**untraced_environment(), "ERGO_TRACE_IMAGES": setting, "ERGO_BASE_URL": ""}
    ran = run_forked(EXAMPLE, env=said)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert "A: 13 April 2026" in lines
    assert "coarse_to_fine (chain) stopped by: answered" in lines
    (observed,) = [line for line in lines if line.startswith("    observe (tool)")]
    assert "2481x3508 pixels, shown at" in observed
    assert any(line.startswith("    ChatOcr (llm) ergo-agent/rapidocr, ") for line in lines)
    posted = int(lines[-1].split(" runs, ")[1].split()[0].replace(",", ""))
    assert least < posted < most
