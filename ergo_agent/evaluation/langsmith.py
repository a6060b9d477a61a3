"""The data sets and scorers for LangSmith's `evaluate`: examples, a target, an evaluator.

A sample that fails is an output with an error and a score of 0: LangSmith leaves runs that raise
out of the mean. Documents are named by their paths, never uploaded.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from langsmith.run_helpers import get_tracing_context, tracing_context
from langsmith.schemas import Example

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.benchmarks import benchmark_of
from ergo_agent.evaluation.modes import AFTER_ERGO, Mode
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker

__all__ = ["langsmith_evaluator", "langsmith_examples", "langsmith_target"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "ergo-agent/evaluation")


def langsmith_examples(
    benchmark: str, samples: Iterable[Sample], *, dataset_id: uuid.UUID | None = None
) -> list[Example]:
    """Samples as examples, each with the same id every time.

    Args:
        benchmark: Its name.
        samples: As `load_benchmark` gives them.
        dataset_id: Of the dataset at LangSmith that they are uploaded into, which an experiment
            refers to; one made of the benchmark's name when left out, which is enough where nothing
            is uploaded.
    """
    dataset = dataset_id or uuid.uuid5(_NAMESPACE, benchmark)
    return [
        Example(
            id=uuid.uuid5(dataset, sample.id),
            dataset_id=dataset,
            inputs={
                "sample": sample.id,
                "document": sample.document,
                "question": sample.question,
                "options": list(sample.offered),
            },
            outputs={"answers": list(sample.gold)},
            metadata={"category": sample.category, "cluster": sample.cluster},
        )
        for sample in samples
    ]


def langsmith_target(
    asker: Asker, samples: Sequence[Sample], *, mode: Mode = "auto"
) -> Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]:
    """What LangSmith runs for each example.

    Args:
        asker: Asks the policy.
        samples: Those that the examples were made of.
        mode: How they are asked.

    Raises:
        SettingsError: If the mode needs what came of another one.
    """
    if mode in AFTER_ERGO:
        raise SettingsError(f"the mode {mode} takes its crops from ergo's; use `ergo-agent eval`")
    known = {sample.id: sample for sample in samples}

    async def target(inputs: Mapping[str, Any]) -> dict[str, Any]:
        with _kept_here():
            outcome = await asker.outcome(known[inputs["sample"]], mode)
        kept = {"answer", "read", "value", "error", "stop_reason", "seconds", "tokens", "crops"}
        return outcome.model_dump(mode="json", include=kept)

    return target


def _kept_here() -> AbstractContextManager[None]:
    """A block whose runs stay here where LangSmith is told to upload none (`upload_runs=False`).

    LangSmith 0.15 calls that tracing "local", which LangChain takes for tracing and uploads.
    """
    local = get_tracing_context().get("enabled") == "local"
    return tracing_context(enabled=False) if local else nullcontext()


def langsmith_evaluator(benchmark: str) -> Callable[..., dict[str, Any]]:
    """The benchmark's own score of an output; 0 where the sample failed.

    Args:
        benchmark: Its name.

    Raises:
        SettingsError: If there is no such benchmark.
    """
    metric, _ = scorer_of(benchmark_of(benchmark).scorer)

    def evaluator(outputs: Mapping[str, Any]) -> dict[str, Any]:
        said = outputs.get("error") or outputs.get("answer") or ""
        return {"key": metric, "score": outputs.get("value", 0.0), "comment": said}

    return evaluator
