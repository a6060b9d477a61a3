"""What the public inference code of the paper gets wrong, one test each: this graph does not.

How images are read is tested more closely in `tests/imaging`.
"""

import asyncio
import base64
import io
import random
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from PIL import Image

from ergo_agent import Policy, PolicyError, aask, ask
from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import choose_dialect
from ergo_agent.views.geometry import Region, Size
from tests.support.pictures import save_picture
from tests.support.scripted import image_urls, received, scripted
from tests.support.tool_calling import ToolModel, answer, calls, tool_policy, zoom

ANSWER = "<think>read</think><answer>A. red</answer>"
DIALECTS = ["ergo", "qwen2_vl", "qwen3_vl", "tool_calls"]


def in_dialect(name: str, *boxes: tuple[float, ...] | None):
    """A policy that asks for boxes (None: for nothing at all) in its dialect, and then answers."""
    if name == "tool_calls":
        made = [AIMessage("I look.") if box is None else calls(zoom(box)) for box in boxes]
        return tool_policy(*made, calls(answer("A. red")))
    texts = ["I look." if box is None else f"<zoom>{list(box)}</zoom>" for box in boxes]
    model = ToolModel(replies=[AIMessage(text) for text in (*texts, ANSWER)])
    return Policy(model, choose_dialect(name, model=None))


