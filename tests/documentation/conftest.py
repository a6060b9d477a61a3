"""The folder that the pages' code runs in, and the model that their agents have."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from tests.support.documents import ROOT
from tests.support.tool_calling import BindsTools, calls


class ReaderOfTools(BindsTools):
    """Passes on a question "in page.png" to `look_at_image`, and says what that answered."""

    model_name: str = "stands-in-for-yours"

    @property
    def _llm_type(self) -> str:
        return "reader-of-tools"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: object = None,  # noqa: ARG002
        **options: Any,  # noqa: ARG002
    ) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            reply = AIMessage(last.text.partition("\n")[0])
        else:
            question, _, image = last.text.removesuffix("?").partition(" in ")
            reply = calls(("look_at_image", {"image": image, "question": f"{question}?"}))
        return ChatResult(generations=[ChatGeneration(message=reply)])


@pytest.fixture
def model() -> BaseChatModel:
    """What `model` is on the pages: the model of the reader's own agent."""
    return ReaderOfTools()


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the pages name, where the code runs; no policy is set."""
    for name in ("page.png", "invoice.png", "examples/page.png", "scans/page.png"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "examples" / "page.png", copy)
    for folder in (tmp_path, tmp_path / "examples"):
        shutil.copy(ROOT / "examples" / "manual.pdf", folder)
    monkeypatch.chdir(tmp_path)
    for variable in ("ERGO_BASE_URL", "ERGO_MODEL", "ERGO_API_KEY", "LANGSMITH_TRACING"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path
