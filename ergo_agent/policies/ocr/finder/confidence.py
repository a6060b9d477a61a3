"""How sure an answer is: what the model says, set right on pages that it was not trained on."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np

__all__ = ["between", "calibrated", "usual_threshold"]

_FILE = "passage-reader.json"
"""Made by `scripts.reader_model.calibrate`: `knots`, pairs of the model's probability and the share
of right answers there, rising; and `threshold`, from which an answer is given."""


def calibrated(probability: float) -> float:
    """The share of answers with this probability that were right.

    Args:
        probability: What the model gives an answer, 0 to 1.
    """
    return between(_kept()[0], probability)


def between(knots: Sequence[tuple[float, float]], probability: float) -> float:
    """A rising curve at a place: between its knots a straight line, level beyond them."""
    said, shares = np.transpose(knots)
    return float(np.interp(probability, said, shares))


def usual_threshold() -> float:
    """The confidence from which an answer is given unless something else is asked for."""
    return _kept()[1]


@cache
def _kept() -> tuple[tuple[tuple[float, float], ...], float]:
    text = (files("ergo_agent.policies.ocr.models") / _FILE).read_text("utf-8")
    kept = json.loads(text)
    return tuple((float(a), float(b)) for a, b in kept["knots"]), float(kept["threshold"])
