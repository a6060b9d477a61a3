"""The LangSmith endpoint with what `evaluate` needs, too: datasets, experiments, feedback."""

import contextlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.support.langsmith_endpoint import Endpoint, TraceHandler
from tests.support.loopback import listening

__all__ = ["Experiments", "experimenting"]

Json = dict[str, Any]


@dataclass
class Experiments(Endpoint):
    """What was uploaded, by its id."""

    datasets: dict[str, Json] = field(default_factory=dict)
    examples: dict[str, Json] = field(default_factory=dict)
    experiments: dict[str, Json] = field(default_factory=dict)
    feedback: list[Json] = field(default_factory=list)
    tenant: str = field(default_factory=lambda: str(uuid.uuid4()))

    def create(self, what: str, given: Any) -> Json | list[Json]:  # noqa: ANN401
        """Take a new entry; of an experiment the dataset has to be there, as at LangSmith."""
        if what == "examples":
            self.examples |= {each["id"]: each for each in given}
            return [*given]
        if what == "sessions":
            assert given["reference_dataset_id"] in self.datasets, "there is no such dataset"
            made = {**given, "tenant_id": self.tenant}
            self.experiments[made["id"]] = made
            return made
        assert what == "datasets", what
        made = {**given, "id": str(uuid.uuid4()), "created_at": "2026-01-01T00:00:00+00:00"}
        self.datasets[made["id"]] = made
        return made


class _Handler(TraceHandler):
    told: Experiments

    def do_GET(self) -> None:  # noqa: N802  # http.server's name
        if self.path.startswith("/sessions"):
            self.reply([*self.told.experiments.values()])
        else:
            super().do_GET()

    def do_POST(self) -> None:  # noqa: N802  # http.server's name
        found = re.fullmatch(r"/(datasets|examples|sessions)(/bulk)?", self.path.partition("?")[0])
        if self.path.startswith("/feedback"):
            with self.told.lock:
                self.told.feedback.append(self._body())
            self.reply({})
        elif found:
            with self.told.lock:
                made = self.told.create(found[1], self._body())
            self.reply(made)
        else:
            super().do_POST()

    def do_PATCH(self) -> None:  # noqa: N802  # http.server's name
        experiment = self.told.experiments[self.path.rpartition("/")[2]]
        experiment.update({key: each for key, each in self._body().items() if each is not None})
        self.reply(experiment)

    def _body(self) -> Any:  # noqa: ANN401  # JSON
        return json.loads(self.rfile.read(int(self.headers["content-length"])))


@contextlib.contextmanager
def experimenting() -> Iterator[Experiments]:
    """An endpoint that runs until the block ends."""
    endpoint = Experiments()
    with listening(type("BoundHandler", (_Handler,), {"told": endpoint})) as endpoint.url:
        yield endpoint
