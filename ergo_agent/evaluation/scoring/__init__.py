"""When an answer counts as right: each benchmark's own definition, by name.

```
scorers.py        the definitions by name
letters.py        which option an answer to a multiple choice names
texts.py          ANLS, exact, contained
numbers.py        ChartQA's relaxed accuracy
mmlongbench.py    the five answer formats of MMLongBench-Doc
places.py         how much of where the answer stands was looked at
```
"""

from ergo_agent.evaluation.scoring.scorers import (
    Score,
    Scorer,
    register_scorer,
    scorer_names,
    scorer_of,
)

__all__ = ["Score", "Scorer", "register_scorer", "scorer_names", "scorer_of"]
