"""The tools by themselves, as a trace or an agent sees them."""

from pathlib import Path

import pytest

from ergo_agent.episode.planning import plan_crop
from ergo_agent.episode.record import Evidence
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images import MemoryStore, open_original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.tools import create_answer_tool, create_observe_tool, create_zoom_tool
from ergo_agent.tools.base import call_tool
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.view import View
from tests.support.pictures import save_picture

TERMS = Terms(VisionSettings(), QWEN2_5_VL)


def planned(region: Region, *, max_tokens: int = 1280):
    return plan_crop(
        region, original=Size(2000, 1500), page=1, max_tokens=max_tokens, margin=0.0, terms=TERMS
    )


@pytest.fixture
def maker():
    return ViewMaker(store=MemoryStore())


@pytest.fixture
def page(tmp_path: Path):
    return str(save_picture(tmp_path, size=(2000, 1500)))


async def test_observe_shows_the_whole_image_within_the_budget(maker: ViewMaker, page: str):
    tool = create_observe_tool(maker, terms=Terms(VisionSettings(view_budget=640), QWEN2_5_VL))
    seen = await call_tool(tool, {"image": page}, {})
    assert seen.view.region == Region.whole(Size(2000, 1500))
    assert seen.view.tokens <= 640
    assert seen.view.digest in maker.store
    assert seen.facts.digest in maker.store


async def test_zoom_shows_the_very_pixels(maker: ViewMaker, page: str):
    digest = await maker.keep(page)
    corner = Region(left=0, top=0, right=280, bottom=280)
    view = planned(corner, max_tokens=100)
    zoomed = await call_tool(create_zoom_tool(maker), {"image": digest, "view": view}, {})
    assert zoomed == view.model_copy(update={"digest": zoomed.digest})
    assert zoomed.shown == Size(280, 280)
    crop = open_original(maker.store.get(zoomed.digest))
    whole = open_original(page)
    assert (
        crop.shown(corner, Size(280, 280)).tobytes()
        == whole.shown(corner, Size(280, 280)).tobytes()
    )


def test_tools_work_without_an_event_loop(maker: ViewMaker, page: str):
    text = create_observe_tool(maker, terms=TERMS).invoke({"image": page})
    assert text == "Page 1 of 1, 2000x1500 pixels, shown at 1148x840 (1230 vision tokens)."


async def test_a_forgotten_image_is_read_again_from_its_path(page: str):
    store = MemoryStore()
    digest = await ViewMaker(store=store).keep(page)
    other = ViewMaker(store=MemoryStore())
    assert (await other.original(digest, page=1, source=page)).digest == digest
    with pytest.raises(ImageNotFoundError, match="give the image again"):
        await ViewMaker(store=MemoryStore()).original(digest, page=1)


def make_view(number: int, region: Region, parent: int | None):
    return View(
        number=number,
        region=region,
        shown=Size(280, 280),
        original=Size(2000, 1500),
        tokens=100,
        parent=parent,
        digest=f"sha256:{number}",
    )


VIEWS = [
    make_view(1, Region.whole(Size(2000, 1500)), None),
    make_view(2, Region(left=100, top=100, right=660, bottom=660), 1),
    make_view(3, Region(left=200, top=200, right=480, bottom=480), 2),
]


async def answered(**arguments: object):
    arguments.setdefault("views", [view.model_dump(mode="json") for view in VIEWS])
    return await call_tool(create_answer_tool(), arguments, {})


async def test_evidence_is_mapped_from_its_own_view():
    evidence = await answered(text="7", boxes=[((10, 20, 30, 40), 2)], page=4)
    region = Region(left=120, top=140, right=160, bottom=180)
    assert evidence == [Evidence(region=region, page=4, text="7", crop="sha256:2")]


async def test_without_boxes_the_evidence_is_the_closest_crops():
    evidence = await answered(text="7", boxes=[((9000, 0, 9001, 1), 2), ((0, 0, 1, 1), 99)])
    assert [found.region for found in evidence] == [VIEWS[2].region]


async def test_without_crops_the_evidence_is_the_page():
    (found,) = await answered(text="7", views=[VIEWS[0].model_dump(mode="json")])
    assert found.region == VIEWS[0].region


async def test_what_was_not_found_has_no_evidence():
    assert await answered(text=None) == []
