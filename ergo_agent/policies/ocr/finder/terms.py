"""Words as they are compared: stems for plain words, exact forms for codes and names."""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import snowballstemmer

__all__ = ["Term", "stem_of", "stems_in", "terms_of", "words_in"]

_WORD = re.compile(
    r"--?[A-Za-z][\w\-]*"  # an option
    r"|/[\w.\-]+(?:/[\w.\-]*)*"  # a path
    r"|[^\W_][\w]*(?:[.\-_/@+#:'][\w+#]+)*[+#]*"  # a word, version, address or code
    r"|\{[^\s}]*\}"
)
_STOP = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "before",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "done",
        "during",
        "each",
        "else",
        "ever",
        "every",
        "few",
        "for",
        "from",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "let",
        "many",
        "may",
        "me",
        "might",
        "more",
        "most",
        "much",
        "must",
        "my",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "per",
        "please",
        "same",
        "shall",
        "she",
        "should",
        "show",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "used",
        "uses",
        "use",
        "using",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "say",
        "says",
        "said",
        "give",
        "given",
        "gives",
        "get",
        "gets",
        "got",
        "mean",
        "means",
        "meaning",
        "stand",
        "stands",
        "called",
        "call",
        "kind",
        "sort",
        "page",
        "document",
        "text",
        "image",
        "picture",
        "according",
        "stated",
        "listed",
        "printed",
        "mentioned",
        "written",
        "happen",
        "happens",
        "exactly",
        "nowadays",
        "today",
        "currently",
        "section",
        "chapter",
    ]
)
_KIND_NOUN = re.compile(
    r"\b(?:what|which|whose)\s+(?:day|year|town|city|time|place|person|country|hour)\b",
    re.IGNORECASE,
)
"""Asked for as a kind of answer, these words are hardly ever printed beside it."""
_stemming = threading.Lock()
"""A stemmer keeps the word that it is at: two threads in it would spoil each other's."""
_stemmer = snowballstemmer.stemmer("english")


def _stem(word: str) -> str:
    with _stemming:
        stem: str = _stemmer.stemWord(word)
    return stem


TermKind = Literal["word", "name", "code"]


@dataclass(frozen=True)
class Term:
    """One word of a question that says what is asked about."""

    text: str
    stem: str
    kind: TermKind
    """`code` must occur as written (options, versions, paths), `name` nearly so, `word` may be
    said differently."""


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """The stem of a word, in lower case, without a possessive ending."""
    lowered = word.lower().removesuffix("'s").removesuffix("’s").strip("'’")
    return str(_stem(lowered)) if lowered.isalpha() else lowered


def words_in(text: str) -> list[str]:
    """The words, codes, options and paths of a text, as written."""
    return [match.group().rstrip(".:'-") or match.group() for match in _WORD.finditer(text)]


@lru_cache(maxsize=16_384)
def stems_in(text: str) -> frozenset[str]:
    """The stems of all words of a text; parts of compounds count as well."""
    found = set()
    for word in words_in(text):
        found.add(stem_of(word))
        if not word.isalpha():
            found.update(stem_of(part) for part in re.split(r"[^\w]|_", word) if len(part) > 1)
            found.add(stem_of(word.strip("-")))
    return frozenset(found - {""})


def terms_of(question: str) -> tuple[Term, ...]:
    """What a question asks about: its words without those that only form the question."""
    terms: dict[str, Term] = {}
    question = _KIND_NOUN.sub(" ", question)
    quoted = {
        word
        for part in re.findall(r"[\"“'‘]([^\"”'’]+)[\"”'’]", question)
        for word in words_in(part)
    }
    for position, word in enumerate(words_in(question)):
        kind = _kind(word, first=position == 0, quoted=word in quoted)
        plain = word.lower().removesuffix("'s").removesuffix("’s")
        if kind != "code" and (plain in _STOP or (len(plain) < 2)):
            continue
        term = Term(word, stem_of(word), kind)
        terms.setdefault(term.stem, term)
    return tuple(terms.values())


def _kind(word: str, *, first: bool, quoted: bool) -> TermKind:
    bare = word.strip("-/{}")
    if word[:1] in "-/{" or any(char in word for char in "_@#+/") or quoted:
        return "code"
    if any(char.isdigit() for char in bare):
        return "code"
    if len(bare) == 1 and bare.lower() not in "ai":
        return "code"
    if (bare.isupper() and len(bare) > 1) or (
        not first and any(char.isupper() for char in bare[1:])
    ):
        return "name"
    if bare[:1].isupper() and not first:
        return "name"
    return "word"
