"""The same tree as OpenTelemetry spans, through LangSmith's own exporter."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ergo_agent import ask
from tests.support.langsmith_endpoint import traced_to, tracing_environment
from tests.support.otlp_collector import CollectedSpan, Collector, collecting
from tests.support.scripted import scripted

ROOT = Path(__file__).parents[2]
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
NODES = ["observe", "policy", "zoom", "policy", "answer"]
NOWHERE = "http://127.0.0.1:9"
"""With OpenTelemetry alone LangSmith's endpoint is not asked for anything."""


def exported(page: Path) -> list[ReadableSpan]:
    """The spans of one episode, by way of an application's own provider."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with traced_to(NOWHERE, tracing_mode="otel", otel_tracer_provider=provider):
        ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
    provider.shutdown()
    return sorted(exporter.get_finished_spans(), key=lambda span: span.start_time or 0)


def below(spans: list[ReadableSpan], parent: ReadableSpan) -> list[ReadableSpan]:
    return [span for span in spans if span.parent and span.parent.span_id == parent.context.span_id]


def test_an_applications_own_provider_gets_the_tree(page: Path):
    spans = exported(page)
    (root,) = [span for span in spans if span.parent is None]
    assert root.name == "coarse_to_fine"
    nodes = below(spans, root)
    assert [span.name for span in nodes] == NODES
    tools = [below(spans, node)[0] for node in (nodes[0], nodes[2], nodes[4])]
    assert [tool.name for tool in tools] == ["observe", "zoom", "answer"]
    zoom: dict[str, Any] = dict(tools[1].attributes or {})
    assert json.loads(zoom["gen_ai.prompt"])["view"]["region"]["right"] <= 4000
    assert "shown at" in json.loads(zoom["gen_ai.completion"])["output"]["content"]
    done = json.loads(str((root.attributes or {})["gen_ai.completion"]))
    assert done["result"]["stop_reason"] == "answered"


def test_model_spans_carry_tokens_and_thumbnails(page: Path):
    models = [span for span in exported(page) if span.name == "ScriptedModel"]
    assert len(models) == 2
    for span in models:
        told: dict[str, Any] = dict(span.attributes or {})
        assert told["gen_ai.usage.input_tokens"] == 100
        assert told["gen_ai.usage.output_tokens"] == 10
        assert int(told["langsmith.metadata.ergo_vision_tokens"]) > 0
        assert "cache_read" in told["langsmith.metadata.usage_metadata"]
        assert "data:image/jpeg" in told["gen_ai.prompt"]
        assert "data:image/png" not in told["gen_ai.prompt"]


def collected(page: Path) -> Collector:
    """What a collector gets of a process that is set up by its environment alone."""
    program = (
        "from ergo_agent import ask; from tests.support.scripted import scripted; "
        f"print(ask({str(page)!r}, 'q', policy=scripted({ZOOM!r}, {ANSWER!r})).answer)"
    )
    with collecting() as collector:
        modes = {"LANGSMITH_TRACING_MODE": "otel", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=tracing_environment(NOWHERE, **modes),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    assert ran.stdout.strip() == "A. red"
    return collector


def test_a_collector_gets_the_tree_over_otlp(page: Path):
    collector = collected(page)
    (root,) = [span for span in collector.spans if not span.parent]

    def names(parent: CollectedSpan) -> set[str]:
        return {span.name for span in collector.spans if span.parent == parent.id}

    assert root.name == "coarse_to_fine"
    assert names(root) == set(NODES)
    shown = sorted(span.name for span in collector.spans if not span.name.startswith("_"))
    assert shown == sorted(
        [*NODES, root.name, "observe", "zoom", "answer", "ScriptedModel", "ScriptedModel"]
    )
    assert collector.posted < 300_000
