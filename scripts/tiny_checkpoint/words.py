"""The tokenizer: byte-level BPE over the words of the protocol, and the chat template."""

from collections.abc import Iterator
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.errors import MoveError
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.view import View
from scripts.tiny_checkpoint.pages import COLOURS, ask_for
from scripts.tiny_checkpoint.replies import EVERY_REPLY

__all__ = ["SPECIAL_TOKENS", "make_tokenizer"]

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
"""Qwen's special tokens, as far as its processor and vLLM look for them."""

_VOCABULARY = 2048
_WORDS = Regex(r"\p{N}{1,3}| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+")
"""Numbers of up to three digits are one token: a box is then four choices."""

_CHAT_TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Train the tokenizer; always the same one."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_WORDS, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY - len(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",  # noqa: S106  # no password
        pad_token="<|endoftext|>",  # noqa: S106
        model_max_length=32_768,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = _CHAT_TEMPLATE.read_text(encoding="utf-8")
    return fast


def _texts() -> Iterator[str]:
    """What the tokens are learnt from: every number often, and all that is said in an episode."""
    for _ in range(30):
        yield " ".join(map(str, range(1000)))
    dialect = ErgoDialect()
    yield dialect.system_prompt()
    sizes = [Size(QWEN2_5_VL.factor * side, QWEN2_5_VL.factor * side) for side in range(2, 36)]
    stages: tuple[Stage, ...] = ("observe", "zoomed", "last")
    for size in sizes:
        view = View(number=1, region=Region.whole(size), shown=size, original=size)
        closer = view.model_copy(update={"number": 2, "parent": 1})
        for stage in stages:
            yield dialect.ask(ask_for(), [view, closer][: 1 + (stage != "observe")], stage=stage)
        yield dialect.second_question(
            MoveError("the reply holds neither a box nor an answer"), [view]
        )
    yield from (reply.format(colour=colour) for colour in COLOURS for reply in EVERY_REPLY)
