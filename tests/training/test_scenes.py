"""Scenes: the same each time, cheap in parts, and silent about their marks when seen coarsely."""

import hashlib
import itertools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import RegionError, SettingsError
from ergo_agent.images import open_original
from ergo_agent.training.scenes import FAMILIES, HELD_OUT, MARKS, SIZE, Scene, make_scene, scenes
from ergo_agent.training.scenes.families import layout_of
from ergo_agent.training.scenes.panels import SHAPES
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL
from tests.support.rollouts import box

Probe = Callable[[NDArray[np.float64], list[str], NDArray[np.float64]], list[str]]
EVERY = (*FAMILIES, *HELD_OUT)
COARSE = Size(224, 224)
"""64 vision tokens."""


def with_mark(scene: Scene, mark: str) -> Scene:
    """The same scene with another mark in the panel that is asked for."""
    panels = (
        panel._replace(mark=mark) if panel.region == scene.target else panel
        for panel in scene.panels
    )
    return replace(scene, panels=tuple(panels))


def seen(scene: Scene, at: Size = COARSE, region: Region | None = None) -> NDArray[np.int16]:
    """What an episode's view shows."""
    original = open_original(scene.image())
    return np.asarray(original.shown(region or Region.whole(scene.size), at)).astype(np.int16)


@pytest.mark.parametrize("family", EVERY)
def test_the_coarse_view_is_the_same_whatever_the_mark_is(family: str):
    scene = make_scene(11, 0, family=family)
    views = [seen(with_mark(scene, mark)) for mark in MARKS]
    assert all((view == views[0]).all() for view in views)


