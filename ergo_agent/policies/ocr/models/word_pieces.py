"""Text as token ids, the way BERT's uncased models were trained to see it.

Text is cleaned, stripped of accents and lower-cased, split at white space, around punctuation and
around every Chinese character, and each word is then cut into the longest pieces that are in the
vocabulary. The `tokenizers` package does the same, and the tests hold this module to it. It would
bring 37 MB with it, most of them a client for a model hub, which nothing here may use. In one thing
this differs on purpose: a mark such as `[SEP]` in a document is text and commands nothing.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["Encoded", "PlacedPair", "WordPieces", "shared_word_pieces"]

_LONGEST_WORD = 100
"""Characters; a longer word is unknown."""

_REMEMBERED = 50_000
"""Words whose pieces are kept."""

_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""First and last code points of the blocks whose characters are words of their own."""


_SIGMAS = ("\N{GREEK CAPITAL LETTER SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
"""`str.lower` writes the last of a word in another way; the models' training did not."""

_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Mn"})
"""Unicode categories of what is no text by itself: controls, private characters, accents."""


class Encoded(NamedTuple):
    """A text or a pair of texts as a model takes it; both lists are of one length."""

    ids: list[int]
    type_ids: list[int]
    """0 for the first text and its marks, 1 for the second."""


class PlacedPair(NamedTuple):
    """A pair of texts as a model takes it, with the place of each piece of the second text."""

    encoded: Encoded
    begins: int
    """Number of the first token that belongs to the second text."""
    places: list[tuple[int, int]]
    """For each token of the second text, the characters of the word that it is a piece of: the
    first, and the one after the last."""


class WordPieces:
    """Cuts texts into pieces of a vocabulary. Safe to share between threads."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """Prepare.

        Args:
            vocabulary: The id of each piece; pieces that continue a word begin with `##`.
        """
        self._vocabulary = vocabulary
        self._unknown, self._begin, self._end = (
            vocabulary[mark] for mark in ("[UNK]", "[CLS]", "[SEP]")
        )
        self._longest_piece = max(map(len, vocabulary))
        self._pieces = lru_cache(_REMEMBERED)(self._cut)

    def encode(self, text: str | tuple[str, str], *, max_tokens: int) -> Encoded:
        """The ids of a text or of a pair, with the marks around them.

        Args:
            text: What is read.
            max_tokens: Marks included; a longer text is cut at its end, and of a pair the longer
                one first, then both to the same length.
        """
        if isinstance(text, str):
            ids = [self._begin, *self._ids(text)[: max_tokens - 2], self._end]
            return Encoded(ids, [0] * len(ids))
        first, second = map(self._ids, text)
        kept = _lengths(len(first), len(second), max_tokens - 3)
        first = [self._begin, *first[: kept[0]], self._end]
        second = [*second[: kept[1]], self._end]
        return Encoded(first + second, [0] * len(first) + [1] * len(second))

    def encode_placed(self, first: str, second: str, *, max_tokens: int) -> PlacedPair:
        """The ids of a pair as `encode` gives them, and where the second text's pieces stand."""
        encoded = self.encode((first, second), max_tokens=max_tokens)
        begins = encoded.type_ids.index(1) if 1 in encoded.type_ids else len(encoded.ids)
        places = [
            (start, end) for word, start, end in _placed_words(second) for _ in self._pieces(word)
        ]
        return PlacedPair(encoded, begins, places[: max(0, len(encoded.ids) - begins - 1)])

    def _ids(self, text: str) -> list[int]:
        return [piece for word in _words(text) for piece in self._pieces(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        """The ids of a word's pieces, from its start the longest known each time."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start, prefix = 0, ""
        while start < len(word):
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                piece = self._vocabulary.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return (self._unknown,)
            found.append(piece)
            start, prefix = end, "##"
        return tuple(found)


@cache
def shared_word_pieces() -> WordPieces:
    """The vocabulary of the models in this folder."""
    known = json.loads((files(__package__) / "tokenizer.json").read_text("utf-8"))
    return WordPieces(known["model"]["vocab"])


def _words(text: str) -> list[str]:
    """Words and punctuation marks, in order, lower-cased and without accents."""
    return text.translate(_SPACED).replace(*_SIGMAS).lower().split()


def _placed_words(text: str) -> list[tuple[str, int, int]]:
    """The words of `_words`, each with its first character and the one after its last."""
    found: list[tuple[str, int, int]] = []
    word, start, end = "", 0, 0
    for at, character in enumerate(text):
        for part in _SPACED[ord(character)]:
            if not part.isspace():
                start = start if word else at
                word, end = word + part.replace(*_SIGMAS).lower(), at + 1
            elif word:
                found.append((word, start, end))
                word = ""
    return [*found, (word, start, end)] if word else found


def _lengths(first: int, second: int, room: int) -> tuple[int, int]:
    """How many tokens of each text are kept where there is room for so many."""
    if first > second:
        longer, shorter = _lengths(second, first, room)[::-1]
        return longer, shorter
    if first + second > room:
        first = min(first, room // 2)
        second = room - first
    return first, second


class _Spaced(dict[int, str]):
    """What becomes of a character by its code point, as `str.translate` asks; filled when asked.

    Characters are taken apart one by one: for a whole text Unicode sorts the accents, which are
    dropped here anyway, in quadratic time (64 kB of them: 2.2 s).
    """

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        self[code] = found = "".join(map(_spaced, parts))
        return found


def _spaced(character: str) -> str:
    """Nothing, a space, the character, or the character as a word of its own."""
    if character in "\t\n\r" or (character.isspace() and character > "\x85"):
        return " "
    category = unicodedata.category(character)
    if category in _DROPPED or character == "\ufffd":
        return ""
    if category[0] == "P" or character in "$+<=>^`|~" or _is_chinese(character):
        return f" {character} "
    return character


def _is_chinese(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _CHINESE)


_SPACED = _Spaced()
