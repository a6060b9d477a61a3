"""An agent's model names images that are in the conversation, in whatever form they were sent."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from PIL import Image

from ergo_agent import ErgoVisionTool
from ergo_agent.images import MemoryStore, digest_of
from tests.support.agents import agent_calling, human, in_base64, tool_messages
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.web import Page, web

ANSWER = "<think>read</think><answer>seen</answer>"
SIZES = {"a.png": (400, 300), "b.png": (500, 300), "c.png": (600, 300)}


@pytest.fixture
def folder(tmp_path: Path):
    for name, size in SIZES.items():
        save_picture(tmp_path, size=size, name=name)
    return tmp_path


def looked_at(messages: list[Any], name: str, **options: Any) -> ToolMessage:
    """What an agent's tool says when its model asks for an image by a name."""
    tool = ErgoVisionTool(policy=scripted(ANSWER), **{"allowed_roots": [], **options})
    arguments = {"image": name, "question": "What?"}
    agent, _ = agent_calling(("look_at_image", arguments), tools=[tool])
    return tool_messages(agent.invoke({"messages": messages}))[-1]


def width(message: ToolMessage) -> int:
    assert message.status == "success", message.text
    return message.artifact["image"]["width"]


def standard(path: Path, **more: Any) -> dict[str, Any]:
    return {"type": "image", "base64": in_base64(path), "mime_type": "image/png", **more}


def three(folder: Path) -> list[Any]:
    """Three images: of the user, of a tool, of the user again."""
    url = f"data:image/png;base64,{in_base64(folder / 'c.png')}"
    call = {"type": "tool_call", "id": "x", "name": "camera", "args": {}}
    return [
        human({"type": "text", "text": "look"}, standard(folder / "a.png", filename="scan.png")),
        AIMessage("", tool_calls=[call]),
        ToolMessage([standard(folder / "b.png")], tool_call_id="x", name="camera"),
        AIMessage("there"),
        human("and this", {"type": "image_url", "image_url": {"url": url}}),
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("image 1", 400),
        ("Image 2", 500),
        ("the image #3", 600),
        ("image_2", 500),
        ("2", 500),
        ("the first image", 400),
        ("second picture", 500),
        ("the 3rd photo", 600),
        ("the last image", 600),
        ('"the most recent image"', 600),
        ("scan.png", 400),
    ],
)
def test_names_that_mean_an_image(folder: Path, name: str, wanted: int):
    assert width(looked_at(three(folder), name)) == wanted


@pytest.mark.parametrize("name", ["image 4", "image 0", "the ninth image", "the image", "b.png"])
def test_an_unknown_name_is_told_with_what_there_is(folder: Path, name: str):
    message = looked_at(three(folder), name)
    assert message.status == "error"
    assert message.text.endswith(
        "The conversation holds image 1 (scan.png, from the user); image 2 (from the tool camera); "
        "image 3 (from the user)."
    )


def test_of_many_images_the_last_ones_are_listed(folder: Path):
    sent = human(*[standard(folder / "a.png", filename=f"{at}.png") for at in range(1, 31)])
    message = looked_at([sent], "image 31")
    assert "holds 10 earlier ones; image 11 (11.png, from the user); " in message.text
    assert width(looked_at([sent], "image 1")) == 400


def test_without_any_image_that_is_said():
    message = looked_at([HumanMessage("look")], "image 1")
    assert message.status == "error"
    assert message.text.endswith("The conversation holds no image.")


FORMS = {
    "standard": lambda data: {"type": "image", "base64": data, "mime_type": "image/png"},
    "standard, v0": lambda data: {
        "type": "image",
        "source_type": "base64",
        "data": data,
        "mime_type": "image/png",
    },
    "standard, data URL": lambda data: {"type": "image", "url": f"data:image/png;base64,{data}"},
    "OpenAI": lambda data: {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{data}", "detail": "high"},
    },
    "OpenAI, bare": lambda data: {
        "type": "image_url",
        "image_url": f"data:image/png;base64,{data}",
    },
    "Anthropic": lambda data: {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": data},
    },
    "a file": lambda data: {"type": "file", "base64": data, "mime_type": "image/png"},
    "OpenAI, a file": lambda data: {
        "type": "file",
        "file": {"file_data": f"data:image/png;base64,{data}", "filename": "x.png"},
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_block_is_found(folder: Path, form: str):
    sent = human(FORMS[form](in_base64(folder / "b.png")))
    assert width(looked_at([sent], "image 1")) == 500


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url"},
        {"type": "image_url", "image_url": {"url": None}},
        {"type": "image"},
        {"type": "image", "base64": 7, "mime_type": "image/png"},
        {"type": "file", "file": {}},
        {"type": "file", "base64": "AAAA", "mime_type": "text/csv"},
        {"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"},
        {"type": "something", "image": "new"},
    ],
)
def test_what_holds_no_image_is_passed_over(folder: Path, block: dict[str, Any]):
    assert width(looked_at([human(block, standard(folder / "b.png"))], "image 1")) == 500


