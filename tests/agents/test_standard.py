"""LangChain's own standard tests for tools, unit and integration apart."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from ergo_agent import ErgoVisionTool, ObserveTool, ZoomTool
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ANSWER = "<think>read</think><answer>A. red</answer>"


class _Tool:
    """What the standard tests ask for: a class, how to make one, how to call it."""

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {}

    @pytest.fixture(autouse=True)
    def _page(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        save_picture(tmp_path, size=(1200, 900), name="page.png")
        monkeypatch.chdir(tmp_path)


class _VisionTool(_Tool):
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return ErgoVisionTool

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"policy": scripted(ANSWER), "return_images": True}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"image": "page.png", "question": "What colour?"}


class _ObserveTool(_Tool):
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return ObserveTool

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"image": "page.png"}


class _ZoomTool(_Tool):
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return ZoomTool

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"image": "page.png", "left": 0, "top": 0, "right": 500, "bottom": 500}


class TestErgoVisionToolUnit(_VisionTool, ToolsUnitTests):
    @property
    def init_from_env_params(self):
        """The policy's server comes from the environment; nothing is asked of it before a call."""
        environment = {"ERGO_BASE_URL": "http://127.0.0.1:9/v1"}
        return environment, {}, {"name": "look_at_image", "max_zooms": 3}


class TestErgoVisionToolIntegration(_VisionTool, ToolsIntegrationTests):
    pass


class TestObserveToolUnit(_ObserveTool, ToolsUnitTests):
    pass


class TestObserveToolIntegration(_ObserveTool, ToolsIntegrationTests):
    pass


class TestZoomToolUnit(_ZoomTool, ToolsUnitTests):
    pass


class TestZoomToolIntegration(_ZoomTool, ToolsIntegrationTests):
    pass
