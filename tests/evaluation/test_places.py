import pytest

from ergo_agent.evaluation.scoring.places import area, overlap


def test_an_area_counts_what_overlaps_once():
    assert area([(0, 0, 10, 10), (5, 5, 15, 15)]) == 175
    assert area([(0, 0, 10, 10), (0, 0, 10, 10), (2, 2, 3, 3)]) == 100
    assert area([]) == 0


def test_overlap_by_hand():
    gold = [(0, 0, 10, 10)]
    assert overlap(gold, [(0, 0, 10, 5)]) == (0.5, 0.5)
    assert overlap(gold, [(0, 0, 20, 10)]) == (1.0, 0.5)
    assert overlap(gold, [(10, 0, 20, 10)]) == (0.0, 0.0)
    assert overlap(gold, []) == (0.0, 0.0)


def test_two_lines_are_covered_by_two_regions_that_overlap():
    gold = [(50, 0, 100, 10), (0, 10, 30, 20)]
    share, iou = overlap(gold, [(50, 0, 100, 10), (40, 0, 60, 20)])
    assert share == pytest.approx(500 / 800)
    assert iou == pytest.approx(500 / (800 + 10 * 10 + 10 * 20))
