from pathlib import Path

import pytest

from tests.support.pictures import save_picture


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(autouse=True)
def _untraced_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine's own environment says of tracing must not reach these tests."""
    for name in ("ERGO_TRACE_IMAGES", "LANGSMITH_TRACING", "LANGSMITH_API_KEY"):
        monkeypatch.delenv(name, raising=False)
