"""The modes: what each shows, and that whatever fails is an outcome."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from PIL import Image

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import PolicyTimeoutError, SettingsError
from ergo_agent.evaluation import load_benchmark
from ergo_agent.evaluation.modes import Mode, checked_modes, random_region
from ergo_agent.evaluation.outcome import Outcome, found_where
from ergo_agent.evaluation.samples import Place, Sample
from ergo_agent.evaluation.scoring import Score, scorer_of
from ergo_agent.evaluation.trial import Asker
from ergo_agent.policies.base import Policy
from ergo_agent.views.geometry import Region, Size
from tests.evaluation import layouts
from tests.support.scripted import image_urls, received, scripted, sent_texts
from tests.support.tool_calling import ToolModel, calls

ANSWER = "<think>seen</think><answer>(B)</answer>"
ZOOM = "<think>there</think><zoom>[56, 56, 112, 112]</zoom>"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    Image.new("RGB", (1120, 840), "white").save(tmp_path / "a.png")
    return Sample(
        id="1",
        document=str(tmp_path / "a.png"),
        question="Which colour?",
        options=("red", "blue"),
        gold=("B",),
        cluster="a",
        places=(Place(box=(600, 400, 700, 480)),),
    )


def _asker(policy: Policy, **given: Any) -> Asker:
    settings = VisionSettings(view_budget=120, **given)
    _, scorer = scorer_of("choice")
    return Asker(policy, scorer=scorer, settings=settings, full_budget=2000, seed=0)


async def _came(sample: Sample, mode: Mode, *replies: Any, **given: Any) -> tuple[Outcome, Policy]:
    policy = scripted(*replies)
    return await _asker(policy).outcome(sample, mode, **given), policy


async def test_full_and_coarse_show_the_page_once(sample: Sample):
    full, policy = await _came(sample, "full", ANSWER)
    assert full.right
    assert full.read == "B"
    assert full.tokens.predicted == full.tokens.full_resolution == 1200
    assert len(received(policy)) == 1
    assert "(B) blue" in sent_texts(policy)[0]
    coarse, policy = await _came(sample, "coarse", ANSWER)
    assert 0 < coarse.tokens.predicted <= 120
    assert (coarse.crops, coarse.recall) == ((), 0.0)
    assert len(received(policy)) == 1


async def test_ergo_zooms_once_and_auto_as_the_settings_say(sample: Sample):
    second = "<think>on</think><zoom view='1'>[200, 100, 260, 160]</zoom>"
    ergo, policy = await _came(sample, "ergo", ZOOM, second, ANSWER)
    assert len(received(policy)) == 2, "the second reply wants to zoom again and has no say"
    assert len(ergo.crops) == 1
    assert "(B) blue" not in sent_texts(policy)[0], "stage one sees no options, as in the paper"
    auto, policy = await _came(sample, "auto", ZOOM, second, ANSWER)
    assert len(received(policy)) == 3
    assert len(auto.crops) == 2
    assert auto.record is not None
    assert [turn["reply"] for turn in auto.record["turns"]] == [ZOOM, second, ANSWER]


async def test_the_oracle_is_shown_the_gold(sample: Sample):
    oracle, policy = await _came(sample, "oracle", ANSWER)
    assert oracle.recall == 1.0
    assert 0 < (oracle.iou or 0) < 1, "with its margin"
    assert len(received(policy)) == 1
    assert len(image_urls(received(policy)[0])) == 2
    (crop,) = oracle.crops
    assert crop.box[0] <= 600
    assert crop.box[2] >= 700


async def test_random_and_crop_only_go_by_ergos_crop(sample: Sample):
    ergo, _ = await _came(sample, "ergo", ZOOM, ANSWER)
    (chosen,) = ergo.crops
    alone, policy = await _came(sample, "crop_only", ANSWER, ergo=ergo)
    assert alone.crops == ergo.crops
    assert len(image_urls(received(policy)[0])) == 1
    drawn, policy = await _came(sample, "random", ANSWER, ergo=ergo)
    assert len(image_urls(received(policy)[0])) == 2
    assert _size(drawn.crops[0]) == _size(chosen)
    assert drawn.crops != ergo.crops
    again, _ = await _came(sample, "random", ANSWER, ergo=ergo)
    other, _ = await _came(sample, "random", ANSWER, ergo=ergo, trial=2)
    assert again.crops == drawn.crops != other.crops


async def test_without_a_crop_of_ergos_the_page_alone_is_shown(sample: Sample):
    ergo, _ = await _came(sample, "ergo", ANSWER)
    for mode in ("random", "crop_only"):
        came, policy = await _came(sample, mode, ANSWER, ergo=ergo)
        assert came.crops == ()
        assert len(image_urls(received(policy)[0])) == 1


async def test_an_error_of_any_kind_is_a_wrong_outcome(sample: Sample):
    for mode in ("coarse", "oracle"):
        late, _ = await _came(sample, mode, PolicyTimeoutError("too slow"))
        assert (late.right, late.value, late.record) == (False, 0.0, None)
        assert (late.recall, late.iou) == (0.0, 0.0), "the gold is known, and was not looked at"
        assert late.error is not None
        assert late.error.startswith("PolicyTimeoutError: ")
    gone, _ = await _came(sample.model_copy(update={"document": "/nowhere.png"}), "full", ANSWER)
    assert gone.error is not None
    assert gone.error.startswith("ImageNotFoundError: ")

    def spoilt(_: Sample, __: str | None) -> Score:
        raise ZeroDivisionError("a stranger's scorer")

    asker = Asker(
        scripted(ANSWER), scorer=spoilt, settings=VisionSettings(), full_budget=2000, seed=0
    )
    came = await asker.outcome(sample, "coarse")
    assert came.error == "ZeroDivisionError (not foreseen): a stranger's scorer"


async def test_pages_that_were_looked_at_are_held_to_the_gold(tmp_path: Path):
    asked, *_ = load_benchmark("mmlongbench_doc", layouts.mmlongbench_doc(tmp_path))
    assert asked.pages == (2,)
    reply = "<think>x</think><answer>2</answer>"
    for page, recall in ((1, 0.0), (2, 1.0)):
        came, _ = await _came(asked.model_copy(update={"page": page}), "auto", reply)
        assert (came.error, came.page_recall) == (None, recall)
    other, _ = await _came(asked.model_copy(update={"page": 3}), "auto", reply)
    assert other.error is not None
    assert other.page_recall == 0.0


async def test_an_outer_model_is_asked_with_the_tool_and_without(sample: Sample):
    call = calls(("look_at_image", {"image": sample.document, "question": "Which colour?"}))
    model = ToolModel(replies=[call, AIMessage("(B)")])
    _, scorer = scorer_of("choice")
    given = {"scorer": scorer, "settings": VisionSettings(view_budget=120), "seed": 0}
    policy = scripted(ZOOM, ANSWER)
    asker = Asker(policy, full_budget=2000, outer=model, **given)
    came = await asker.outcome(sample, "agent")
    assert came.error is None
    assert came.right
    assert len(received(policy)) == 2
    assert came.record is not None, "of the tool's look"
    assert came.tokens.predicted > 120, "the page that the model was shown, and the look"
    shown, told = model.received[0][0], model.received[1][-1]
    assert len(image_urls([shown])) == 1
    assert "(B) blue" in shown.text
    assert "Read at" in told.text
    alone = ToolModel(replies=[AIMessage("A. red")])
    asker = Asker(scripted(), full_budget=2000, outer=alone, **given)
    came = await asker.outcome(sample, "agent_alone")
    assert (came.error, came.read, came.right, came.record) == (None, "A", False, None)
    assert alone.tools == [[]]
    assert came.tokens.predicted <= 120
    assert checked_modes("agent") == ("agent_alone", "agent")


async def test_a_reply_without_an_answer_is_wrong_and_no_error(sample: Sample):
    came, _ = await _came(sample, "oracle", "<answer></answer><not_found/>")
    assert (came.error, came.answer, came.right) == (None, None, False)


def test_modes_are_run_in_their_order():
    assert checked_modes("random, ergo,full") == ("full", "ergo", "random")
    with pytest.raises(SettingsError, match="crop_only takes its crops from ergo's"):
        checked_modes("crop_only")
    with pytest.raises(SettingsError, match="'zoom' is no mode"):
        checked_modes(["zoom"])
    with pytest.raises(SettingsError, match="no mode is given"):
        checked_modes(" ,")


def test_a_random_region_stays_inside():
    regions = {random_region(Size(90, 90), within=Size(100, 100), seed=str(n)) for n in range(50)}
    assert len(regions) > 20
    assert all(region.size == (90, 90) and region.right <= 100 for region in regions)
    whole = random_region(Size(900, 90), within=Size(100, 100), seed="1")
    assert whole.size == (100, 90)


def test_a_crop_of_another_page_shows_nothing_of_the_gold():
    gold = {2: [(0.0, 0.0, 10.0, 10.0)]}
    assert found_where(gold, (Place(page=2, box=(0, 0, 10, 5)),)) == (0.5, 0.5)
    assert found_where(gold, (Place(page=1, box=(0, 0, 10, 10)),)) == (0.0, 0.0)
    assert found_where({}, ()) is None


def _size(place: Place) -> Size:
    left, top, right, bottom = map(int, place.box)
    return Region(left=left, top=top, right=right, bottom=bottom).size
