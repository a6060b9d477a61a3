"""A 4K image costs an agent's model hundreds of vision tokens a turn, rather than thousands."""

from pathlib import Path

from benchmarks.agent_tokens import LIMIT, draw_screen, measure
from ergo_agent.views.patches import QWEN2_5_VL


def test_hundreds_rather_than_thousands(tmp_path: Path):
    page = draw_screen(tmp_path / "screen.png")
    without = measure(page, calls=0, rule=QWEN2_5_VL, middleware=False)
    with_it = measure(page, calls=0, rule=QWEN2_5_VL, middleware=True)
    assert without.turns == [137 * 77]
    assert len(with_it.turns) == 1
    assert 300 < with_it.turns[0] < LIMIT
    assert with_it.text_chars - without.text_chars < 200
