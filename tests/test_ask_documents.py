"""`ask` and the tool over documents of many pages, with the embedded reader and with scripts."""

import re
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import (
    ErgoVisionTool,
    ImageNotFoundError,
    QuestionError,
    SettingsError,
    VisionAnswer,
    aask,
    ask,
    ask_many,
)
from ergo_agent.agents.views import views_of
from ergo_agent.documents import page_texts
from ergo_agent.images import MemoryStore
from ergo_agent.report import report_html
from tests.support.html import named, parsed, text_of, with_class
from tests.support.paged import digital, manual
from tests.support.pictures import save_picture
from tests.support.scripted import received, scripted

FACT = "The guarantee lasts thirty months from the day of purchase."
QUESTION = "How long does the guarantee last?"
ANSWER = "<think>read</think><answer>thirty months</answer><evidence>[40, 40, 90, 90]</evidence>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "manual.pdf"
    path.write_bytes(bytes(digital(manual({4: FACT}, pages=6)).output()))
    return path


def test_the_embedded_reader_finds_the_page(document: Path):
    result = ask(document, QUESTION, policy="ocr")
    assert result.answer is not None
    assert "thirty months" in result.answer
    assert {found.page for found in result.evidence} == {4}


async def test_every_form_of_a_document_is_the_same(document: Path):
    store = MemoryStore()
    data = bytes(digital(manual({4: FACT}, pages=6)).output())
    given: list[Any] = [document, str(document), document.as_uri(), data, [data], store.put(data)]
    for each in given:
        result = await aask(each, QUESTION, policy=scripted(ANSWER), store=store)
        assert (result.evidence[0].page, result.image.page_count) == (4, 6)


def test_a_page_that_is_named_is_asked_about_as_ever(document: Path):
    result = ask(document, QUESTION, page=3, policy=scripted(ANSWER))
    assert result.document is None
    assert (result.image.page, result.evidence[0].page) == (3, 3)


def test_a_document_of_one_page_is_an_image(tmp_path: Path):
    path = tmp_path / "one.pdf"
    path.write_bytes(bytes(digital([["only"]]).output()))
    for given in (path, path.read_bytes(), save_picture(tmp_path, size=(300, 200))):
        result = ask(given, "q", policy=scripted(ANSWER))
        assert result.document is None


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"page": 7}, ImageNotFoundError, "there is no page 7"),
        ({"pages": "5-7"}, ImageNotFoundError, "there is no page 7: the document has 6"),
        ({"pages": "x"}, SettingsError, "names no pages"),
        ({"pages": "1-2", "page": 1}, SettingsError, "both given"),
        ({"finder": "nobody"}, SettingsError, "finder='nobody' is unknown; give one of text"),
    ],
)
def test_pages_and_finders_that_are_none(
    document: Path, options: dict[str, Any], error: type[Exception], message: str
):
    with pytest.raises(error, match=message):
        ask(document, QUESTION, policy=scripted(ANSWER), **options)


def test_several_questions_share_one_survey(document: Path, monkeypatch: pytest.MonkeyPatch):
    read: list[int] = []
    reading = page_texts.read_text_layers

    def counted(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        read.append(1)
        return reading(*given, **more)

    monkeypatch.setattr(page_texts, "read_text_layers", counted)
    policy = scripted(ANSWER)
    asked = [QUESTION, "What is turned?", "What is the filter?"]
    results = ask_many(document.read_bytes(), asked, policy=policy, store=MemoryStore())
    assert [result.question for result in results] == asked
    assert len(read) == 1
    assert len(received(policy)) == 3


def test_several_questions_about_one_image(tmp_path: Path):
    page = save_picture(tmp_path, size=(300, 200))
    results = ask_many(page, ["one", "two"], policy=scripted(ANSWER))
    assert [result.question for result in results] == ["one", "two"]


@pytest.mark.parametrize("questions", ["one", [], None, 7, ["one", ""]])
def test_what_are_no_questions(document: Path, questions: Any):  # noqa: ANN401
    with pytest.raises(QuestionError, match="question"):
        ask_many(document, questions, policy=scripted(ANSWER))


def test_a_list_of_questions_is_refused_with_the_way_to_ask_it(document: Path):
    with pytest.raises(QuestionError, match=r"2 questions were given to ask\(\).*ask_many"):
        ask(document, ["one", "two"], policy=scripted(ANSWER))  # type: ignore[arg-type]


def test_the_tool_says_what_it_looked_at(document: Path):
    tool = ErgoVisionTool(policy=scripted(NOT_FOUND), allowed_roots=[document.parent], max_pages=2)
    call = {"type": "tool_call", "id": "1", "name": tool.name}
    arguments = {"image": "manual.pdf", "question": QUESTION}
    message = tool.invoke({**call, "args": arguments})
    assert message.content.startswith("Not found in the document (6 pages; ")
    said = (
        r"looked at pages [\d, -]+ of 6, not at pages [\d, -]+; it ended because the pages allowed"
    )
    assert re.search(said, message.content)
    assert 4 in {page["page"] for page in message.artifact["document"]["opened"]}
    VisionAnswer.model_validate(message.artifact)
    narrowed = tool.invoke({**call, "args": {**arguments, "pages": "1-2"}})
    assert "looked at pages 1-2 of 6" in narrowed.content


def test_the_tool_shows_the_crops_of_the_right_page(document: Path):
    tool = ErgoVisionTool(
        policy=scripted(NOT_FOUND, ANSWER), allowed_roots=[document.parent], return_images=True
    )
    arguments = {"image": "manual.pdf", "question": QUESTION}
    call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
    message = tool.invoke(call)
    text, picture = message.content
    answered = VisionAnswer.model_validate(message.artifact)
    assert answered.image.page != 4
    assert f"page {answered.image.page} of 6" in text["text"]
    view = answered.views[-1]
    assert view.page == answered.image.page
    (seen,) = (each for each in views_of(message.artifact) if each.view.digest == view.digest)
    assert seen.name in text["text"]
    assert picture["id"] == seen.name.replace(" ", "_")


def test_the_report_shows_each_page_and_how_much_of_it_was_seen(document: Path):
    result = ask(document, QUESTION, policy=scripted(NOT_FOUND, ANSWER))
    root = parsed(report_html(result))
    (pages,) = with_class(root, "pages")
    said = [text_of(each) for each in named(pages, "li")]
    assert result.document is not None
    numbers = [page.page for page in result.document.opened]
    for text, number in zip(said, numbers, strict=True):
        assert f"Page {number} : 100% seen, 0% at full resolution" in text
    assert "It gives no answer" in said[0]
    assert "It answers" in said[1]
    assert len(named(pages, "svg")) == 2
    assert "not looked at" in text_of(root)
    assert with_class(root, "missing") == []
