"""A page's text from its PDF's own layer: what may be seen of it."""

import math
from typing import NamedTuple

from ergo_agent.documents.page_text import TextSpan
from ergo_agent.images.text_layers import LayerWord, TextLayer

__all__ = ["SeenLayer", "odd_share", "seen_layer"]

_VOWELS = frozenset("aeiouyäöüåæøàáâãèéêëìíîïòóôõùúûýœ")
_WORD = 4
"""Letters from which a word counts: shorter ones are often abbreviations."""

_PICTURE = 0.5
_FEW = 40
"""Words; more than the stamps of scanners and archives have. A guess, still to be measured."""


class SeenLayer(NamedTuple):
    """The lines of a layer that leave ink on the page."""

    lines: tuple[TextSpan, ...]
    hidden: int
    """How many words of the layer nobody sees; they are left out."""

    partial: bool
    """Whether most of the page is a picture that the layer says next to nothing of: a stamp on a
    scan is no text of the scan."""


def seen_layer(layer: TextLayer) -> SeenLayer:
    """A layer without what nobody sees.

    Args:
        layer: As it was read.
    """
    lines: list[TextSpan] = []
    hidden = 0
    for words in layer.lines:
        seen = [word for word in words if not word.hidden]
        hidden += len(words) - len(seen)
        if seen:
            lines.append(_span(seen))
    words_seen = sum(len(line.text.split()) for line in lines)
    partial = layer.pictured >= _PICTURE and words_seen < _FEW
    return SeenLayer(tuple(lines), hidden, partial)


def _span(words: list[LayerWord]) -> TextSpan:
    return TextSpan(
        " ".join(word.text for word in words),
        math.floor(min(word.left for word in words)),
        math.floor(min(word.top for word in words)),
        math.ceil(max(word.right for word in words)),
        math.ceil(max(word.bottom for word in words)),
    )


def odd_share(lines: tuple[TextSpan, ...]) -> float:
    """How much of a layer looks like a broken encoding, from 0 to 1.

    Counted are characters without a meaning (private, control, unknown) and, of words in Latin
    letters, those without any vowel, as letters put in the place of others make them.
    """
    text = " ".join(line.text for line in lines)
    if not text:
        return 0.0
    odd = sum(1 for letter in text if letter == "\ufffd" or _is_private(letter))
    words = [word for word in text.lower().split() if len(word) >= _WORD and word.isalpha()]
    latin = [word for word in words if all(ord(letter) < 0x250 for letter in word)]
    mute = sum(1 for word in latin if not _VOWELS & set(word))
    return max(odd / len(text), mute / len(latin) if len(latin) >= _WORD else 0.0)


def _is_private(letter: str) -> bool:
    code = ord(letter)
    return 0xE000 <= code <= 0xF8FF or code >= 0xF0000 or (code < 0x20 and letter != "\t")
