"""nano's supervision: it teaches what the product asks, and computes what transformers computes."""

import io
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
import torch
from transformers import Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor

from ergo_agent.dialects import ErgoDialect
from ergo_agent.images import open_original
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.scenes import FAMILIES, SIZE, make_scene
from ergo_agent.training.trainer.config import read_config
from ergo_agent.training.trainer.judges import reward_of
from ergo_agent.training.trainer.live import LiveRollout
from ergo_agent.training.trainer.tasks import SceneTasks, Task
from ergo_agent.views.geometry import Region
from scripts.nano import odds, stages
from scripts.nano.architecture import make_model
from scripts.nano.asked import SETTINGS, SHOWN, WHOLE, Place, box_around, place_of, region_of
from scripts.nano.courses import Course, Lesson, Page
from scripts.nano.lessons import draw_pages, exact_pages
from scripts.nano.one_pass import whole_pages
from scripts.nano.packs import IGNORED, Packer, patches_of
from scripts.nano.student import read
from scripts.nano.trainer import Stage, teach
from scripts.nano.words import chatml, content_words, make_processor

CONFIG = Path(stages.__file__).with_name("grpo.toml")
BOTH = Course("both", crowds=0.5, pairs=0.5, questions=2)


@pytest.fixture(scope="module")
def processor() -> Qwen2_5_VLProcessor:
    return make_processor()


@pytest.fixture
def model(processor: Qwen2_5_VLProcessor) -> Qwen2_5_VLForConditionalGeneration:
    torch.manual_seed(7)
    return make_model(processor.tokenizer)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_lesson_is_the_episode_that_the_product_runs(family: str):
    page = exact_pages((family,), seed=5, step=1, count=1)[0]
    lesson = page.lessons[0]
    said = [part.partition("<|im_end|>")[0] for part in lesson.text.split("assistant\n")[1:]]
    live = LiveRollout(ErgoDialect(), settings=SETTINGS)
    asked = live.begin(SceneTasks(1, seed=5, families=(family,), start=1)[0])
    turns = [("system", 0, ErgoDialect().system_prompt())]
    for reply in said:
        assert asked is not None
        views = sum(part["type"] == "image" for part in asked)
        text = "".join(part["text"] for part in asked if part["type"] == "text")
        turns += [("user", views, text), ("assistant", 0, reply)]
        asked = live.say(reply)
    assert asked is None
    assert chatml(turns) == lesson.text

    sent = [open_original(view.data) for view in live.shown]
    shown = [one.shown(Region.whole(one.size), one.size) for one in sent]
    taught = [page.image, *lesson.images]
    assert [image.tobytes() for image in shown] == [image.tobytes() for image in taught]
    # and it is the right one, in the dialect's own form
    rollout = live.rollout()
    assert all(rollout.strict)
    assert (rollout.answer,) == (make_scene(5, 1, family=family).answers or (None,))
    given = reward_of(read_config(CONFIG)).scored([rollout])[0]
    assert (given.region, given.box, given.accuracy, given.format) == (1, 1, 1, 1)


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_a_lesson_of_one_pass_is_the_episode_that_the_product_runs(number: int):
    page = whole_pages(BOTH, seed=5, step=number, count=1)[0]
    for lesson in page.lessons:
        question = f"Which mark is in the {_question(lesson)}?"
        live = LiveRollout(ErgoDialect(), settings=WHOLE)
        image = io.BytesIO()
        page.image.save(image, "PNG")
        asked = live.begin(Task(image.getvalue(), question, ()))
        text = "".join(part["text"] for part in asked if part["type"] == "text")
        said = lesson.text.rpartition("assistant\n")[2].removesuffix("<|im_end|>\n")
        turns = [("system", 0, ErgoDialect().system_prompt()), ("user", 1, text)]
        assert chatml([*turns, ("assistant", 0, said)], shown=SIZE) == lesson.text
        assert live.say(said) is None
        assert all(live.rollout().strict)
        (view,) = live.shown
        assert open_original(view.data).size == SIZE
    scene = make_scene(5, number, family=FAMILIES[number % len(FAMILIES)])
    first = page.lessons[0].text.rpartition("<answer>")[2].partition("</answer>")[0]
    assert (first,) == (scene.answers or ("",))


