"""`ask` and `aask`: what goes in, and what is refused."""

import asyncio
import base64
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ergo_agent import (
    BudgetError,
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    QuestionError,
    SettingsError,
    aask,
    ask,
)
from ergo_agent.images import MemoryStore, sources
from tests.support.pictures import save_bad_pictures, save_picture
from tests.support.scripted import received, scripted

ANSWER = "<answer>x</answer>"


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(640, 480))


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("missing.png", ImageNotFoundError, "missing.png"),
        ("folder.png", ImageAccessError, "not a regular file"),
        ("empty.png", ImageFormatError, "is empty"),
        ("text.png", ImageFormatError, "no image of a known kind"),
        ("truncated.jpg", ImageFormatError, "cut short"),
        ("bomb.png", ImageTooLargeError, "40,000,000,000 pixels"),
        ("thin.png", BudgetError, "1500 times longer than wide"),
    ],
)
def test_a_bad_image_is_a_typed_error(
    tmp_path: Path, name: str, error: type[Exception], message: str
):
    save_bad_pictures(tmp_path)
    policy = scripted(ANSWER)
    with pytest.raises(error, match=message):
        ask(tmp_path / name, "q", policy=policy)
    assert received(policy) == []


def test_a_single_pixel_is_an_image(tmp_path: Path):
    path = save_picture(tmp_path, size=(1, 1))
    assert ask(path, "q", policy=scripted("<zoom>[0, 0, 9, 9]</zoom>", ANSWER)).answer == "x"


@pytest.mark.parametrize("question", ["", "  \n", "x" * 100_000, 7, None])
def test_a_bad_question_is_refused_before_anything_is_opened(question: str):
    with pytest.raises(QuestionError, match="the question"):
        ask("/nowhere.png", question, policy=scripted(ANSWER))


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"view_budget": -1}, BudgetError, "view_budget=-1 is no usable number"),
        ({"view_budget": 3}, BudgetError, "view_budget=3 is no usable number"),
        ({"view_budget": "many"}, BudgetError, "view_budget='many' is no usable number"),
        ({"max_vision_tokens": 0}, BudgetError, "max_vision_tokens=0 is no usable number"),
        ({"max_zooms": -1}, SettingsError, "max_zooms=-1 is out of range"),
        ({"deadline": 0}, SettingsError, "deadline=0 is out of range"),
        ({"deadline": float("nan")}, SettingsError, "deadline=nan is out of range"),
        ({"margin": 2}, SettingsError, "margin=2 is out of range"),
        ({"zooms": 2}, TypeError, "unexpected keyword argument 'zooms'; the settings are view_"),
    ],
)
def test_a_bad_setting_is_refused_before_anything_is_opened(
    settings: dict[str, Any], error: type[Exception], message: str
):
    with pytest.raises(error, match=message):
        ask("/nowhere.png", "q", policy=scripted(ANSWER), **settings)


@pytest.mark.parametrize("page_number", [0, -1, 2])
def test_a_page_that_is_not_there(page: Path, page_number: int):
    with pytest.raises(ImageNotFoundError, match="there is no page"):
        ask(page, "q", page=page_number, policy=scripted(ANSWER))


def test_a_page_that_is_no_number(page: Path):
    with pytest.raises(SettingsError, match="page='two' is no page number"):
        ask(
            page,
            "q",
            page="two",  # type: ignore[arg-type]
            policy=scripted(ANSWER),
        )


def test_every_kind_of_source_is_the_same_image(page: Path):
    store = MemoryStore()
    digest = store.put(page.read_bytes())
    for source in (page, str(page), f"file://{page}", page.read_bytes(), digest):
        result = ask(source, "q", policy=scripted(ANSWER), store=store)
        assert result.image.digest == digest
    with Image.open(page) as opened:
        assert ask(opened, "q", policy=scripted(ANSWER)).image.width == 640


def test_roots_confine_paths(page: Path, tmp_path: Path):
    (tmp_path / "allowed").mkdir()
    with pytest.raises(ImageAccessError, match="not inside a folder"):
        ask(page, "q", policy=scripted(ANSWER), allowed_roots=[tmp_path / "allowed"])
    assert ask(page, "q", policy=scripted(ANSWER), allowed_roots=[tmp_path]).answer == "x"


async def test_ask_works_inside_a_running_loop(page: Path):
    assert ask(page, "q", policy=scripted(ANSWER)).answer == "x"


async def test_many_questions_at_once(page: Path):
    asked = (aask(page, f"question {n}", policy=scripted(ANSWER)) for n in range(20))
    results = await asyncio.gather(*asked)
    assert [result.question for result in results] == [f"question {n}" for n in range(20)]


def test_the_tightest_budget_still_gets_an_answer(page: Path):
    result = ask(page, "q", policy=scripted(ANSWER), max_vision_tokens=4, view_budget=4)
    assert result.answer == "x"
    assert result.ledger.spent <= 4


GIVEN = ("path", "file URL", "bytes", "data URL", "pixels", "digest")


@pytest.mark.parametrize("kind", GIVEN)
def test_an_image_is_read_and_hashed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
):
    """A page that is asked about with two zooms; what is hashed else are its views, each once."""
    page = save_noise(tmp_path / "page.png")
    data = page.read_bytes()
    given: dict[str, Any] = {
        "path": page,
        "file URL": page.as_uri(),
        "bytes": data,
        "data URL": f"data:image/png;base64,{base64.b64encode(data).decode()}",
        "pixels": Image.open(io.BytesIO(data)),
        "digest": ask(page, "q", policy=scripted(ANSWER)).image.digest,
    }
    read: list[object] = []
    hashed: list[bytes] = []
    read_file, sha256 = sources.read_file, hashlib.sha256

    def reading(*arguments: Any, **options: Any) -> bytes:
        read.append(arguments)
        return read_file(*arguments, **options)

    def hashing(piece: bytes = b"", **options: Any) -> Any:  # noqa: ANN401
        hashed.append(piece)
        return sha256(piece, **options)

    monkeypatch.setattr(sources, "read_file", reading)
    monkeypatch.setattr(hashlib, "sha256", hashing)
    zooms = [f"<zoom view='1'>[{left}, 0, {left + 300}, 200]</zoom>" for left in (0, 600)]
    policy = scripted(*zooms, ANSWER)
    result = ask(given[kind], "q", policy=policy)
    assert len(result.views) == 3
    digests = [f"sha256:{sha256(piece).hexdigest()}" for piece in hashed if len(piece) > 50_000]
    assert len(digests) == len(set(digests))
    views = {view.digest for view in result.views}
    assert set(digests) - views == (set() if kind == "digest" else {result.image.digest})
    assert len(read) == (kind in {"path", "file URL"})


def save_noise(path: Path) -> Path:
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(path)
    return path
