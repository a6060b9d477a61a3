"""Many documents, questions or extractions: on one machine, or over a Ray cluster.

`batch.py` has the order. Inputs (`inputs.py`, `rows.py`) are read as a stream; a row asks for an
item, named by its content (`content.py`); a `Worker` (`worker.py`) looks the item up in the
workspace (`workspace.py`), else has it worked through (`work.py`), as many at once as the policy
bears (`flow.py`), and keeps what came of it (`outcome.py`); the results (`results.py`) have one row
for each row of the input. Beyond one machine the same `Worker` runs in Ray's actors
(`ray_engine.py`).

Absent on purpose: a queue of our own. Machines share nothing but the workspace.
"""

from ergo_agent.batch.batch import BatchSummary, arun_batch, run_batch
from ergo_agent.batch.cluster import Cluster
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.tally import Prices, Tally

__all__ = ["BatchSummary", "Cluster", "Outcome", "Prices", "Tally", "arun_batch", "run_batch"]