def test_a_box_is_a_view_at_full_resolution_that_holds_the_mark_whole():
    panels = [panel for number in range(60) for panel in make_scene(6, number).panels]
    for panel in panels:
        region = region_of(place_of(panel))
        assert region.size == SHOWN
        assert region.contains(panel.hatch)
        box = box_around(place_of(panel))
        assert 0 <= min(box) <= max(box) <= SHOWN.width


def test_no_box_is_shown_where_a_colour_does_not_tell_the_panel():
    for page in draw_pages(BOTH, seed=5, step=0, count=40):
        for lesson in page.lessons:
            question = _question(lesson)
            colour = question.split()[0]
            assert sum(panel.colour == colour for panel in page.panels) <= 1
            there = [p for p in page.panels if {p.colour, p.shape} >= set(question.split())]
            there += [p for p in page.panels if question == f"{p.colour} panel"]
            assert (" none<" not in lesson.text) == bool(there)


def _question(lesson: Lesson) -> str:
    return lesson.text.partition("Which mark is in the ")[2].partition("?")[0]


def test_of_what_stands_beside_another_the_named_panel_is_shown_and_never_the_answer():
    course = Course("both", beside=1.0, questions=3)
    offs = set()
    for page in draw_pages(course, seed=5, step=0, count=30):
        for lesson in page.lessons:
            words = _question(lesson).split()
            assert words[:1] == ["panel"]
            colour = words[-2]
            (named,) = (panel for panel in page.panels if panel.colour == colour)
            place = place_of(named)
            assert f"panel {words[1]} of {colour} {place.x}, {place.y}</think>" in lesson.text
            box = json.loads(lesson.text.partition("</think><zoom>")[2].partition("</zoom>")[0])
            region = region_of(Place(box[0] + 28, box[1] + 28))
            seen = [panel.mark for panel in page.panels if region.contains(panel.hatch)]
            answer = lesson.text.rpartition("<answer>")[2].partition("</answer>")[0]
            assert [answer] == (seen or [""])
            offs.add((box[0] - box_around(place).left, box[1] - box_around(place).top))
    assert offs == {(0, 0), (56, 0), (-56, 0)}


def test_of_what_stands_above_or_below_another_the_box_is_told():
    course = Course("both", stacked=1.0, questions=3)
    asked = set()
    for page in draw_pages(course, seed=5, step=0, count=30):
        for lesson in page.lessons:
            word, *_, colour, _ = _question(lesson).split()[1:]
            (named,) = (panel for panel in page.panels if panel.colour == colour)
            cell = (named.cell[0], named.cell[1] + {"above": -1, "below": 1}[word])
            (wanted,) = (panel for panel in page.panels if panel.cell == cell)
            box = json.loads(lesson.text.partition("</think><zoom>")[2].partition("</zoom>")[0])
            assert region_of(Place(box[0] + 28, box[1] + 28)).contains(wanted.hatch)
            assert f"<answer>{wanted.mark}</answer>" in lesson.text
            asked.add(word)
    assert asked == {"above", "below"}


def test_odds_are_those_of_looks_to_either_side(
    processor: Qwen2_5_VLProcessor, model: Qwen2_5_VLForConditionalGeneration
):
    pages = list(islice(odds._pages(5), 8))
    pack = Packer(processor.tokenizer, ())(pages)
    checkpoint = Checkpoint(model, processor, "cpu", 16_384, 0, frozenset())
    for row, page in enumerate(pages):
        looks = [
            json.loads(each.text.split("<zoom>")[-1].split("</zoom>")[0])[0]
            for each in page.lessons
        ]
        apart = odds._first_numbers(pack.ids[row], pack.wanted[row], checkpoint)
        said = [processor.tokenizer.decode([int(pack.ids[row, at])]) for at in apart]
        assert said == [str(each) for each in looks]
        to_the_left = "left of" in page.lessons[0].text.split("<think>")[-1]
        assert (looks[0] < looks[1]) == to_the_left
    found = odds.odds_of_sides(checkpoint, seed=5, pages=8)
    assert found.spread > 0