@pytest.mark.parametrize(("budget", "side"), [(64, 896), (1280, 3920)])
def test_the_coarse_view_of_an_episode_is_one_that_hides(budget: int, side: int):
    scene = make_scene(11, 0, size=Size(side, side))
    terms = Terms(VisionSettings(view_budget=budget), QWEN2_5_VL)
    assert scene.hides_at(plan_coarse(scene.size, page=1, terms=terms).shown)
    assert not scene.hides_at(Size(side // 5, side // 5))


@pytest.mark.parametrize(("side", "most"), [(196, 1), (180, 2), (112, 1), (280, 10)])
def test_other_coarse_views_show_as_much_as_is_said(side: int, most: int):
    scene = make_scene(11, 0)
    views = np.stack([seen(with_mark(scene, mark), Size(side, side)) for mark in MARKS])
    assert 0 < (views.max(0) - views.min(0)).max() <= most


@pytest.fixture(scope="module")
def asked() -> list[Scene]:
    return list(itertools.islice(scenes(12, families=["colour", "crowded", "beside"]), 240))


def patch(scene: Scene, *, coarse: bool) -> NDArray[np.float64]:
    """The pixels of the mark asked for: as the coarse view shows them, and as a crop does."""
    assert scene.needed is not None
    left, top, right, bottom = scene.needed.as_tuple()
    whole = scene.drawn(box(left - 16, top - 16, right + 16, bottom + 16))
    if coarse:  # edges of marks lie on multiples of 4, so that these are the coarse view's pixels
        whole = whole.resize((22, 22), Image.Resampling.BICUBIC)
    return np.asarray(whole.convert("L"), np.float64).ravel()


def nearest(known: NDArray[np.float64], marks: list[str], new: NDArray[np.float64]) -> list[str]:
    distance = ((new[:, None] - known[None]) ** 2).sum(-1)
    return [marks[at] for at in distance.argmin(1)]


def linear(known: NDArray[np.float64], marks: list[str], new: NDArray[np.float64]) -> list[str]:
    """Ridge regression on one column a mark."""
    mean = known.mean(0)
    wanted = np.array([[mark == one for one in MARKS] for mark in marks], float)
    left = known - mean
    kernel = left @ left.T + np.eye(len(left))
    scores = (new - mean) @ left.T @ np.linalg.solve(kernel, wanted - wanted.mean(0))
    return [MARKS[at] for at in scores.argmax(1)]


@pytest.mark.parametrize("probe", [nearest, linear])
def test_a_probe_of_the_coarse_view_guesses_and_one_of_the_crop_knows(
    probe: Probe, asked: list[Scene]
):
    marks = [scene.answers[0] for scene in asked]
    right = {}
    for coarse in (True, False):
        pixels = np.stack([patch(scene, coarse=coarse) for scene in asked])
        said = probe(pixels[:160], marks[:160], pixels[160:])
        right[coarse] = np.mean([a == b for a, b in zip(said, marks[160:], strict=True)])
    assert right[False] == 1
    assert right[True] < 1 / 6 + 3 * np.sqrt(1 / 6 * 5 / 6 / 80)  # chance, and three deviations


def test_the_patch_of_the_probe_is_what_the_coarse_view_shows(asked: list[Scene]):
    scene = asked[0]
    assert scene.needed is not None
    left, top, _, _ = (edge // 4 for edge in scene.needed.as_tuple())
    whole = seen(scene)[top : top + 14, left : left + 14, 0]
    assert (patch(scene, coarse=True).reshape(22, 22)[4:18, 4:18] == whole).all()


def test_marks_tell_nothing_of_what_is_asked(asked: list[Scene]):
    counts = [sum(scene.answers[0] == mark for scene in asked) for mark in MARKS]
    assert min(counts) > 20  # of 40 expected
    assert {scene.answers[0] for scene in asked if "blue" in scene.asked} == set(MARKS)


@settings(max_examples=40)
@given(
    family=st.sampled_from(EVERY),
    number=st.integers(0, 5),
    edges=st.tuples(*[st.integers(0, 895)] * 4),
)
def test_a_part_drawn_alone_is_the_same_as_within_the_whole(
    family: str, number: int, edges: tuple[int, int, int, int]
):
    scene = make_scene(13, number, family=family)
    (left, right), (top, bottom) = sorted(edges[:2]), sorted(edges[2:])
    region = box(left, top, right + 1, bottom + 1)
    assert scene.drawn(region) == scene.image().crop(region.as_tuple())


def test_only_the_crop_of_a_scene_of_8k_is_drawn():
    scene = make_scene(14, 0, size=Size(7680, 4320))
    assert scene.target is not None
    assert scene.needed is not None
    assert scene.target.contains(scene.needed)
    crop = scene.drawn(scene.needed)
    assert crop.size == (56, 56)
    assert np.asarray(crop).std() > 30


def test_a_scene_is_the_same_in_every_process():
    program = (
        "from ergo_agent.training.scenes import make_scene; import hashlib; "
        "print(hashlib.sha256(make_scene(5, 7, family='crowded').image().tobytes()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    mine = hashlib.sha256(make_scene(5, 7, family="crowded").image().tobytes()).hexdigest()
    assert other.stdout.strip() == mine


def test_a_stream_can_be_taken_up_anywhere():
    stream = list(itertools.islice(scenes(6), 8))
    assert [scene.family for scene in stream[: len(FAMILIES) + 1]] == [*FAMILIES, FAMILIES[0]]
    assert list(itertools.islice(scenes(6, start=5), 3)) == stream[5:]
    assert stream != list(itertools.islice(scenes(7), 8))


def test_scenes_are_made_when_they_are_asked_for():
    assert next(scenes(0, start=10**15)).number == 10**15


@pytest.mark.parametrize("number", range(25))
def test_what_is_asked_for_is_there_once(number: int):
    for family in ("colour", "crowded", "shape", "unseen_pair"):
        scene = make_scene(8, number, family=family)
        fits = [panel for panel in scene.panels if set(scene.asked) <= {panel.colour, panel.shape}]
        assert [panel.region for panel in fits] == [scene.target]
        assert scene.answers == (fits[0].mark,)
    absent = make_scene(8, number, family="absent")
    assert not [p for p in absent.panels if set(absent.asked) <= {p.colour, p.shape}]
    assert (absent.answers, absent.target, absent.needed) == ((), None, None)


@pytest.mark.parametrize("number", range(25))
def test_a_neighbour_is_where_it_is_said_to_be(number: int):
    steps = {"right of": (1, 0), "left of": (-1, 0), "above": (0, -1), "below": (0, 1)}
    for family in ("beside", "stacked"):
        scene = make_scene(8, number, family=family)
        where, colour = scene.asked
        (anchor,) = [panel for panel in scene.panels if panel.colour == colour]
        (target,) = [panel for panel in scene.panels if panel.region == scene.target]
        apart = (target.cell[0] - anchor.cell[0], target.cell[1] - anchor.cell[1])
        assert apart == steps[where]


def test_held_out_families_ask_for_what_no_other_asks_for():
    def pairs(family: str) -> set[tuple[str, ...]]:
        return {layout_of(family, np.random.default_rng(n)).asked for n in range(400)}

    held_out = pairs("unseen_pair")
    assert len(held_out) == 8
    assert not held_out & (pairs("crowded") | pairs("absent"))
    assert len(pairs("crowded")) == 24
    trained = set().union(*(pairs(family) for family in FAMILIES))
    assert not trained & {(shape,) for shape in SHAPES}
    assert {asked[0] for asked in pairs("stacked")} == {"above", "below"}


@pytest.mark.parametrize("number", range(10))
def test_panels_lie_apart_and_hold_their_marks(number: int):
    for family, size in itertools.product(EVERY, (SIZE, Size(1500, 1024))):
        scene = make_scene(9, number, family=family, size=size)
        for one, other in itertools.combinations(scene.panels, 2):
            assert one.region.intersection(other.region) is None
        for panel in scene.panels:
            assert Region.whole(size).contains(panel.region)
            assert panel.region.contains(panel.field)
            assert panel.field.contains(panel.hatch)
            assert all(edge % 4 == 0 for edge in panel.hatch.as_tuple())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"family": "text"}, "no family 'text' of scenes; give one of colour, crowded, beside"),
        ({"size": Size(800, 900)}, "a scene of 800x900 pixels cannot be made; give sides from 896"),
        ({"size": Size(900, 9000)}, "to 8192"),
        ({"number": -1}, "seed=0, number=-1 name no scene; give 0 or more"),
    ],
)
def test_what_is_no_scene_is_refused(given: dict[str, object], message: str):
    with pytest.raises(SettingsError, match=message):
        make_scene(**{"seed": 0, "number": 0, **given})


def test_a_part_beyond_the_page_is_refused():
    with pytest.raises(RegionError, match="reaches beyond the scene, which is 896x896 pixels"):
        make_scene(0, 0).drawn(box(800, 0, 900, 100))


def test_no_family_makes_no_stream():
    with pytest.raises(SettingsError, match="no family of scenes was given"):
        next(scenes(0, families=[]))
