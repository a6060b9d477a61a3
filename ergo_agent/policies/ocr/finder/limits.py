"""Questions that reading alone cannot answer, and why."""

import re
from typing import NamedTuple

__all__ = ["READ", "Limit", "unreadable"]

_SEEING = re.compile(
    r"\b(?:what|which)\s+colou?rs?\s+(?:is|are|does|do|has|have)\b(?!.*\b(?:mean|flash|stand)s?\b)"
    r"|\bwhat\s+shape\b|\blooks?\s+like\b|\bhandwrit|\bsigned\s+by\s+hand\b"
    r"|\b(?:photo(?:graph)?|picture|logo|icon|illustration|chart|graph|diagram|pie|curve|image)\b"
    r".*\b(?:shows?|shown|depicts?|see|seen|highest|tallest|rising|falling|trend|wearing|holding)\b"
    r"|\b(?:describe|what\s+is\s+(?:in|on)|who\s+is\s+in|what\s+do\s+you\s+see\s+in)\b.*"
    r"\b(?:photo(?:graph)?|picture|drawing|logo|image|illustration|chart|graph|scene)\b"
    r"|\bhow\s+many\s+(?:people|persons|men|women|children|dogs|cats|animals|birds|cars|trees|"
    r"faces|chairs|windows|arrows|circles|logos|pictures|photos|stamps|signatures)\b.*"
    r"\b(?:photo(?:graph)?|picture|image|drawing|illustration|see|visible)\b"
    r"|\bis\s+there\s+an?\s+(?:logo|picture|photo|stamp|signature|drawing|chart|barcode|qr)\b",
    re.IGNORECASE,
)
_TICKED = re.compile(
    r"\b(?:tick(?:ed|s)?|cross(?:ed)?\s+(?:out|off)|(?:tick|check)\s*-?\s*(?:box|mark)\w*|"
    r"marked\s+with\s+an?\s+(?:x|cross)|circled|underlined|struck\s+(?:out|through))\b"
    r"|\b(?:box|option|field|choice)\w*\b.*\b(?:checked|selected)\b",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    r"\bhow\s+many\s+(?:words?|letters|lines|characters|sentences|paragraphs|rows|columns|"
    r"questions)\b.*\b(?:page|document|text|here|table|there)\b|\bcount\s+(?:the|all|how)\b",
    re.IGNORECASE,
)
_RETELLING = re.compile(
    r"^\W*(?:please\s+|can\s+you\s+|could\s+you\s+)?(?:summari[sz]e|give\s+(?:me\s+)?a\s+summary|"
    r"translate|rewrite|paraphrase|explain\s+th(?:e|is)\s+(?:page|document|text))\b"
    r"|\bwhat\s+is\s+th(?:e|is)\s+(?:page|document|text)\s+about\b",
    re.IGNORECASE,
)
_WHY = {
    _RETELLING: "to retell a text, and the embedded reader only quotes",
    _COUNTING: "to count, and the embedded reader only quotes what is printed",
    _TICKED: "for a mark, and the embedded reader only reads text",
    _SEEING: "for what is to be seen, and the embedded reader only reads text",
}
READ = 300
"""Characters of a question that are looked at, as many as the model reads."""
_ADVICE = "Attach a vision-language policy to answer it, for example a served ERGO-7B."


class Limit(NamedTuple):
    """Why a question is beyond a reader."""

    why: str
    may_be_printed: bool
    """Whether the page may yet say it, as a form says the colour of a car."""


def unreadable(question: str) -> Limit | None:
    """What keeps a question from being answered by quoting; None where nothing does.

    Args:
        question: One question, in any wording.
    """
    found = (why for kind, why in _WHY.items() if kind.search(question[:READ]))
    why = next(found, None)
    if why is None:
        return None
    return Limit(f"This question asks {why}. {_ADVICE}", may_be_printed=why == _WHY[_SEEING])
