"""Kinds of answers: what a question expects, and which kinds a piece of text holds."""

import re
from functools import lru_cache
from typing import Final

__all__ = ["expected_kinds", "kinds_in", "spans_of_kind"]

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_UNIT = (
    r"(?:%|°\s?[CF]?|[kMGT]?i?[Bb](?:it|yte)?s?(?:/s|ps)?|[kMG]?Hz|[kmcµun]?m(?:²|³|2|3)?|mm|cm|km|"
    r"k?g|mg|lbs?|oz|[mk]?l|[mkM]?W|kWh?|[mk]?V|[mµk]?A|[kM]?Ω|dB[Am]?|Pa|bar|psi|K|bps|bits?|"
    r"bytes?|pages?|sheets?|items?|units?|pieces?|pcs|inch(?:es)?|in|ft|feet|miles?|metres?|"
    r"meters?|litres?|liters?|degrees?|times|kbytes?|[kmg]bytes?|kilobytes?|megabytes?|gigabytes?|"
    r"cycles?|columns?|lines?|characters?|chars?|dpi|rpm|x|k|percent)"
)
_TIME = (
    r"(?:ms|milliseconds?|microseconds?|seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|"
    r"weeks?|months?|years?|nights?|decades?|centuries)"
)
_NUMBER_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
    r"thirty|forty|fifty|sixty|hundred|thousand|million|once|twice|half)"
)
_NUMBER = r"\d+(?:[.,\u00a0 ]\d{3})*(?:[.,]\d+)?"

_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "date": re.compile(
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
        rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s*\d{{4}})?\b|\b{_MONTH}\s+\d{{4}}\b",
        re.IGNORECASE,
    ),
    "year": re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d.,]\d|\d)"),
    "clock": re.compile(r"\b\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?\b|\b\d{1,2}\s*[ap]\.?m\.?\b", re.I),
    "duration": re.compile(rf"(?:\b{_NUMBER}|\b{_NUMBER_WORD}|\ban?)\s*-?{_TIME}\b", re.IGNORECASE),
    "money": re.compile(
        rf"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF|SEK|JPY|Rs)\.?)\s?{_NUMBER}"
        rf"|{_NUMBER}\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF|SEK|JPY|euros?|dollars?|cents?)\b)"
        r"|\b\d{1,3}(?:[., ]?\d{3})*[.,]\d{2}\b|\bfree of charge\b|\bno charge\b",
        re.IGNORECASE,
    ),
    "percent": re.compile(rf"{_NUMBER}\s?(?:%|per\s?cent\b)", re.IGNORECASE),
    "measure": re.compile(rf"[-+±]?{_NUMBER}\s?-?{_UNIT}(?![A-Za-z])|\b{_NUMBER_WORD}\s+{_UNIT}\b"),
    "number": re.compile(rf"(?<![\w.])[-+±]?{_NUMBER}|\b{_NUMBER_WORD}\b", re.IGNORECASE),
    "version": re.compile(r"\b[vV]?\d+(?:\.\d+)+[a-z]?\b|\b[Vv]ersion\s+\d+\b"),
    "email": re.compile(r"[\w.+\-]+\s?@\s?[\w\-]+(?:\.[\w\-]+)+|\b[\w.+\-]+ at [\w\-]+ dot \w+"),
    "url": re.compile(
        r"\b(?:https?|ftp|git)\s?:\s?//\S+|\bwww\.\S+|\b[\w\-]+\.(?:org|com|net|example|io|edu)\b(?:/\S*)?"
    ),
    "phone": re.compile(r"(?:\+\d{1,3}[\s\-./()]*)?(?:\(?\d{2,5}\)?[\s\-./]+){1,4}\d{2,}"),
    "postcode": re.compile(
        r"\b(?:[A-Z]{1,2}[- ])?\d{4,6}\s+[A-Z][a-z]+|\b[A-Z]{2}\s+\d{5}\b|\b[A-Z]{1,2}\d[\dA-Z]?\s\d[A-Z]{2}\b"
    ),
    "street": re.compile(
        r"\b\d{1,5}[a-z]?\s+(?:[A-Z][\w'.\-]+\s+){1,3}|\b[A-Z][\w'.\-]*(?:\s+[A-Z][\w'.\-]*)*\s+\d{1,4}[a-z]?\b"
        r"|\b[\w'.\-]+(?:street|straße|strasse|road|avenue|lane|drive|square|park)\b|\bP\.?\s?O\.?\s?Box\b",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"\b(?:[A-Z][\w'’.\-]*[a-z][\w'’.\-]*|[A-Z]\.)(?:\s+(?:of|the|and|de|van|von|der|la|&|[A-Z][\w'’.&\-]*))*"
        r"\s+[A-Z][\w'’&.\-]+|\b[A-Z]{2,}[\w&]*\b|\b[A-Z][a-z]+[A-Z]\w*"
    ),
    "capital": re.compile(r"\b[A-Z][\w'’\-]+"),
    "code": re.compile(
        r"(?<!\w)--?[A-Za-z][\w\-]*|\b\w+\(\)?|\b\w*[a-z]\w*[._\-]\w+\b|\b[A-Z]+\d[\w\-]*|\b\w+_\w+|/\w[\w./\-]*"
        r"|\b[A-Z]{3,}\b|<[A-Za-z][^>]*>"
    ),
    "identifier": re.compile(r"\b(?=[\w\-/.]*\d)[A-Z0-9][\w\-/.]{2,}\b"),
    "reason": re.compile(
        r"\b(?:because|since|due to|so that|therefore|thus|as a result|in order to|reason)\b", re.I
    ),
}


