"""Numbers that one can trust: benchmarks, scorers, controls and statistics, and runs made of them.

```
datasets/     one published benchmark a file, in its published layout; registered by name
scoring/      when an answer counts as right, by each benchmark's own definition
statistics/   intervals, paired comparisons, calibration
modes.py      how a question is asked: whole, coarse, zoomed, and the controls
trial.py      one question asked in one mode; what fails is an outcome, too
journal.py    outcomes on disk, each line written before it counts as done
summary.py    what they come to
```

Nothing here imports a runner of evaluations; `runner/` does, and only when a run is started.

A failed sample is wrong and is counted: no scorer, summary or comparison leaves one out.
"""

from ergo_agent.evaluation.benchmarks import (
    Benchmark,
    benchmark_names,
    load_benchmark,
    register_benchmark,
)
from ergo_agent.evaluation.samples import Place, Sample

__all__ = [
    "Benchmark",
    "Place",
    "Sample",
    "benchmark_names",
    "load_benchmark",
    "register_benchmark",
]