def _turned() -> Image.Exif:
    """Orientation 6: the camera was turned, so the picture has to be turned clockwise."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(4000, 3000))


@pytest.fixture(scope="module")
def page_8k(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(7680, 4320))


async def test_an_exception_is_raised_and_never_dropped(page: Path):
    asked = [aask(page, "q", policy=scripted(reply)) for reply in (ANSWER, ValueError("broken"))]
    good, bad = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(good, VisionAnswer)
    assert isinstance(bad, PolicyError)
    assert "broken" in str(bad)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "box", [(300, 200, 100, 100), (0, 0, 0, 0), (-9, -9, 4, 4), (5000, 5000, 6000, 6000)]
)
def test_no_box_is_a_crash_in_any_dialect(page: Path, dialect: str, box: tuple[float, ...]):
    result = ask(page, "q", policy=in_dialect(dialect, box))
    assert result.answer == "A. red"
    assert all(Region.whole(Size(4000, 3000)).contains(view.region) for view in result.views)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_reply_without_a_box_stays_within_the_budget_in_any_dialect(page: Path, dialect: str):
    result = ask(page, "q", policy=in_dialect(dialect, None, None), view_budget=1280)
    assert result.stop_reason == "unusable_reply"
    assert result.answer == "A. red"
    assert len(result.views) == 1
    assert result.ledger.spent <= 1280


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_thin_box_is_grown_and_enlarged_in_any_dialect(page: Path, dialect: str):
    result = ask(page, "q", policy=in_dialect(dialect, (500, 500, 500, 502)))
    assert min(result.views[1].region.size) >= 56
    assert result.views[1].tokens >= 64
    assert min(result.views[1].shown) >= 224


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_was_asked_for_lies_inside_the_crop_in_any_dialect(page: Path, dialect: str):
    policy = in_dialect(dialect, (100, 200, 300, 400))
    result = ask(page, "q", policy=policy)
    edges = policy.dialect.frame.edges(result.views[0].shown)
    crop = result.views[1].region
    assert crop.left <= 100 / edges.width * 4000 <= 300 / edges.width * 4000 <= crop.right
    assert crop.top <= 200 / edges.height * 3000 <= 400 / edges.height * 3000 <= crop.bottom


@pytest.mark.parametrize("text", ["A. red", "C.\nthree lines\nlong", "(D)", "1,234.50 €"])
def test_answers_by_tool_call_are_verbatim(page: Path, text: str):
    assert ask(page, "q", policy=tool_policy(calls(answer(text)))).answer == text


@pytest.mark.parametrize(
    "box",
    ["[300, 200, 100, 100]", "[0, 0, 0, 0]", "[1148, 840, 1148, 840]", "[-9, -9, 4, 4]"],
)
def test_an_inverted_or_hanging_box_is_no_crash(page: Path, box: str):
    result = ask(page, "q", policy=scripted(f"<zoom>{box}</zoom>", ANSWER))
    assert result.answer == "A. red"


def test_an_inverted_box_shows_what_it_spans(page: Path):
    boxes = ("[100, 100, 300, 200]", "[300, 200, 100, 100]", "[300, 100, 100, 200]")
    shown = [ask(page, "q", policy=scripted(f"<zoom>{box}</zoom>", ANSWER)) for box in boxes]
    assert len({result.views[1].region.as_tuple() for result in shown}) == 1


@pytest.mark.parametrize("box", ["[5000, 5000, 6000, 6000]", "[-50, -50, -10, -10]"])
def test_a_box_fully_outside_is_no_crash(page: Path, box: str):
    result = ask(page, "q", policy=scripted(f"<zoom>{box}</zoom>", ANSWER))
    assert result.answer == "A. red"
    assert "lies outside the image shown" in str(result.turns[0].error)


def test_a_reply_without_a_box_stays_within_the_budget(page: Path):
    policy = scripted("I would look at the sign.")
    result = ask(page, "q", policy=policy, view_budget=1280)
    assert result.ledger.full_resolution > 15_000
    assert result.ledger.spent <= 1280
    assert len(image_urls(received(policy)[-1])) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "<zoom>[ 100 , 100 , 300 , 200 ]</zoom>",
        "<zoom>[100.0, 100.5, 300.2, 200.9]</zoom>",
        "<zoom>[100, 100, 300, 200], [600, 600, 700, 700]</zoom>",
        "<think>there<zoom>[100, 100, 300, 200]",
    ],
)
def test_the_box_grammar_is_tolerant(page: Path, reply: str):
    result = ask(page, "q", policy=scripted(reply, ANSWER))
    assert len(result.views) >= 2
    assert len(result.turns) == 2


@pytest.mark.parametrize("box", ["[500, 100, 500, 800]", "[500, 100, 501, 800]"])
def test_a_zero_width_or_thin_box_is_grown(page: Path, box: str):
    result = ask(page, "q", policy=scripted(f"<zoom>{box}</zoom>", ANSWER))
    assert min(result.views[1].region.size) >= 56


def test_a_small_crop_is_enlarged(page: Path):
    # 5 x 5 pixels of the coarse view are about 18 x 18 of the original
    result = ask(page, "q", policy=scripted("<zoom>[500, 500, 505, 505]</zoom>", ANSWER))
    assert result.views[1].tokens >= 64
    assert min(result.views[1].shown) >= 224


def test_a_second_zoom_reaches_full_resolution_on_an_8k_image(page_8k: Path):
    policy = scripted(
        "<zoom>[0, 0, 1000, 700]</zoom>",  # about 60 % of the image
        "<zoom>[600, 300, 1000, 500]</zoom>",  # now about it
        "<zoom>[100, 100, 500, 300]</zoom>",
        ANSWER,
    )
    result = ask(page_8k, "q", policy=policy, view_budget=1280)
    assert not result.views[1].full_resolution
    assert result.views[-1].full_resolution
    assert result.stop_reason in {"answered", "max_zooms"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_view_of_two_thousand_sizes_exceeds_the_budget(dialect: str):
    rule = choose_dialect(dialect, model=None).token_rule
    draw = random.Random(11)
    for _ in range(2000):
        size = Size(draw.randint(60, 9000), draw.randint(60, 9000))
        assert rule.tokens(rule.fit(size, max_tokens=1280)) <= 1280


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "RGB", {}),  # its name says JPEG
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"exif": _turned()}),
    ],
)
def test_what_is_sent_is_upright_and_what_its_label_says(
    tmp_path: Path, kind: str, mode: str, options: dict[str, Any]
):
    upright = Image.new("RGB", (600, 300), "white")
    upright.paste("red", (0, 0, 300, 300))
    stored = upright.transpose(Image.Transpose.ROTATE_90) if options else upright
    path = tmp_path / "page.jpg"
    stored.convert(mode).save(path, kind, **options)
    policy = scripted(ANSWER)
    assert ask(path, "q", policy=policy).answer == "A. red"
    head, _, data = image_urls(received(policy)[0])[0].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as sent:
        assert (sent.format, sent.mode) == ("PNG", "RGB")
        assert sent.width == 2 * sent.height
        red, green, _ = sent.getpixel((sent.width // 4, sent.height // 2))  # type: ignore[misc]
    assert red > 200
    assert green < 60


def test_a_call_that_fails_is_not_repeated(page: Path):
    policy = scripted(ValueError("400 bad request"))
    with pytest.raises(PolicyError, match="400 bad request"):
        ask(page, "q", policy=policy)
    assert len(received(policy)) == 1


async def test_images_are_decoded_and_encoded_outside_the_event_loop(page_8k: Path):
    lags = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before)

    watcher = asyncio.create_task(watch())
    image = io.BytesIO()
    Image.open(page_8k).save(image, "PNG", compress_level=1)
    lags.clear()
    started = time.perf_counter()
    await aask(image.getvalue(), "q", policy=scripted("<zoom>[9, 9, 800, 600]</zoom>", ANSWER))
    total = time.perf_counter() - started
    watcher.cancel()
    assert total > 0.1  # there was something to do
    assert len(lags) > 0.1 * total / 0.005  # and the loop went on turning meanwhile


@pytest.mark.parametrize("text", ["A. red", "  B. two  words ", "C.\nthree lines\nlong", "(D)"])
def test_answers_are_verbatim(page: Path, text: str):
    result = ask(page, "q", policy=scripted(f"<think>t</think><answer>{text}</answer>"))
    assert result.answer == text.strip()


def test_everything_is_saved(page: Path):
    replies = ["<think>there</think><zoom>[100, 100, 300, 200]</zoom>", ANSWER]
    result = ask(page, "What colour?", policy=scripted(*replies))
    saved = VisionAnswer.model_validate_json(result.model_dump_json())
    assert [turn.reply for turn in saved.turns] == replies
    assert saved.turns[0].move is not None
    assert saved.turns[0].move.boxes[0].box == (100, 100, 300, 200)
    assert [view.tokens for view in saved.views] == [e.predicted for e in saved.ledger.entries]
    assert all(turn.seconds > 0 and turn.input_tokens == 100 for turn in saved.turns)
    assert saved.timings["observe"] > 0
