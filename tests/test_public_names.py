"""The public face: these names are promised."""

import subprocess
import sys

import pytest

import ergo_agent

NAMES = {
    "BudgetError",
    "ErgoError",
    "ErgoVisionTool",
    "ImageAccessError",
    "ImageError",
    "ImageFetchError",
    "ImageFormatError",
    "ImageNotFoundError",
    "ImageTooLargeError",
    "MissingExtraError",
    "ObserveTool",
    "Policy",
    "PolicyError",
    "QuestionError",
    "SettingsError",
    "VisionAnswer",
    "VisionMiddleware",
    "VisionSettings",
    "ZoomTool",
    "__version__",
    "aask",
    "ask",
    "create_vision_graph",
}


def test_the_public_names_are_these():
    assert set(ergo_agent.__all__) == NAMES
    assert set(dir(ergo_agent)) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__"}))
def test_every_name_is_there_and_documented(name: str):
    found = getattr(ergo_agent, name)
    assert found.__name__ == name
    assert found.__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = ergo_agent.nothing


def test_importing_the_package_loads_nothing_heavy():
    program = (
        "import sys, ergo_agent; "
        "print([m for m in ('langgraph', 'PIL', 'numpy', 'onnxruntime') if m in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


def test_results_name_their_fields():
    fields = set(ergo_agent.VisionAnswer.model_fields)
    assert {
        "answer",
        "evidence",
        "image",
        "ledger",
        "policy",
        "reasoning",
        "stop_reason",
        "timings",
        "turns",
        "verified",
    } <= fields
