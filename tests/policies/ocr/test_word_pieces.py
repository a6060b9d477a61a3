"""Word pieces, held to what the `tokenizers` package makes of the same vocabulary."""

import json
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ergo_agent.policies.ocr.models.word_pieces import WordPieces, shared_word_pieces

RECORDED = Path(__file__).parent / "recorded"
VOCABULARY = files("ergo_agent.policies.ocr.models") / "tokenizer.json"

# of the Unicode version that `tokenizers` was built with; what came later is unknown either way
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""What `tokenizers` takes for commands, and we for text: `test_a_mark_in_a_document_is_text`."""

TEXTS = st.text(
    st.one_of(
        st.sampled_from("aeiou STRNLD 0123456789 .,:-/$€%()[]'\"|~"),
        st.sampled_from("ÅéßΣσςİıﬁ漢字한\u0301\u200b\u00a0\u0085\u2028\ufffd\t\n\r\x00\ue000"),
        st.characters(max_codepoint=0x58A),
    ),
    max_size=200,
).filter(lambda text: not any(mark in text for mark in MARKS))


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    made = Tokenizer.from_str(VOCABULARY.read_text("utf-8"))
    made.no_padding()
    return made


Ids = tuple[list[int], list[int]]
Text = str | tuple[str, str]


def expected(reference: Tokenizer, text: Text, max_tokens: int) -> Ids:
    reference.enable_truncation(max_tokens)
    made = reference.encode(*((text,) if isinstance(text, str) else text))
    return made.ids, made.type_ids


def ours(text: Text, max_tokens: int) -> Ids:
    found = shared_word_pieces().encode(text, max_tokens=max_tokens)
    return found.ids, found.type_ids


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.integers(8, 127))
def test_texts_and_pairs_are_cut_as_tokenizers_does(
    reference: Tokenizer, first: str, second: str, max_tokens: int
):
    for text in (first, (first, second)):
        ids, type_ids = ours(text, max_tokens)
        assert (ids, type_ids) == expected(reference, text, max_tokens)
        assert len(ids) == len(type_ids) <= max_tokens


def test_every_text_of_the_recorded_pages_is_cut_as_tokenizers_does(reference: Tokenizer):
    texts = [
        text
        for path in RECORDED.glob("*.json")
        for text in strings(json.loads(path.read_text("utf-8")))
    ]
    assert len(texts) > 1000
    for text in texts:
        pair = ("What is the total due?", text)
        assert ours(text, 96) == expected(reference, text, 96)
        assert ours(pair, 127) == expected(reference, pair, 127)


def test_all_letters_and_marks_of_unicode_but_the_newest(reference: Tokenizer):
    """What differs is younger than the tables of `tokenizers`, which are Unicode 8's."""
    different = [
        chr(code)
        for code in range(0x20000)
        if not 0xD800 <= code < 0xE000
        and ours(f"a{chr(code)}b", 9) != expected(reference, f"a{chr(code)}b", 9)
    ]
    assert len(different) < 600
    assert not {unicodedata.category(each) for each in different} & {"Ll", "Lu", "Lo", "Nd", "Sc"}


def test_a_word_too_long_or_with_an_unknown_character_is_unknown():
    unknown = 100
    pieces = shared_word_pieces()
    assert pieces.encode("a" * 101, max_tokens=200).ids == [101, unknown, 102]
    assert len(pieces.encode("a" * 100, max_tokens=200).ids) > 3
    assert pieces.encode("x\U0001f600y", max_tokens=9).ids == [101, unknown, 102]


def test_a_mark_in_a_document_is_text():
    ids = shared_word_pieces().encode("total [SEP] due [CLS]", max_tokens=60).ids
    assert (ids.count(101), ids.count(102)) == (1, 1)


def test_the_longest_known_piece_comes_first():
    known = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "zoom": 3, "zo": 4, "##om": 5, "##ed": 6, "##e": 7}
    assert WordPieces(known).encode("Zoomed zo zoe q", max_tokens=9).ids == [1, 3, 6, 4, 4, 7, 0, 2]


def strings(value: object) -> list[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for item in inner for each in strings(item)]


@pytest.mark.parametrize(
    "text",
    [
        "Card no. WL-3301 (valid)",
        "  Café  Ängström — 12,50 €\tend ",
        "ﬁne İstanbul ΑΣ ½",
        "漢字 mixed",
        "",
    ],
)
def test_pieces_of_the_second_text_have_the_places_of_their_words(text: str):
    pieces = shared_word_pieces()
    pair = pieces.encode(("what is it", text), max_tokens=128)
    assert pair.type_ids.index(1) == pair.begins
    for (start, end), piece in zip(pair.places, pair.ids[pair.begins : -1], strict=True):
        assert piece in pieces.encode(text[start:end], max_tokens=128).ids


def test_places_end_where_a_long_pair_is_cut():
    pair = shared_word_pieces().encode(("what", "word " * 200), max_tokens=30)
    assert len(pair.ids) == 30
    assert pair.places[-1][1] <= len("word " * 200)
    assert len(pair.places) == 30 - pair.begins - 1