_LONGEST = 1000
"""Characters of a text that are looked at: the patterns are quadratic in a run of like characters
(street: 11 s for 8,000 of them, 0.2 s for 1,000), and no sentence or cell of a page is so long."""


@lru_cache(maxsize=16_384)
def kinds_in(text: str) -> frozenset[str]:
    """The kinds of answers that a text holds."""
    text = text[:_LONGEST]
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))


def spans_of_kind(text: str, kind: str) -> list[tuple[int, int]]:
    """Where answers of a kind begin and end in a text."""
    return [match.span() for match in _PATTERNS[kind].finditer(text, 0, _LONGEST)]


_EXPECTED: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), kinds)
    for pattern, kinds in (
        (
            r"^(?:to )?(?:who|whom|where)\b.*\b(?:ring|call|phone|dial)\b|\bnumber\b.*\b(?:ring|call|dial|phone)\b|\b(?:ring|dial)\b",
            ("phone", "name"),
        ),
        (
            r"^(?:to )?(?:who|whom|where)\b.*\b(?:write|mail|report|complain|tell|contact|turn to|notify|inform|ask|send)\b",
            ("email", "phone", "url", "street", "name"),
        ),
        (
            r"^how (?:late|early)\b|\b(?:opening|office) (?:hours|times)\b|\bwhen\b.*\b(?:open|close|leave|arrive|depart)\w*\b",
            ("clock", "date"),
        ),
        (r"e-?mail|mail address|write to .*(?:e-?mail|mail)", ("email",)),
        (
            r"\b(?:web\s?site|home\s?page|url|web address|link|web page)\b|\bonline\b.*\bwhere\b",
            ("url",),
        ),
        (
            r"\b(?:phone|telephone|fax|call|ring|hotline|mobile) ?(?:number|no)?\b(?!.*\bfunction)|\bnumber .* call\b",
            ("phone",),
        ),
        (r"\b(?:post(?:al)? ?code|zip)\b", ("postcode",)),
        (
            r"\bpercent(?:age)?\b|\bwhat share\b|\brate of (?:tax|vat)\b|\b(?:vat|tax) rate\b",
            ("percent",),
        ),
        (
            r"\b(?:what|which) version\b|\bversion (?:number|of|is)\b|\bwhich release\b",
            ("version",),
        ),
        (r"\b(?:what|which) year\b|\bin which year\b", ("year", "date")),
        (
            r"\b(?:what|which) (?:date|day)\b|\bon which day\b|\bdate\b|\bdeadline\b|\bby when\b|\buntil when\b|\bhow recent\b",
            ("date", "year"),
        ),
        (r"\b(?:what|which) time\b|\bat what (?:time|hour)\b", ("clock",)),
        (
            r"\bhow long\b|\bhow many (?:days|weeks|months|years|hours|minutes|seconds)\b|\bduration\b|\bperiod\b",
            ("duration", "measure"),
        ),
        (
            r"\bhow much\b.*\b(?:cost|pay|price|owe|money|charge|charged|due|fee|bill|total)\b|\b(?:price|cost|fee|amount|total|subtotal|surcharge|balance|sum|charge)\b|\bhow (?:expensive|costly|cheap)\b|\bexpensive\b|\bhow much (?:is|are|do i|must i|does it)\b",
            ("money", "measure", "number"),
        ),
        (r"\bhow many\b|\bhow often\b|\bnumber of\b|\bhow much\b", ("number",)),
        (
            r"\bhow (?:big|large|small|wide|high|tall|deep|heavy|far|fast|quick|quickly|hot|cold|warm|loud|old|thick|strong|bright|slow)\b|\bweight\b|\bspeed\b|\bsize\b|\btemperature\b|\bvoltage\b|\bpower consumption\b|\bfrequency\b|\bcapacity\b|\brate\b|\brange\b",
            ("measure", "number"),
        ),
        (
            r"^when\b|\bwhen (?:did|was|were|is|does|do|must|will|should|can)\b",
            ("date", "year", "clock"),
        ),
        (
            r"^who\b|\bwhom\b|\bwhose\b|\bby who\b|\b(?:what|which) (?:person|author|company|firm|organi[sz]ation|university|institution|manufacturer|vendor|customer|supplier)\b|\bname of\b",
            ("name",),
        ),
        (
            r"^where\b|\bwhich (?:town|city|country|place|street|directory|folder|state)\b|\bin what (?:town|city|country|place)\b",
            ("capital", "street", "postcode", "code"),
        ),
        (r"\baddress\b", ("street", "postcode", "email", "url")),
        (
            r"\b(?:what|which) (?:\w+ )?(?:number|id|code|no\.?)\b|\bnumber\b",
            ("identifier", "number"),
        ),
        (
            r"\b(?:what|which) (?:\w+ )?(?:command|option|function|tool|file|package|parameter|flag|macro|program|key|keyword|variable|register|instruction|element|attribute|method|routine|utility)\b",
            ("code",),
        ),
        (r"^why\b|\bfor what reason\b", ("reason",)),
    )
)


def expected_kinds(question: str) -> tuple[str, ...]:
    """The kinds of answer that a question asks for; the first fits best, none if it is open."""
    for pattern, kinds in _EXPECTED:
        if pattern.search(question):
            return kinds
    return ()
