"""The tools need LangChain's core alone; the middleware says what else it needs."""

import sys

import pytest

import ergo_agent
from ergo_agent import MissingExtraError


def test_the_middleware_names_its_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "ergo_agent.agents.middleware", raising=False)
    for name in [name for name in sys.modules if name.startswith("langchain.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "langchain", None)
    with pytest.raises(MissingExtraError, match=r'pip install .*\[langchain\]"$'):
        _ = ergo_agent.VisionMiddleware
    assert ergo_agent.ObserveTool(allowed_roots=[]).name == "observe_image"
    assert ergo_agent.ErgoVisionTool(policy="ocr", allowed_roots=[]).name == "look_at_image"
