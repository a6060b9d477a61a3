"""Foreign text is shown as it is, but for what nobody sees."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ergo_agent._common.text import quoted, visible, visible_json

KEPT = set("\t\n\u00ad\u200c\u200d")
"""White space, and what honest text needs within words."""

NUMBER_SIGNS = set(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Format characters that are seen."""

HIEROGLYPHS = {chr(code) for code in range(0x13430, 0x13440)}
"""Which place the signs beside them."""


def test_every_control_of_unicode_is_escaped():
    left = {
        letter
        for letter in map(chr, range(0x110000))
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and visible(letter) == letter
    }
    assert left - HIEROGLYPHS == KEPT | NUMBER_SIGNS


def test_and_nothing_else_is():
    for letter in map(chr, range(0x110000)):
        if visible(letter) != letter:
            assert unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"}, letter


@given(st.recursive(st.text() | st.none() | st.integers(), st.lists))
def test_json_is_read_as_it_was(value: object):
    written = visible_json({"value": value})
    assert json.loads(written) == {"value": value}
    assert visible(written) == written


def test_whatever_is_given_can_be_quoted():
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    assert quoted(10**5000) == "<a int that cannot be written>"
    assert quoted(Broken()) == "<a Broken that cannot be written>"
    assert quoted("short") == "'short'"
    assert len(quoted("long" * 1000)) == 60
