"""Words of questions and pages by their stems."""

import re
import threading
from functools import lru_cache

import snowballstemmer

__all__ = ["stem_of", "stemmed", "stems_in"]

_WORD = re.compile(r"[^\W_]+")

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
    """The stem of a word, in lower case."""
    lowered = word.lower()
    return stemmed(lowered) if lowered.isalpha() else lowered


@lru_cache(maxsize=16_384)
def stems_in(text: str) -> frozenset[str]:
    """The stems of all words of a text, of what it joins by other signs than letters, too."""
    return frozenset(map(stem_of, _WORD.findall(text)))
