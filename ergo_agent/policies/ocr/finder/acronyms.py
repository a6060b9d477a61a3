"""What an abbreviation stands for: words of the page whose initials spell it."""

import re
from collections.abc import Sequence

from ergo_agent.policies.ocr.text import TextLine

__all__ = ["expansion_of"]

_SMALL = r"(?:(?:of|the|and|for|in|on|to|a|an|de)\s+)?"


def expansion_of(topic: str, lines: Sequence[TextLine]) -> tuple[str, TextLine] | None:
    """The spelled-out form of an abbreviation and the line it stands on, if the page has it."""
    letters = topic.strip(" .\"'")
    if not re.fullmatch(r"[A-Z][A-Za-z]{1,7}", letters) or sum(c.isupper() for c in letters) < 2:
        return None
    words = [rf"{re.escape(letter)}[a-z]+[\s\-/]*" for letter in letters.upper()]
    pattern = re.compile(rf"\b{_SMALL.join(words)}", re.IGNORECASE)
    for line in lines:
        match = pattern.search(line.text)
        if match and any(char.isupper() for char in match.group()):
            return match.group().strip(), line
    return None
