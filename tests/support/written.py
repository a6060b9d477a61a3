"""Everything that is written of an episode: states, traces, logs, warnings, errors."""

import json
import logging
import traceback
import warnings
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.tracers.base import BaseTracer
from langchain_core.tracers.schemas import Run
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent import (
    ImageError,
    Policy,
    PolicyError,
    create_vision_graph,
)

__all__ = ["Written", "in_words"]


class Everything(BaseCallbackHandler):
    """What a tracer is told, in words."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        if not name.startswith("on_"):
            return super().__getattribute__(name)

        def event(*arguments: object, **options: object) -> None:
            self.told.append(f"{name} {arguments!r} {options!r}")
            for value in (*arguments, *options.values()):
                if isinstance(value, BaseException):
                    self.told += in_words(value)

        return event


class Runs(BaseTracer):
    """The runs as LangSmith would be sent them."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def _persist_run(self, run: Run) -> None:
        self.told.append(json.dumps(run.model_dump(), default=repr))


class Written:
    """Everything that is written of some episodes."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        self._log = caplog
        self.saver = InMemorySaver()
        self.callbacks = Everything(), Runs()
        self.texts: list[str] = []

    def run(
        self, graph_input: dict[str, Any], policy: Policy, **options: Any
    ) -> BaseException | None:
        """An episode with a checkpointer and two tracers."""
        graph = create_vision_graph(policy=policy, checkpointer=self.saver, **options)
        config = {"configurable": {"thread_id": "1"}, "callbacks": [*self.callbacks]}
        with warnings.catch_warnings(record=True) as caught:
            try:
                self.texts.append(json.dumps(graph.invoke(graph_input, config)))
                raised = None
            except (PolicyError, ImageError) as error:
                raised = error
                self.texts += in_words(error)
        self.texts += [str(warning.message) for warning in caught]
        return raised

    def all(self) -> str:
        checkpoints = [repr(saved) for saved in self.saver.list(None)]
        raw = repr((dict(self.saver.storage), dict(self.saver.blobs), dict(self.saver.writes)))
        handler, runs = self.callbacks
        assert checkpoints
        assert handler.told
        assert runs.told
        logs = [f"{r.getMessage()} {r.args!r} {r.exc_text}" for r in self._log.records]
        return "\n".join([*self.texts, *checkpoints, raw, *handler.told, *runs.told, *logs])


def in_words(error: BaseException) -> list[str]:
    """An error and all that led to it, as they may be printed."""
    texts, waiting = [], [error]
    while waiting:
        each = waiting.pop()
        texts += [str(each), repr(each), *traceback.format_exception(each)]
        waiting += [led for led in (each.__cause__, each.__context__) if led is not None]
    return texts
