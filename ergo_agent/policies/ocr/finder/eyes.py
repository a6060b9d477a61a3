"""Questions that take eyes rather than reading: colours, objects, charts."""

import re

__all__ = ["needs_eyes"]

_SEEING = re.compile(
    r"\b(?:what|which)\s+colou?rs?\b|\bcolou?r\s+(?:is|are|of)\b|\bwhat\s+shape\b"
    r"|\b(?:photo(?:graph)?|picture|drawing|logo|icon|illustration|chart|graph|diagram|pie|curve|"
    r"bar|image)\b.*\b(?:show|shows|shown|depict|look|looks|see|seen|highest|tallest|rising|"
    r"falling|trend|wearing|holding)\b"
    r"|\b(?:describe|what\s+is\s+(?:in|on)|who\s+is\s+in|what\s+do\s+you\s+see\s+in)\b.*"
    r"\b(?:photo(?:graph)?|picture|drawing|logo|image|illustration|chart|graph|scene)\b"
    r"|\bhow\s+many\s+(?:people|persons|men|women|children|dogs|cats|animals|birds|cars|trees|"
    r"faces|chairs|bottles|windows|arrows|circles|boxes|logos|pictures|photos|stamps|signatures)\b"
    r"|\b(?:wearing|smiling|holding|sitting|standing)\b"
    r"|\bis\s+there\s+an?\s+(?:logo|picture|photo|stamp|signature|drawing|chart|barcode|qr)\b"
    r"|\blooks?\s+like\b|\bhandwrit|\bsigned\s+by\s+hand\b",
    re.IGNORECASE,
)


def needs_eyes(question: str) -> bool:
    """Whether a question is about what is seen rather than what is written."""
    return bool(_SEEING.search(question))
