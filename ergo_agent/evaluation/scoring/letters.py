"""Which option an answer to a multiple choice names; None where it names none, or more than one.

Rules in order, the first that says something decides:

1. The answer is nothing but a letter: `b`, `(B)`, `**B**`.
2. It is the text of exactly one option.
3. It begins as the report of a failed request: no letter of it counts.
4. It says which one it is: `Answer: b`, `the answer is C`. Two different ones are none.
5. Letters that are marked as options, `(B)`, `B.`, `B)`: all have to be the same one.
6. Capitals that stand alone. `A` before a word is an article, `I` a person.

Letters beyond the options are no letters. Absent on purpose: a guess. Harnesses that take the
first capital read `A` from "API error" and from "A red car is left, so the answer is C".
"""

import re
from collections.abc import Iterable, Sequence

from ergo_agent.evaluation.samples import LETTERS
from ergo_agent.evaluation.scoring.texts import plain

__all__ = ["chosen_letter"]

_ALONE = re.compile(r"^[\W_]*([A-Za-z])[\W_]*$")
_FAILED = re.compile(
    r"^[\W_]*(?:(?:api|http|request|server|internal|runtime|connection)[\s_]*)?"
    r"(?:error|failed|failure|exception|traceback|timed?\s?out)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:answer|choice|option|choose|select|pick)\b"
    r"(?:\s*(?:is|should be|would be|must be|:|=|-))*\s*[\"'*_(\[{]*([A-Za-z])(?![\w'])",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\s*[\"'*_)\]}]*\s*(?:,|/|&|or|and)\s*[\"'*_(\[{]*([A-Za-z])(?![\w'])")
_MARKED = re.compile(r"\(([A-Za-z])\)|(?<![\w'])([A-Za-z])[.):](?=\s|$)")
_CAPITAL = re.compile(r"(?<![\w'])([A-Z])(?![\w'])")
_WORD = re.compile(r"\s+(?!(?:or|and|because|since|as|is)\b)[a-z]")
"""A word that an article may stand before."""


def chosen_letter(answer: str | None, options: Sequence[str]) -> str | None:
    """The letter of the option that an answer names.

    Args:
        answer: What was said; None for a refusal.
        options: The texts of the options, without letters.

    Returns:
        A capital; None where none, or more than one, is named.
    """
    if answer is None or not answer.strip():
        return None
    valid = LETTERS[: len(options)]
    alone = _ALONE.match(answer)
    if alone is not None:
        return _one([alone[1]], valid)
    by_text = [valid[at] for at, text in enumerate(options) if plain(text) == plain(answer)]
    if len(by_text) == 1:
        return by_text[0]
    if _FAILED.match(answer):
        return None
    for named in (_said(answer), _marked(answer), _capitals(answer)):
        if named:
            return _one(named, valid)
    return None


def _said(answer: str) -> list[str]:
    """Letters that the answer says are it; `option A or B` names two."""
    named = []
    for found in _SAID.finditer(answer):
        if _is_article(answer, found.end(1), found[1]):
            continue
        named.append(found[1])
        also = _ALSO.match(answer, found.end(1))
        named += [] if also is None or _is_article(answer, also.end(1), also[1]) else [also[1]]
    return named


def _is_article(answer: str, end: int, letter: str) -> bool:
    """Whether `a` is the beginning of more words, as in `the answer is a red car`."""
    return letter in "aA" and _WORD.match(answer, end) is not None


def _marked(answer: str) -> list[str]:
    return [found[1] or found[2] for found in _MARKED.finditer(answer)]


def _capitals(answer: str) -> list[str]:
    return [
        found[1]
        for found in _CAPITAL.finditer(answer)
        if found[1] != "I" and not _is_article(answer, found.end(), found[1])
    ]


def _one(letters: Iterable[str], valid: str) -> str | None:
    """The one letter among some, if it is that of an option."""
    different = {letter.upper() for letter in letters}
    letter = different.pop() if len(different) == 1 else ""
    return letter if letter and letter in valid else None
