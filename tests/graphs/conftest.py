"""Pages that the tests of the graph look at, unless a module has its own."""

from pathlib import Path

import pytest

from tests.support.manuals import PAGES
from tests.support.paged import digital
from tests.support.pictures import save_picture


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(640, 480))


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "manual.pdf"
    path.write_bytes(bytes(digital(PAGES).output()))
    return path
