"""Readers that share what they read with: each has a memory of its own, and the models are loaded
once."""

from collections.abc import Iterator
from functools import cache
from unittest.mock import patch

import pytest

from ergo_agent.policies.ocr import reader


@pytest.fixture(scope="session", autouse=True)
def _models_loaded_once() -> Iterator[None]:
    with patch.object(reader, "_load_engines", cache(reader._load_engines)):
        yield
