"""Runs with inspect_ai, an extra that takes two seconds to import: nothing else imports this room.

`tasks.py` is what inspect_ai runs, and what `inspect eval-retry` finds by name; `start.py` starts
it for `ergo-agent eval`, and writes what comes of it.
"""

from ergo_agent.errors import MissingExtraError

try:
    import inspect_ai
except ImportError as error:
    raise MissingExtraError("evaluating", extra="eval") from error

from ergo_agent.evaluation.runner.start import evaluate
from ergo_agent.evaluation.runner.tasks import ergo

__all__ = ["ergo", "evaluate", "inspect_ai"]
