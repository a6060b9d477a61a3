"""The probe against vLLM itself."""

import json
import subprocess
import sys

import pytest

from ergo_agent.apps.serve import probe
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.views.patches import PatchGrid
from ergo_agent.views.tokens import TokenRule
from tests.support.serving import ServedModel


def doctor(*options: str):
    command = [sys.executable, "-m", "ergo_agent.apps.cli", "doctor", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_serve_starts_passes_everything(server: ServedModel):
    report = probe(server.base_url)
    assert [one for one in report.findings if not one.ok] == []
    assert len(report.findings) == 6
    assert report.models == ("ergo",)
    assert report.context_length == 14_336


def test_the_command(server: ServedModel):
    result = doctor("--base-url", server.base_url)
    assert result.returncode == 0, result.stderr
    assert "a regular expression is enforced" in result.stdout
    assert "tokens of a repeated prompt are cached" in result.stdout


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        (VisionSettings(view_budget=2560, max_zooms=1), PatchGrid()),  # more than was served for
        (VisionSettings(view_budget=640), PatchGrid(factor=32)),  # another model family
    ],
)
def test_images_that_are_resized_are_found_out(
    server: ServedModel, settings: VisionSettings, rule: TokenRule
):
    report = probe(server.base_url, settings=settings, dialect=ErgoDialect(token_rule=rule))
    assert report.only_resizes
    found = next(one for one in report.findings if one.name == "image tokens")
    assert "the server resizes what it is sent" in found.found


def test_the_command_refuses_resizing_unless_told_otherwise(server: ServedModel):
    options = ("--base-url", server.base_url, "--budget", "2560", "--max-zooms", "1", "--json")
    result = doctor(*options)
    assert result.returncode == 5
    assert json.loads(result.stdout)["usable"] is False
    assert doctor(*options, "--allow-resize").returncode == 0


def test_more_images_than_it_was_served_for(server: ServedModel):
    report = probe(server.base_url, settings=VisionSettings(max_zooms=6))
    found = next(one for one in report.findings if one.name == "images")
    assert found.ok is False
    assert "At most 13 image(s)" in found.found


def test_another_model_name(server: ServedModel):
    report = probe(server.base_url, model="qwen")
    assert not report.usable
    assert "qwen is not served; ergo is" in report.findings[0].found
