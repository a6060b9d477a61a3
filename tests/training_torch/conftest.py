"""The tiny checkpoint as a policy in training; see `rollouts`."""

from pathlib import Path

import pytest
import torch

from scripts.tiny_pages import write_examples
from tests.support.tiny import tiny_checkpoint


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """The same sums in the same order, and no waiting for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def checkpoint() -> Path:
    return tiny_checkpoint()


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight questions about pages of 168 pixels."""
    return write_examples(tmp_path_factory.mktemp("pages"), count=8)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """TRL 1.16 uses names that transformers 5.24 calls deprecated."""
    ignored = pytest.mark.filterwarnings("ignore::FutureWarning")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(ignored)
