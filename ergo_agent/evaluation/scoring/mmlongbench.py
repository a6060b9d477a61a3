"""MMLongBench-Doc's score of an answer, by the format that the benchmark gives it.

After the benchmark's own rules (Ma et al., "MMLongBench-Doc", 2024, appendix). Its protocol has a
model shorten long replies first; a policy's answer is short already and is scored as it is. Lists
are read as literals and never run. What the published code meant and does not do (it strips units
without keeping the result) is done as published: units stay.
"""

import ast
import math
import re

from rapidfuzz.distance import Levenshtein

__all__ = ["NOT_ANSWERABLE", "format_score"]

NOT_ANSWERABLE = "Not answerable"
_THRESHOLD = 0.5
_CLOSE = 0.01
_EXACT = re.compile(
    r"\d+([-\s]\d+)?|\d{4}[-\s]\d{2}[-\s]\d{2}|\d{4}[-\s]\d{2}|"
    r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}",
    re.IGNORECASE,
)


def format_score(gold: str | None, answer: str | None, *, answer_format: str) -> float:
    """The score of an answer, 0 to 1.

    Args:
        gold: The accepted answer; None where the document does not hold one.
        answer: What was said; None says that the document does not hold it.
        answer_format: `Str`, `Int`, `Float`, `List` or `None`.
    """
    wanted, said = gold or NOT_ANSWERABLE, answer or NOT_ANSWERABLE
    if answer_format == "Int":
        return float(_whole(wanted) == _whole(said) is not None)
    if answer_format == "Float":
        return float(_near(_real(wanted), _real(said)))
    if answer_format == "List":
        return _lists(_items(wanted), _items(said))
    return _strings(_clean(wanted), _clean(said))


def _whole(text: str) -> int | None:
    number = _real(text)
    return None if number is None or not math.isfinite(number) else int(number)


def _real(text: str) -> float | None:
    try:
        return float(_clean(text))
    except ValueError:
        return None


def _near(wanted: float | None, said: float | None) -> bool:
    """Whether two numbers are the same to 1 %, as they stand or one of them in percent."""
    if wanted is None or said is None:
        return False
    return any(_same(each, said) for each in (wanted / 100, wanted, wanted * 100))


def _same(wanted: float, said: float) -> bool:
    digits = max(min(_digits(wanted), _digits(said)), 2)
    if math.isclose(wanted, said, rel_tol=_CLOSE):
        return True
    return math.isfinite(said) and round(wanted, digits) == round(said, digits)


def _digits(number: float) -> int:
    return len(str(number).partition(".")[2])


def _strings(wanted: str, said: str) -> float:
    if _is_exact(wanted):
        return float(wanted == said)
    similarity = Levenshtein.normalized_similarity(wanted, said)
    return similarity if similarity > _THRESHOLD else 0.0


def _lists(wanted: list[str], said: list[str]) -> float:
    """The worst of the pairs, both sorted; 0 where one has more than the other."""
    if len(wanted) != len(said) or not wanted:
        return 0.0
    pairs = list(zip(sorted(map(_clean, wanted)), sorted(map(_clean, said)), strict=True))
    if _real(pairs[0][0]) is not None or _is_exact(pairs[0][0]):
        return float(all(one == other for one, other in pairs))
    return min(_strings(one, other) for one, other in pairs)


def _items(text: str) -> list[str]:
    """The items of a list that is written as text; a text that is none is the only one."""
    if text.strip().startswith("["):
        try:
            found = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            found = None
        if isinstance(found, list):
            return [str(each) for each in found]
    return [text]


def _is_exact(text: str) -> bool:
    """Whether nearly the same is another one: addresses, files, pages, numbers, times, dates."""
    return (
        "https://" in text
        or text.endswith((".py", "ipynb"))
        or text.startswith("page")
        or "a.m." in text
        or "p.m." in text
        or _EXACT.fullmatch(text) is not None
    )


def _clean(text: str) -> str:
    low = re.sub(r"\s*\([^)]*\)", "", str(text).lower().strip()).strip()
    low = re.sub(r"^['\"]|['\"]$", "", low).strip()
    return low.lstrip("$").strip().rstrip("%").strip()