@pytest.mark.parametrize(
    "block",
    [
        lambda data: {"extras": {"filename": "plan.png"}, **data},
        lambda data: {"metadata": {"filename": "plan.png"}, **data, "source_type": "base64"},
        lambda data: {"name": "plan.png", **data},
    ],
)
def test_file_names_are_found_where_blocks_carry_them(folder: Path, block: Any):  # noqa: ANN401
    data = in_base64(folder / "b.png")
    named = block({"type": "image", "base64": data, "data": data, "mime_type": "image/png"})
    sent = human(standard(folder / "a.png"), named, standard(folder / "c.png"))
    assert width(looked_at([sent], "plan.png")) == 500


def test_a_pdf_in_the_conversation_has_its_pages(tmp_path: Path):
    path = tmp_path / "two.pdf"
    pages = [Image.new("RGB", (300, 400), colour) for colour in ("white", "red")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    block = {
        "type": "file",
        "base64": in_base64(path),
        "mime_type": "application/pdf",
        "filename": "two.pdf",
    }
    message = looked_at([human(block)], "two.pdf")
    assert message.artifact["image"]["page_count"] == 2


def test_a_path_url_or_digest_is_still_one(folder: Path):
    messages = three(folder)
    path = folder / "b.png"
    assert width(looked_at(messages, str(path), allowed_roots=[folder])) == 500
    assert width(looked_at(messages, path.as_uri(), allowed_roots=[folder])) == 500
    store = MemoryStore()
    digest = store.put(path.read_bytes())
    assert width(looked_at(messages, digest, store=store)) == 500


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_path_in_a_block_is_read_by_the_rules_of_an_argument(folder: Path, form: str):
    sent = human({"type": "image", "url": form.format(folder / "b.png")})
    refused = looked_at([sent], "image 1")
    assert refused.status == "error"
    assert "not inside a folder that images may be read from" in refused.text
    assert width(looked_at([sent], "image 1", allowed_roots=[folder])) == 500


def test_a_url_in_a_block_is_fetched_from_allowed_hosts_only():
    sent = human({"type": "image", "url": "https://pictures.example/a/b.png?key=secret"})
    message = looked_at([sent], "b.png")
    assert message.status == "error"
    assert "pictures.example" in message.text
    assert "secret" not in message.text


def test_a_url_in_a_block_is_fetched_where_its_host_is_allowed(folder: Path):
    data = (folder / "b.png").read_bytes()
    with web({"/plans/b.png": Page(data)}) as site:
        sent = human({"type": "image_url", "image_url": {"url": f"http://{site.host}/plans/b.png"}})
        refused = looked_at([sent], "image 1")
        assert refused.status == "error"
        assert site.asked == []
        message = looked_at([sent], "b.png", allowed_hosts=[f"private:{site.host}"])
    assert width(message) == 500
    assert site.asked == ["/plans/b.png"]


def test_a_file_id_is_opened_by_whoever_can(folder: Path):
    data = (folder / "b.png").read_bytes()
    sent = human({"type": "image", "file_id": "file-7"})
    refused = looked_at([sent], "image 1")
    assert refused.status == "error"
    assert "a provider's file store" in refused.text
    files = {"file-7": data}
    assert width(looked_at([sent], "image 1", open_file_id=files.__getitem__)) == 500
    store = MemoryStore()
    store.put(data)
    own = human({"type": "image", "file_id": digest_of(data)})
    assert width(looked_at([own], "image 1", store=store)) == 500


def test_a_broken_image_is_told_to_the_model():
    sent = human({"type": "image", "base64": "AAAA", "mime_type": "image/png"})
    assert looked_at([sent], "image 1").status == "error"


async def test_it_is_found_async(folder: Path):
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[])
    agent, _ = agent_calling(
        ("look_at_image", {"image": "image 2", "question": "What?"}), tools=[tool]
    )
    output = await agent.ainvoke({"messages": three(folder)})
    assert width(tool_messages(output)[-1]) == 500
