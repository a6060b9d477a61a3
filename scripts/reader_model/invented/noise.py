"""Text as a recogniser misreads it."""

from random import Random

__all__ = ["misread"]

_CONFUSED = {
    "0": "Oo", "O": "0", "1": "lI", "l": "1I", "I": "l1", "5": "S", "S": "5", "8": "B", "B": "8",
    "2": "Z", "Z": "2", "6": "b", "9": "g", "g": "q", "c": "e", "e": "c", "a": "o", "o": "a",
    "n": "r", "h": "b", "u": "v", "v": "y", "t": "f", "f": "t", "i": "1j", ",": ".", ".": ",",
    ":": ".;", "-": "_~", "–": "-", "°": "o\"", "€": "E", "£": "E", "|": "l", "/": "1", "²": "2",
    "é": "e", "ö": "o", "ü": "u", "ä": "a", "(": "C", "'": "`",
}  # fmt: skip


def misread(text: str, rng: Random, *, rate: float) -> str:
    """The text with letters taken for others, left out or doubled, and spaces lost and added.

    Args:
        text: As printed.
        rng: Says where.
        rate: Share of the letters that are wrong.
    """
    if rate <= 0:
        return text
    found: list[str] = []
    for letter in text:
        if rng.random() >= rate * (3 if letter == " " else 1):
            found.append(letter)
        elif letter == " ":
            found.append("")
        else:
            found.append(_wrong(letter, rng))
    misread_text = "".join(found).strip()
    return misread_text or text


def _wrong(letter: str, rng: Random) -> str:
    kind = rng.random()
    if kind < 0.6 and letter in _CONFUSED:
        return rng.choice(_CONFUSED[letter])
    if kind < 0.75:
        return ""
    if kind < 0.85:
        return f"{letter} "
    return letter.swapcase() if letter.isalpha() else letter
