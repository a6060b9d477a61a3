"""How a local reply becomes text: piece by piece, up to its end or the first stop text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from ergo_agent.policies.local.transformers.reply import ReplyWriter, StopCutter

_END = "<|end|>"


def cut(pieces: list[str], stops: list[str]) -> tuple[str, bool]:
    let_through: list[str] = []
    cutter = StopCutter(stops, on_text=let_through.append)
    for piece in pieces:
        cutter.put(piece)
    cutter.end()
    return "".join(let_through), cutter.stopped


@given(
    st.lists(st.text(alphabet="ab<>", max_size=4), max_size=12),
    st.lists(st.text(alphabet="ab<>", min_size=1, max_size=4), max_size=3),
)
def test_text_goes_through_up_to_the_first_stop_however_it_is_cut(
    pieces: list[str], stops: list[str]
):
    text = "".join(pieces)
    ends = [at for stop in stops if (at := text.find(stop)) >= 0]
    through, stopped = cut(pieces, stops)
    assert stopped == bool(ends)
    # The first stop that is complete ends the text: an earlier beginning may be still open then.
    assert text.startswith(through)
    assert not any(stop in through for stop in stops)
    if not ends:
        assert through == text


def test_nothing_is_held_back_longer_than_a_stop_may_still_come():
    seen: list[str] = []
    cutter = StopCutter(["</zoom>"], on_text=seen.append)
    cutter.put("<zoom>[1]</zo")
    assert "".join(seen) == "<zoom>[1]"
    cutter.put("ne>")
    assert "".join(seen) == "<zoom>[1]</zone>"
    cutter.put("</zoom> and more")
    cutter.put(" still")
    assert "".join(seen) == "<zoom>[1]</zone>"
    assert cutter.stopped


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Bytes as tokens, and one special token."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=257, special_tokens=[_END], initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([], trainer)
    return made


def written(
    tokenizer: Tokenizer, text: str, *, max_tokens: int = 100, stops: tuple[str, ...] = ()
) -> tuple[ReplyWriter, list[str]]:
    pieces: list[str] = []
    ends = frozenset({tokenizer.token_to_id(_END)})
    writer = ReplyWriter(
        tokenizer, ends=ends, max_tokens=max_tokens, stops=stops, on_text=pieces.append
    )
    for token in tokenizer.encode(text).ids:
        writer.put(token)
    return writer, pieces


def test_a_reply_ends_with_its_end_mark_which_counts_but_is_no_text(tokenizer: Tokenizer):
    writer, pieces = written(tokenizer, f"größe{_END}more")
    assert (writer.text, writer.finish_reason) == ("größe", "stop")
    assert writer.tokens == len("größe".encode()) + 1
    assert pieces == list("größe")  # a character of several bytes comes whole


def test_a_reply_ends_at_its_longest(tokenizer: Tokenizer):
    writer, _ = written(tokenizer, "abcdef", max_tokens=3)
    assert (writer.text, writer.finish_reason, writer.tokens) == ("abc", "length", 3)


def test_a_reply_ends_at_a_stop_text_at_once(tokenizer: Tokenizer):
    writer, pieces = written(tokenizer, "ab</x>cd", stops=("</x>",))
    assert (writer.text, writer.finish_reason, writer.tokens) == ("ab", "stop", 6)
    assert "".join(pieces) == "ab"


def test_the_beginning_of_a_stop_text_at_the_end_is_text(tokenizer: Tokenizer):
    writer, pieces = written(tokenizer, f"ab</{_END}", stops=("</x>",))
    assert (writer.text, "".join(pieces)) == ("ab</", "ab</")
