"""How a batch runs over a cluster, for those who do not need Ray to say so."""

from typing import NamedTuple

__all__ = ["Cluster"]


class Cluster(NamedTuple):
    """How a batch runs over a Ray cluster that is there."""

    actors: int = 2
    """Each holds one policy."""

    cpus: float = 0.5
    """Of each actor. Less than one leaves room for the task that reads, without which two actors on
    two cores wait for ever."""

    gpus: float = 0.0
    """Of each actor: 1 for a model in process."""