def test_a_pair_is_seldom_missing_where_its_colour_is_there_if_the_course_says_so():
    def share(nearly: float) -> float:
        course = BOTH._replace(crowds=0.0, pairs=1.0, nearly=nearly)
        absent = [
            any(panel.colour in _question(lesson) for panel in page.panels)
            for page in draw_pages(course, seed=5, step=0, count=60)
            for lesson in page.lessons
            if " none<" in lesson.text
        ]
        return sum(absent) / len(absent)

    assert share(0.0) == 0
    assert share(0.9) > 0.5


def test_prompts_come_back_whole_and_cost_few_tokens(processor: Qwen2_5_VLProcessor):
    lesson = draw_pages(BOTH, seed=5, step=0, count=1)[0].lessons[0]
    ids = processor.tokenizer(lesson.text).input_ids
    assert processor.tokenizer.decode(ids) == lesson.text
    text = [token for token in ids if token != processor.image_token_id]
    assert len(text) < 75  # as words they are more than 250
    rendered = processor.apply_chat_template(
        [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "?"}]}],
        tokenize=False,
    )
    whole = "<|image_pad|>" * 64
    assert chatml([("user", 1, "?")]).replace(whole, "<|image_pad|>") == rendered


def test_questions_that_share_a_picture_are_computed_as_if_alone(
    processor: Qwen2_5_VLProcessor, model: Qwen2_5_VLForConditionalGeneration
):
    page = draw_pages(BOTH, seed=5, step=0, count=1)[0]
    packer = Packer(processor.tokenizer, content_words(processor.tokenizer))
    pack = packer([page])
    with torch.no_grad():
        together = model.lm_head(read(model, pack).hidden)[0][pack.wanted[0].roll(-1) != IGNORED]
        alone = [_alone(model, processor, page, number) for number in range(len(page.lessons))]
    assert torch.allclose(together, torch.cat(alone), atol=1e-5)


def test_patches_are_those_of_the_image_processor(processor: Qwen2_5_VLProcessor):
    images = [page.image for page in draw_pages(BOTH, seed=5, step=0, count=2)]
    wanted = processor.image_processor(images=images, return_tensors="pt")["pixel_values"]
    assert torch.allclose(patches_of(images), wanted, atol=1e-6)


def test_a_start_that_was_stopped_ends_as_one_that_was_not(
    processor: Qwen2_5_VLProcessor, tmp_path: Path
):
    whole = _taught(processor, stages.short(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        _taught(processor, _stopped(stages.short()), tmp_path / "stopped", every=0.0)
    resumed = _taught(processor, stages.short(), tmp_path / "stopped")
    assert all(torch.equal(one, resumed[name]) for name, one in whole.items())
    assert (tmp_path / "stopped" / "curves.png").exists()
    first = (tmp_path / "whole" / "metrics.jsonl").read_text("utf-8").splitlines()
    second = (tmp_path / "stopped" / "metrics.jsonl").read_text("utf-8").splitlines()
    assert len(first) == len(second) == 9


def _taught(
    processor: Qwen2_5_VLProcessor, chosen: Sequence[Stage], folder: Path, *, every: float = 1e9
) -> dict[str, torch.Tensor]:
    torch.manual_seed(7)
    model = make_model(processor.tokenizer)
    teach(model, processor, chosen, folder, every=every, report=lambda _: None)
    return dict(model.state_dict())


def _stopped(chosen: Sequence[Stage]) -> list[Stage]:
    """The stages, the second of which breaks off before its last step."""

    def draw(step: int) -> list[Page]:
        if step == 2:
            raise KeyboardInterrupt
        return chosen[1].draw(step)

    return [chosen[0], chosen[1]._replace(draw=draw), chosen[2]]


def _alone(
    model: Qwen2_5_VLForConditionalGeneration,
    processor: Qwen2_5_VLProcessor,
    page: Page,
    number: int,
) -> torch.Tensor:
    """Transformers' own logits, before each token that is taught."""
    lesson = page.lessons[number]
    bare = lesson.text.replace("<|image_pad|>" * 64, "<|image_pad|>")
    batch = processor(
        text=[bare],
        images=[page.image, *lesson.images],
        return_tensors="pt",
        return_mm_token_type_ids=True,
    )
    packer = Packer(processor.tokenizer, content_words(processor.tokenizer))
    wanted = packer([Page(page.image, page.panels, (lesson,))]).wanted[0]
    return model(**batch).logits[0][wanted.roll(-1) != IGNORED]
