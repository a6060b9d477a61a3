"""ChartQA's relaxed accuracy."""

from collections.abc import Sequence

__all__ = ["as_number", "relaxed"]

_TOLERANCE = 0.05


def relaxed(gold: Sequence[str], answer: str | None) -> bool:
    """Whether an answer is within 5 % of an accepted number, or is an accepted text.

    As in Masry et al., "ChartQA", 2022, section 6.1, after Methani et al., "PlotQA", 2020: a number
    that ends in `%` is a hundredth; two numbers are compared relatively unless the accepted one is
    zero; anything else has to be the same text, whatever its case. A year may thus be 100 off: that
    is the benchmark's definition.
    """
    return answer is not None and any(_same(text.strip(), answer.strip()) for text in gold)


def as_number(text: str) -> float | None:
    """The number that a text is; None where it is none. `12%` is 0.12."""
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def _same(gold: str, said: str) -> bool:
    wanted, given = as_number(gold), as_number(said)
    if wanted and given is not None:
        return abs(given - wanted) / abs(wanted) <= _TOLERANCE
    return said.lower() == gold.lower()
