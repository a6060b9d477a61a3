"""Foreign text, as it may be shown: what a model or a document wrote, and values in messages."""

import json
import re

__all__ = ["pages_to_choose", "quoted", "shown_short", "visible", "visible_json"]

_UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and new line, DEL, C1
    "\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
"""What commands a terminal, turns the order of letters, breaks lines or shows nothing. Joiners,
soft hyphens and the number signs of Arabic are format characters, too, which honest text needs."""


def visible(text: str) -> str:
    """A foreign text in which every control is seen as its escape in Python.

    Everything foreign that goes to a terminal or a page goes through this: neither may be commanded
    by a document, nor show letters in another order than they are written in.
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def visible_json(record: object) -> str:
    """JSON with the same controls escaped in JSON's own way, so that it is read as it was."""
    text = json.dumps(record, indent=2, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def shown_short(value: object, *, most: int = 100) -> object:
    """A value as a `repr` may hold it: itself, but of a long text its beginning."""
    long = isinstance(value, str) and len(value) > most
    return f"{str(value)[: most - 3]}..." if long else value


def quoted(value: object, *, most: int = 60) -> str:
    """What was given, as a message quotes it: short, and whatever it is.

    A number of more than 4,300 digits has no `repr`, and an object may have a broken one.
    """
    try:
        text = repr(value)
    except Exception:  # whatever a foreign object raises
        return f"<a {type(value).__name__} that cannot be written>"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def pages_to_choose(count: int) -> str:
    """How many pages there are and what may be given, as the end of a message about another one."""
    return f"{count:,} pages; give 1 to {count}" if count > 1 else "1 page; give 1, or none"
