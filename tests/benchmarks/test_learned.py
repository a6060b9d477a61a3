"""The table of nano and its twin that reads whole pages."""

import re

from benchmarks.learned import Asked, learned_section
from scripts.nano.asked import SETTINGS, WHOLE


def asked(family: str, *, right: bool, tokens: int, seconds: float, answered: bool = True) -> Asked:
    return Asked(family, right, answered, tokens, seconds)


def test_each_family_and_all_of_them_are_compared_scene_by_scene():
    zoomed = [
        asked("colour", right=True, tokens=128, seconds=0.5),
        asked("colour", right=False, tokens=128, seconds=0.5),
        asked("absent", right=False, tokens=128, seconds=1.0, answered=False),
        asked("absent", right=True, tokens=128, seconds=1.0, answered=False),
    ]
    whole = [
        asked("colour", right=False, tokens=1024, seconds=2.0),
        asked("colour", right=False, tokens=1024, seconds=2.0),
        asked("absent", right=False, tokens=1024, seconds=2.0),
        asked("absent", right=True, tokens=1024, seconds=2.0, answered=False),
    ]
    lines = learned_section(zoomed, whole).splitlines()
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:] for line in lines[2:5]}
    assert [row[0] for row in rows.values()] == ["2", "2", "4"]
    points = {name: [re.split(r" \(", cell)[0] for cell in row[1:]] for name, row in rows.items()}
    told = ["50%", "50%", "0%", "100%", "12.5%", "0.50 against 2.00", "4.0"]
    assert points["`colour`"] == told
    # "not found" is no wrong answer given as if it were right
    assert points["`absent`"][:4] == ["50%", "0%", "50%", "50%"]
    assert points["all"][:5] == ["50%", "25%", "25%", "75%", "12.5%"]
    assert "nano is right 25.0 (" in lines[-1]


def test_views_are_as_large_as_the_page_says():
    assert (SETTINGS.view_budget, SETTINGS.max_zooms) == (64, 1)
    assert (WHOLE.view_budget, WHOLE.max_zooms) == (1024, 0)
