"""The benchmarks, by name; light, for the command line's help reads it.

One of somebody else's is registered like those of this package, by `register_benchmark` in a module
that the entry-point group `ergo_agent.benchmarks` names.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ergo_agent._common.registry import Registry, loaded
from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from ergo_agent.evaluation.samples import Sample

__all__ = ["Benchmark", "benchmark_names", "benchmark_of", "load_benchmark", "register_benchmark"]

_Loader = TypeVar("_Loader", bound=Callable[..., Any])


class Benchmark(NamedTuple):
    """A benchmark: how it is read, and how its answers are scored."""

    load: "str | Callable[[Path], Iterable[Sample]]"
    """Reads its folder; as `module:function` it is imported only when it is called."""

    title: str
    scorer: str
    """One of `ergo_agent.evaluation.scoring.scorer_names()`."""

    source: str
    """Where its files are published."""

    layout: str
    """Which files are read, in words."""


_benchmarks: Registry[Benchmark] = Registry("benchmark", group="ergo_agent.benchmarks")


def register_benchmark(
    name: str, *, title: str = "", scorer: str, source: str = "", layout: str = ""
) -> Callable[[_Loader], _Loader]:
    """Register a benchmark: a decorator for the function that reads its folder.

    Args:
        name: What it is chosen by; the same name again replaces it.
        title: What tables call it; the name when left out.
        scorer: How its answers are scored, one of `scorer_names()`.
        source: Where its files are published.
        layout: Which files are read, in words.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(load: _Loader) -> _Loader:
        _benchmarks.add(name, Benchmark(load, title or name, scorer, source, layout))
        return load

    return register


def benchmark_names() -> tuple[str, ...]:
    """Every name, those of other installed packages included."""
    return tuple(_benchmarks.all())


def benchmark_of(name: str) -> Benchmark:
    """The benchmark of a name.

    Raises:
        SettingsError: If there is none.
    """
    found = _benchmarks.get(name)
    if found is None:
        raise SettingsError(
            f"there is no benchmark {name!r}; give one of {', '.join(benchmark_names())}"
        )
    return found


def load_benchmark(name: str, data: str | os.PathLike[str]) -> "list[Sample]":
    """Read a benchmark's questions; blocking.

    Args:
        name: One of `benchmark_names()`.
        data: The folder that holds its files.

    Returns:
        Its samples, in the order in which they were published.

    Raises:
        SettingsError: If there is no such benchmark, a file is missing or is not in the published
            layout; it says which, and where to get it.
    """
    benchmark, folder = benchmark_of(name), Path(data)
    if not folder.is_dir():
        raise SettingsError(
            f"{folder} is no folder; {benchmark.title} is read from a folder with "
            f"{benchmark.layout or 'its files'}{_from(benchmark)}"
        )
    load = loaded(benchmark.load) if isinstance(benchmark.load, str) else benchmark.load
    samples = list(load(folder))
    _check(name, samples)
    return samples


def _from(benchmark: Benchmark) -> str:
    return f"; get it from {benchmark.source}" if benchmark.source else ""


def _check(name: str, samples: "Sequence[Sample]") -> None:
    if not samples:
        raise SettingsError(f"the folder of {name} holds no question; is it the whole data set?")
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            raise SettingsError(
                f"{name} has two questions with the id {sample.id!r}; ids have to differ, for a "
                "run that is gone on with knows its questions by them"
            )
        seen.add(sample.id)


_HUGGING_FACE = "https://huggingface.co/datasets"


def _own(name: str, title: str, scorer: str, source: str, layout: str) -> None:
    module = f"ergo_agent.evaluation.datasets.{name}:load"
    _benchmarks.add(name, Benchmark(module, title, scorer, source, layout))


_own(
    "vstar",
    "V*",
    "choice",
    f"{_HUGGING_FACE}/craigwu/vstar_bench",
    "test_questions.jsonl and its image folders",
)
for _size in ("4k", "8k"):
    _benchmarks.add(
        f"hr_bench_{_size}",
        Benchmark(
            f"ergo_agent.evaluation.datasets.hr_bench:load_{_size}",
            f"HR-Bench {_size.upper()}",
            "choice",
            f"{_HUGGING_FACE}/DreamMr/HR-Bench",
            f"hr_bench_{_size}.tsv or hr_bench_{_size}.parquet",
        ),
    )
_own(
    "mme_realworld_lite",
    "MME-RealWorld-Lite",
    "choice",
    f"{_HUGGING_FACE}/yifanzhang114/MME-RealWorld-Base64",
    "mme_realworld_lite.tsv, or data/*.parquet of MME-RealWorld-lite-lmms-eval",
)
_own(
    "docvqa",
    "DocVQA",
    "anls",
    "https://rrc.cvc.uab.es/?ch=17 (task 1)",
    "val_v1.0_withQT.json and documents/",
)
_own(
    "infographicvqa",
    "InfographicVQA",
    "anls",
    "https://rrc.cvc.uab.es/?ch=17 (task 3)",
    "infographicsVQA_val_v1.0_withQT.json and infographicsvqa_images/",
)
_own(
    "chartqa",
    "ChartQA",
    "relaxed",
    f"{_HUGGING_FACE}/ahmed-masry/ChartQA",
    "test/test_human.json, test/test_augmented.json and test/png/",
)
_own(
    "mmlongbench_doc",
    "MMLongBench-Doc",
    "mmlongbench",
    "https://github.com/mayubo2333/MMLongBench-Doc",
    "samples.json and documents/",
)
_own(
    "docscope",
    "DocScope",
    "docscope",
    f"{_HUGGING_FACE}/MiliLab/DocScope",
    "benchmark.json and pdfs/",
)
_own("jsonl", "own questions (JSONL)", "own", "", "questions.jsonl")
_own("folder", "own questions (CSV)", "own", "", "questions.csv and the documents that it names")
