"""Models as a command line names them: a class in a Python file, or a file with a JSON schema."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ergo_agent.errors import SettingsError
from ergo_agent.extraction.json_schema import model_from_schema

__all__ = ["named_model"]

_MOST = 1_000_000
"""Bytes of a file with a schema."""


def named_model(name: str) -> type[BaseModel]:
    """The model that is meant; a Python file is run, so name only files of your own.

    Args:
        name: `invoice.py:Invoice`, or `invoice.json`.

    Raises:
        SettingsError: If there is no such file or class, or it cannot be loaded.
    """
    path, colon, inside = name.rpartition(":")
    if colon and path.endswith(".py"):
        return _of_python(Path(path), inside)
    if name.endswith(".py"):
        raise SettingsError(f"{name} is a Python file; say which model of it: {name}:Invoice")
    return model_from_schema(_schema(Path(name)))


def _of_python(path: Path, name: str) -> type[BaseModel]:
    if not path.is_file():
        raise SettingsError(f"there is no file {path}; give FILE.py:MODEL or a JSON schema")
    spec = importlib.util.spec_from_file_location(f"ergo_agent_schema_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # annotations are looked up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SettingsError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    found = getattr(module, name, None)
    if not isinstance(found, type) or not issubclass(found, BaseModel):
        known = sorted(
            each
            for each, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel
        )
        raise SettingsError(
            f"{path} has no pydantic model {name!r}; it has {', '.join(known) or 'none'}"
        )
    return found


def _schema(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MOST:
            raise SettingsError(f"{path} has more than {_MOST:,} bytes; a schema is smaller")
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}); give FILE.py:MODEL or a JSON schema"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no JSON: {error}") from error
    if not isinstance(found, Mapping):
        raise SettingsError(f"{path} holds no JSON schema of type object")
    return found
