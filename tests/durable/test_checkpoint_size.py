"""What an episode about an 8K image leaves in a checkpointer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image

from benchmarks.checkpoints import LIMIT, draw_8k, measure_bytes
from ergo_agent import create_vision_graph
from ergo_agent.images import data_url, encode_view
from tests.support.scripted import scripted

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_8k(tmp_path_factory.mktemp("pages") / "page.png")


@pytest.mark.parametrize("form", ["path", "bytes"])
def test_30_checkpoints_take_less_than_a_megabyte(page: Path, tmp_path: Path, form: str):
    image = str(page) if form == "path" else page.read_bytes()
    kept = measure_bytes(image, folder=tmp_path)
    assert kept.views == 15
    assert kept.checkpoints >= 30
    assert 100_000 < kept.bytes < LIMIT  # more than nothing: it was measured


def test_also_where_only_known_types_are_read_back(page: Path, tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from benchmarks.checkpoints import measure_bytes; "
        "from langgraph.checkpoint.serde._msgpack import STRICT_MSGPACK_ENABLED; "
        "assert STRICT_MSGPACK_ENABLED; "
        "print(*measure_bytes(sys.argv[1], folder=Path(sys.argv[2])))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(page), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "LANGGRAPH_STRICT_MSGPACK": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""  # LangGraph says so where it does not read a type back
    checkpoints, size, views = map(int, ran.stdout.split())
    assert (checkpoints >= 30, size < LIMIT, views) == (True, True, 15)


@pytest.mark.parametrize("form", ["bytes", "data URL", "Pillow image"])
async def test_pixels_are_kept_out_however_they_are_given(tmp_path: Path, form: str):
    picture = Image.effect_noise((900, 700), 60).convert("RGB")
    view = encode_view(picture)
    image = {"bytes": view.data, "data URL": data_url(view), "Pillow image": picture}[form]
    saver = InMemorySaver()
    graph = create_vision_graph(
        policy=scripted("<answer>red</answer>"), checkpointer=saver, store=tmp_path
    )
    for thread, run in (("1", graph.invoke), ("2", graph.ainvoke)):
        given = {"image": image, "question": "q"}
        output = run(given, {"configurable": {"thread_id": thread}})
        output = output if isinstance(output, dict) else await output
        assert output["answer"] == "red"
    held = [*saver.blobs.values(), *(w for ws in saver.writes.values() for w in ws.values())]
    assert 0 < len(repr(held)) < 200_000  # the picture alone has over a million bytes
