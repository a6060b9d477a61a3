"""The data sets and scorers for LangSmith's `evaluate`: examples, a target, an evaluator.

A sample that fails is an output with an error and a score of 0: LangSmith leaves runs that raise
out of the mean. Documents are named by their paths, never uploaded.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from langsmith.schemas import Example

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.benchmarks import benchmark_of
from ergo_agent.evaluation.modes import AFTER_ERGO, Mode
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker

__all__ = ["langsmith_evaluator", "langsmith_examples", "langsmith_target"]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "ergo-agent/evaluation")


def langsmith_examples(benchmark: str, samples: Iterable[Sample]) -> list[Example]:
    """Samples as examples, each with the same id every time.

    Args:
        benchmark: Its name.
        samples: As `load_benchmark` gives them.
    """
    dataset = uuid.uuid5(_NAMESPACE, benchmark)
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
        outcome = await asker.outcome(known[inputs["sample"]], mode)
        kept = {"answer", "read", "value", "error", "stop_reason", "seconds", "tokens", "crops"}
        return outcome.model_dump(mode="json", include=kept)

    return target


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
