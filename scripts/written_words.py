"""Write down names of months and codes of currencies, from the Unicode CLDR as Babel has it.

Run `python -m scripts.written_words`. It writes `ergo_agent/extraction/written_words.json`, 3 kB,
which the package reads instead of depending on Babel's 36 MB. Babel comes with the extra `checks`;
`tests/extraction/test_written_words.py` holds the file against it.
"""

import json
from pathlib import Path

from babel import Locale

import ergo_agent.extraction

__all__ = ["PATH", "written_words"]

PATH = Path(ergo_agent.extraction.__file__).with_name("written_words.json")

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl")
"""Whose names of months are known."""


def main() -> None:
    """Write the file."""
    PATH.write_text(written_words())


def written_words() -> str:
    """The file's text: the number of each month by its names, and the codes of currencies."""
    words = {"months": _months(), "currencies": sorted(Locale("en").currencies)}
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")) + "\n"


def _months() -> dict[str, int]:
    """By whole and short names in small letters, without their full stops."""
    named: dict[str, int] = {}
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in Locale(language).months[context][width].items():
                    named.setdefault(name.casefold().rstrip("."), number)
    return named | {"sept": 9}


if __name__ == "__main__":
    main()
