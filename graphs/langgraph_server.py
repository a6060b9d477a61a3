"""The graphs as a LangGraph server serves them: what `langgraph.json` names.

Whoever reaches the server may name any path, so it reads only the folders in `ERGO_ALLOWED_ROOTS`,
under `GUARDED_LIMITS`; and may give settings in the context of a run, which lower the default
limits and never raise them.
The server brings its own checkpointer.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.graphs.coarse_to_fine import create_vision_graph
from ergo_agent.graphs.document import create_document_graph
from ergo_agent.graphs.document_graph import DocumentGraph
from ergo_agent.graphs.vision_graph import VisionGraph
from ergo_agent.images import GUARDED_LIMITS

__all__ = ["coarse_to_fine", "document"]


async def coarse_to_fine() -> VisionGraph:
    """The graph of one page, set up by the environment; the server asks for it with every run.

    - `ERGO_BASE_URL`, `ERGO_MODEL`, `ERGO_API_KEY`: the policy, as everywhere; the embedded reader
      where no server is named.
    - `ERGO_ALLOWED_ROOTS`: folders that images may be read from, separated as in `PATH`; the
      working directory where it is not set.
    - `ERGO_STORE`: a folder or fsspec URL for images and views, so that a thread can go on after
      the server was restarted; they are kept in memory where it is not set.

    Raises:
        SettingsError: If the environment does not name a usable policy, or folders that are there.
    """
    return await asyncio.to_thread(lambda: create_vision_graph(**_given()))  # it loads the policy


async def document() -> DocumentGraph:
    """The graph of a document of many pages, set up as that of one page is.

    Surveys are kept beside the store, so that each run finds those of the runs before it.

    Raises:
        SettingsError: As for `coarse_to_fine`.
    """
    return await asyncio.to_thread(lambda: create_document_graph(**_given()))


def _given() -> dict[str, Any]:
    """What a graph is made with; blocking.

    Raises:
        SettingsError: If a folder is not there.
    """
    return {
        "store": os.environ.get("ERGO_STORE") or None,
        # set, so that no caller raises them
        "settings": VisionSettings(**VisionSettings().model_dump()),
        "limits": GUARDED_LIMITS,
        "allowed_roots": _allowed_roots(),
    }


def _allowed_roots() -> list[Path]:
    named = [name for name in os.environ.get("ERGO_ALLOWED_ROOTS", "").split(os.pathsep) if name]
    return [Path(name) for name in named] or [Path.cwd()]
