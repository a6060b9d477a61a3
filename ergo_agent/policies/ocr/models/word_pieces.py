"""Text as token ids, the way BERT's uncased models were trained to see it.

Text is cleaned, stripped of accents and lower-cased, split at white space, around punctuation and
around every Chinese character, and each word is then cut into the longest pieces that are in the
vocabulary. The `tokenizers` package does the same, and the tests hold this module to it. It would
bring 37 MB with it, most of them a client for a model hub, which nothing here may use. In one thing
this differs on purpose: a mark such as `[SEP]` in a document is text and commands nothing.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["Encoded", "WordPieces", "shared_word_pieces"]

_LONGEST_WORD = 100
"""Characters; a longer word is unknown."""
_REMEMBERED = 50_000
"""Words whose pieces are kept."""
_CHINESE = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f"
    r"\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f]"
)
"""Characters of the blocks whose characters are words of their own."""
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Mn"})
"""Unicode categories of what is no text by itself: controls, private characters, accents."""


class Encoded(NamedTuple):
    """A text or a pair of texts as a model takes it."""

    ids: list[int]
    type_ids: list[int]
    """As many: 0 for the first text and its marks, 1 for the second."""
    places: list[tuple[int, int]]
    """For each token of the last text, the characters of the word that it is a piece of: the first,
    and the one after the last."""

    @property
    def begins(self) -> int:
        """Number of the first token that belongs to the last text; a mark stands behind it."""
        return len(self.ids) - len(self.places) - 1


_RUN = re.compile(r"[^ \t\n\r]+")


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
        texts = (text,) if isinstance(text, str) else text
        found = [[*self._placed(each)] for each in texts]
        room = max_tokens - 1 - len(texts)
        kept = _lengths(len(found[0]), len(found[-1]), room) if len(texts) > 1 else (room,)
        ids, type_ids, places = [self._begin], [0], []
        for side, (pieces, count) in enumerate(zip(found, kept, strict=True)):
            places = pieces[:count]
            ids += [*(piece for piece, _ in places), self._end]
            type_ids += [side] * (len(places) + 1)
        return Encoded(ids, type_ids, [place for _, place in places])

    def _placed(self, text: str) -> Iterator[tuple[int, tuple[int, int]]]:
        """The pieces of a text, each with the first character of its word and the one after it."""
        for word, start, end in _placed_words(text):
            for piece in self._pieces(word):
                yield piece, (start, end)

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


def _placed_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Words and marks in small letters without accents, each with its first and last character."""
    for run in _RUN.finditer(text):
        plain = run[0].translate(_SPACED)
        if len(plain) == len(run[0]) and " " not in plain:
            yield plain, *run.span()
        else:
            yield from _taken_apart(run[0], run.start())


def _taken_apart(run: str, begin: int) -> Iterator[tuple[str, int, int]]:
    """The same of what holds marks, accents, or characters that are dropped."""
    start, end = 0, 0
    word: list[str] = []
    for at, character in enumerate(run, begin):
        for part in _SPACED[ord(character)]:
            if not part.isspace():
                start = start if word else at
                word.append(part)
                end = at + 1
            elif word:
                yield "".join(word), start, end
                word = []
    if word:
        yield "".join(word), start, end


def _lengths(first: int, second: int, room: int) -> tuple[int, int]:
    """How many tokens of each text are kept where there is room for so many."""
    if first + second <= room:
        return first, second
    shorter = min(first, second, room // 2)
    return (shorter, room - shorter) if first <= second else (room - shorter, shorter)


class _Spaced(dict[int, str]):
    """What becomes of a character by its code point, as `str.translate` asks; filled when asked.

    Characters are taken apart one by one: for a whole text Unicode sorts the accents, which are
    dropped here anyway, in quadratic time (64 kB of them: 2.2 s).
    """

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        self[code] = found = "".join(map(_spaced, parts)).lower()
        return found


def _spaced(character: str) -> str:
    """Nothing, a space, the character, or the character as a word of its own."""
    if character in "\t\n\r" or (character.isspace() and character > "\x85"):
        return " "
    category = unicodedata.category(character)
    if category in _DROPPED or character == "\ufffd":
        return ""
    if category[0] == "P" or character in "$+<=>^`|~" or _CHINESE.match(character):
        return f" {character} "
    return character


_SPACED = _Spaced()
