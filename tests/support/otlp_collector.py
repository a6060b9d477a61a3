"""An OpenTelemetry collector on the loopback: takes OTLP over HTTP, as a real one does."""

import contextlib
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.support.loopback import listening

__all__ = ["CollectedSpan", "Collector", "collecting"]


@dataclass(frozen=True)
class CollectedSpan:
    """One span as it came in."""

    name: str
    id: bytes
    parent: bytes
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What the collector received."""

    url: str = ""
    """For `OTEL_EXPORTER_OTLP_ENDPOINT`."""

    spans: list[CollectedSpan] = field(default_factory=list)
    posted: int = 0
    """Bytes of all requests, on the wire."""


class _Handler(BaseHTTPRequestHandler):
    collector: Collector

    def log_message(self, *_: Any) -> None:
        return

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.collector.posted += len(raw)
        if self.headers["content-encoding"] == "gzip":
            raw = gzip.decompress(raw)
        assert self.path == "/v1/traces"
        request = ExportTraceServiceRequest.FromString(raw)
        self.collector.spans += [
            CollectedSpan(span.name, span.span_id, span.parent_span_id, _plain(span.attributes))
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())


def _plain(attributes: Any) -> dict[str, Any]:  # noqa: ANN401  # protobuf's repeated field
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextlib.contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that runs until the block ends."""
    collector = Collector()
    with listening(type("BoundHandler", (_Handler,), {"collector": collector})) as collector.url:
        yield collector
