"""Words of questions and pages by their stems."""

import re
import threading
from functools import lru_cache

import snowballstemmer

__all__ = ["asked_stems", "stem_of", "stemmed", "stems_in"]

_WORD = re.compile(
    r"--?[A-Za-z][\w\-]*"  # an option
    r"|/[\w.\-]+(?:/[\w.\-]*)*"  # a path
    r"|[^\W_][\w]*(?:[.\-_/@+#:'][\w+#]+)*[+#]*"  # a word, version, address or code
    r"|\{[^\s}]*\}"
)

_FORMING = frozenset(
    """a an and any are as at be been being but by can could did do does for from get give given had
    has have here how i if in into is it its many may me much must my need of on one or page please
    say says shall should so stand tell than that the their them there these they this those to
    under up us use used was we were what when where which while who whom whose why will with would
    you your""".split()  # noqa: SIM905  # words are easier to read without quotes
)
"""Words that only form a question."""
_stemming = threading.Lock()
"""A stemmer keeps the word that it is at: two threads in it would spoil each other's."""
_stemmer = snowballstemmer.stemmer("english")


def stemmed(word: str) -> str:
    """A word in lower case without its English ending; from any number of threads."""
    with _stemming:
        stem: str = _stemmer.stemWord(word)
    return stem


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """The stem of a word, in lower case, without a possessive ending."""
    lowered = word.lower().removesuffix("'s").removesuffix("’s").strip("'’")
    return stemmed(lowered) if lowered.isalpha() else lowered


@lru_cache(maxsize=16_384)
def stems_in(text: str) -> frozenset[str]:
    """The stems of all words of a text; parts of compounds count as well."""
    found = set()
    for match in _WORD.finditer(text):
        word = match.group().rstrip(".:'-") or match.group()
        found.add(stem_of(word))
        if not word.isalpha():
            found.update(stem_of(part) for part in re.split(r"[^\w]|_", word) if len(part) > 1)
            found.add(stem_of(word.strip("-")))
    return frozenset(found - {""})


def asked_stems(question: str) -> frozenset[str]:
    """The stems of what a question asks about, without the words that only form it."""
    return stems_in(question) - {stem_of(word) for word in _FORMING}
