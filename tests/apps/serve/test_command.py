"""The vllm command: flags that follow from the settings of the episodes."""

import json
import shlex
from pathlib import Path
from typing import Any, Literal

import pytest
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from ergo_agent.apps.serve import ServeOptions, serve_command, serve_environment
from ergo_agent.apps.serve.needs import context_needed, images_needed
from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.views.patches import QWEN2_5_VL


def flags(options: ServeOptions):
    """The value after each flag; True for a flag without one."""
    command = serve_command(options)
    found: dict[str, Any] = {}
    for at, word in enumerate(command):
        if word.startswith("--"):
            after = command[at + 1] if at + 1 < len(command) else "--"
            found[word] = True if after.startswith("--") else after
    return found


def test_the_defaults_serve_ergo():
    command = serve_command(ServeOptions())
    assert command[:3] == ["vllm", "serve", "nota-ai/ERGO-7B"]
    found = flags(ServeOptions())
    assert found["--served-model-name"] == "ergo"
    assert found["--host"] == "127.0.0.1"
    assert found["--enable-prefix-caching"] is True
    assert found["--enable-prompt-tokens-details"] is True
    assert json.loads(found["--structured-outputs-config"])["backend"] == "xgrammar"


@pytest.mark.parametrize(("parallel", "other"), [("data", "tensor"), ("tensor", "data")])
def test_gpus_are_used_one_way_or_the_other(parallel: Literal["data", "tensor"], other: str):
    found = flags(ServeOptions(gpus=4, parallel=parallel))
    assert found[f"--{parallel}-parallel-size"] == "4"
    assert f"--{other}-parallel-size" not in found


def terms(**settings: int):
    return Terms(VisionSettings(**settings), QWEN2_5_VL)


@pytest.mark.parametrize(
    ("model", "bounds", "name"),
    [
        ("nota-ai/ERGO-7B", {"shortest_edge": 3136, "longest_edge": 1_003_520}, "ergo"),
        (
            "Qwen/Qwen3-VL-8B-Instruct",
            {"shortest_edge": 65_536, "longest_edge": 1_310_720},
            "Qwen3-VL-8B-Instruct",
        ),
    ],
)
def test_bounds_and_name_are_those_of_the_models_family(
    model: str, bounds: dict[str, int], name: str
):
    found = flags(ServeOptions(model=model))
    assert json.loads(found["--mm-processor-kwargs"]) == {"size": bounds}
    assert found["--served-model-name"] == name
    assert choose_dialect(model=name).name == choose_dialect(model=model).name


def test_a_family_of_tiles_is_bound_by_tiles():
    found = flags(ServeOptions(model="OpenGVLab/InternVL3-8B"))
    assert json.loads(found["--mm-processor-kwargs"]) == {"max_dynamic_patch": 4}
    assert json.loads(found["--limit-mm-per-prompt"])["image"] == 13


def test_a_checkpoint_in_a_folder_is_known_by_its_type(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen3_vl"}))
    assert ServeOptions(model=str(tmp_path)).dialect_used.name == "qwen3_vl"
    assert ServeOptions(model=str(tmp_path), dialect="ergo").dialect_used.name == "ergo"


@pytest.mark.parametrize("budget", [64, 640, 1280])
def test_pixel_bounds_are_those_of_the_views(budget: int):
    settings = VisionSettings(view_budget=budget)
    bounds = json.loads(flags(ServeOptions(settings=settings))["--mm-processor-kwargs"])
    assert bounds == {"size": {"shortest_edge": 4 * 28 * 28, "longest_edge": budget * 28 * 28}}


def test_images_of_the_deepest_episode():
    assert images_needed(terms()) == 1 + 3 * 4
    assert images_needed(terms(max_zooms=0)) == 1
    # 640 tokens hold the smallest coarse view and nine crops of 64
    assert images_needed(terms(view_budget=640, max_vision_tokens=640, max_zooms=9)) == 10
    limit = json.loads(flags(ServeOptions())["--limit-mm-per-prompt"])
    assert limit == {"image": 13, "video": 0}


def test_the_context_holds_the_whole_budget_and_words_for_every_turn():
    assert context_needed(terms()) == 14_336
    deeper = terms(max_zooms=6)
    assert context_needed(deeper) > context_needed(terms())
    assert flags(ServeOptions())["--max-model-len"] == "14336"
    assert flags(ServeOptions(context=9000))["--max-model-len"] == "9000"


def test_further_arguments_come_last_and_win():
    command = serve_command(ServeOptions(extra=("--dtype", "float32")))
    assert command[-2:] == ["--dtype", "float32"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/v1"),
        ("0.0.0.0", "http://127.0.0.1:8000/v1"),
        ("::", "http://[::1]:8000/v1"),
        ("gpu-box", "http://gpu-box:8000/v1"),
    ],
)
def test_the_url_can_be_reached_from_this_machine(host: str, url: str):
    assert ServeOptions(host=host).base_url == url


def test_a_checkpoint_folder_needs_no_hub(tmp_path: Path):
    local = serve_environment(ServeOptions(model=str(tmp_path)), base={})
    assert local["HF_HUB_OFFLINE"] == "1"
    assert "HF_HUB_OFFLINE" not in serve_environment(ServeOptions(), base={})
    kept = serve_environment(ServeOptions(), base={"VLLM_NO_USAGE_STATS": "0"})
    assert kept["VLLM_NO_USAGE_STATS"] == "0"


def test_dry_run_prints_the_command():
    result = CliRunner().invoke(
        app, ["serve", "--dry-run", "--gpus", "2", "--budget", "640", "--", "--dtype", "float32"]
    )
    assert result.exit_code == 0
    words = shlex.split(result.stdout)
    settings = VisionSettings(view_budget=640)
    options = ServeOptions(gpus=2, settings=settings, extra=("--dtype", "float32"))
    assert words[words.index("vllm") :] == serve_command(options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "0"], "--port 0"),
        (["--gpus", "0"], "--gpus 0"),
        (["--parallel", "sideways"], "--parallel sideways"),
        (["--budget", "1"], "view_budget=1"),
    ],
)
def test_wrong_options_are_one_line(options: list[str], message: str):
    result = CliRunner().invoke(app, ["serve", "--dry-run", *options])
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
