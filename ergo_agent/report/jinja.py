"""The templates of pages, and the filters that they use.

Everything is escaped unless a template says `safe`, which only the package's own style and script
are.
"""

import base64
import hashlib
import json
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ergo_agent._common.text import visible
from ergo_agent.report.drawing import EVIDENCE_COLOUR, ZOOM_COLOUR
from ergo_agent.report.words import stage_in_words, verified_in_words, who_in_words
from ergo_agent.views.geometry import Region, Size

__all__ = ["template_text", "templates"]


@cache
def templates() -> Environment:
    """The environment that renders them."""
    environment = Environment(
        loader=PackageLoader("ergo_agent.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_as_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"evidence_colour": EVIDENCE_COLOUR, "zoom_colour": ZOOM_COLOUR}
    environment.filters |= {
        "clip": _clip,
        "count": _count,
        "edges": _edges,
        "json": _json,
        "percent": _percent,
        "share": _share,
        "sides": _sides,
        "stage": stage_in_words,
        "verified": verified_in_words,
        "who": who_in_words,
    }
    return environment


@cache
def template_text(name: str) -> tuple[str, str]:
    """A style or script of the package, and its hash as a content security policy names it."""
    loader = templates().loader
    assert loader is not None
    text = loader.get_source(templates(), name)[0].strip()
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


def _as_seen(value: object) -> object:
    """Every text with its controls as escapes: NUL has no other way to be written in HTML."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _clip(text: str, most: int) -> str:
    """At most so many characters, and how many there were beyond."""
    if len(text) <= most:
        return text
    return f"{text[:most]} … ({len(text) - most:,} more characters)"


def _count(number: int, one: str, many: str = "") -> str:
    """`1 view`, `2 views`, `1,200 vision tokens`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _edges(region: Region) -> str:
    """Without separators of thousands, which could be taken for those between the edges."""
    return ", ".join(map(str, region.as_tuple()))


def _json(record: object) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False)


def _percent(share: float) -> str:
    """A length in an SVG, in percent."""
    return f"{share:.3f}%"


def _share(share: float) -> str:
    """`34%`, and `1.2%` where a whole number would say too little."""
    return f"{share:.0%}" if share >= 0.095 or not share else f"{share:.1%}"


def _sides(size: Size) -> str:
    return f"{size[0]:,} x {size[1]:,}"
