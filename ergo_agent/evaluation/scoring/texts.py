"""When an answer counts as right, and how near it comes.

The normaliser of `exact` and `holds`: Unicode NFKC, typographic quotes and dashes as their ASCII
signs, case folded, every run of white space one blank, and no punctuation at either end. ANLS
has DocVQA's own, which only lowers the case and joins white space.
"""

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

__all__ = ["LONGEST", "anls", "exact", "holds", "is_right", "plain"]

LONGEST = 300
"""Characters; a longer answer counts as wrong, whatever it holds."""
THRESHOLD = 0.5
"""DocVQA's: an answer less similar than this scores 0."""

_SIGNS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2212": "-"})
_ENDS = " .,;:!?\"'()[]"


def anls(gold: Sequence[str], answer: str | None) -> float:
    """Average normalised Levenshtein similarity of one answer, after DocVQA's evaluation.

    The largest 1 - distance / length of the longer over the accepted strings; 0 below 0.5, and for
    a refusal (Biten et al., "Scene text visual question answering", 2019, eq. 1).
    """
    if answer is None:
        return 0.0
    said = _lowered(answer)
    best = max(Levenshtein.normalized_similarity(_lowered(text), said) for text in gold)
    return best if best >= THRESHOLD else 0.0


def exact(gold: Sequence[str], answer: str | None) -> bool:
    """Whether an answer is an accepted string, after the normaliser."""
    return answer is not None and plain(answer) in {plain(text) for text in gold}


def holds(gold: Sequence[str], answer: str | None) -> bool:
    """Whether an answer of at most 300 characters holds an accepted string as whole words.

    `4` is no word of `4.50` or `14`.
    """
    if answer is None or len(answer) > LONGEST:
        return False
    said = plain(answer)
    return any(_word(plain(text)).search(said) for text in gold)


def is_right(gold: Sequence[str], answer: str | None) -> bool:
    """Whether an answer holds an accepted string or is nearly one, or refuses where there is none.

    Nearly one: an ANLS of at least 0.5 with the very same digits in the same order, so that no
    neighbouring date or number counts.
    """
    if not gold:
        return answer is None
    if answer is None or len(answer) > LONGEST:
        return False
    return holds(gold, answer) or any(
        anls((text,), answer) and _digits(text) == _digits(answer) for text in gold
    )


def plain(text: str) -> str:
    """A text after the normaliser."""
    folded = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    joined = " ".join(folded.split())
    return joined.strip(_ENDS) or joined


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(text)}(?!\w)(?![.,]\d)")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _lowered(text: str) -> str:
    return " ".join(text.strip().lower().split())
