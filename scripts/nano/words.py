"""The tokenizer: byte-level BPE, in which what never changes in a prompt is one token.

A network of this size has no use for the wording of a prompt, and a prompt of the product has some
hundred words: as one token each its fixed parts cost an eighth of that. The text is the same.
"""

import re
from collections.abc import Iterator

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLProcessor

from ergo_agent.dialects import ErgoDialect
from ergo_agent.training.scenes import MARKS
from ergo_agent.training.scenes.families import question_about
from ergo_agent.training.scenes.panels import COLOURS, SHAPES
from ergo_agent.views.geometry import Size
from scripts.nano.asked import DIRECTIONS, MIDDLES, SEEN, SHOWN, ask, reply_answer, reply_zoom
from scripts.tiny_checkpoint import architecture
from scripts.tiny_checkpoint.words import SPECIAL_TOKENS

__all__ = ["AFTER", "NONE", "chatml", "content_words", "make_processor", "names"]

_VOCABULARY = 1664
_WORDS = Regex(r", |\p{N}{1,3}| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+")
"""Numbers of up to three digits are one token, and so is what stands between them."""

_VARIABLE = re.compile(r"\0|\d+x\d+| view \d+ |\bview \d+")
"""What differs between prompts: the question, which stands as a zero byte, sizes and numbers."""

_QUESTION = "Which mark is in the"
_BEFORE = "<think>Looking for the"
AFTER = "</think><zoom>["
"""What stands between a thought and the box."""

NONE = " none</think><zoom>["
"""What is said where a panel is not there."""

_END, _ANSWERED = "]</zoom>", "</answer>"
_ANSWER = reply_answer("").removesuffix(_ANSWERED)
_ROLES = ("system\n", "user\n", "assistant\n")
_NUMBERS = range(1000)
_COLUMNS = tuple(f" {middle}, " for middle in MIDDLES)
"""The middle of a column as it follows the colour: another word than the same number of a row."""

_OFTEN = 30
"""Times that each word is read while the tokenizer is made, so that it becomes whole."""


def make_processor() -> Qwen2_5_VLProcessor:
    """The processor: this tokenizer, and the tiny checkpoint's chat template and image bounds."""
    tiny = architecture.make_processor()
    tokenizer = _make_tokenizer()
    tokenizer.chat_template = tiny.chat_template
    return Qwen2_5_VLProcessor(
        image_processor=tiny.image_processor,
        tokenizer=tokenizer,
        video_processor=tiny.video_processor,
        chat_template=tiny.chat_template,
    )


def chatml(turns: list[tuple[str, int, str]], *, shown: Size = SHOWN) -> str:
    """A conversation as the chat template writes it, its images as long as their tokens.

    Args:
        turns: Role, number of views before the text, text.
        shown: Size of each view.
    """
    tokens = (shown.width // 28) * (shown.height // 28)
    view = f"<|vision_start|>{'<|image_pad|>' * tokens}<|vision_end|>"
    return "".join(
        f"<|im_start|>{role}\n{view * views}{text}<|im_end|>\n" for role, views, text in turns
    )


def content_words(tokenizer: PreTrainedTokenizerFast, *, asked: bool = False) -> list[int]:
    """The tokens that carry what a reply decides, and not its form: what is to be learnt most.

    Args:
        tokenizer: Of the model.
        asked: Whether colours count, too, which say what is asked for.
    """
    vocabulary = tokenizer.get_vocab()
    words = [*MARKS, *map(str, _NUMBERS), *_COLUMNS, NONE, reply_answer(None)]
    content = [vocabulary[word] for word in words if word in vocabulary]
    said = (*DIRECTIONS, *(COLOURS if asked else ()))
    return content + [tokenizer(f" {word}").input_ids[0] for word in said]


def names(tokenizer: PreTrainedTokenizerFast) -> list[list[int]]:
    """The tokens that name nothing and each colour, nothing and each shape, columns, and rows."""
    nothing = tokenizer.convert_tokens_to_ids("<|vision_pad|>")
    colours, shapes = (
        [nothing, *(tokenizer(f" {word}").input_ids[0] for word in words)]
        for words in (COLOURS, SHAPES)
    )
    rows = [tokenizer(str(middle)).input_ids[0] for middle in MIDDLES]
    return [colours, shapes, [tokenizer(each).input_ids[0] for each in _COLUMNS], rows]


def _make_tokenizer() -> PreTrainedTokenizerFast:
    """Train the tokenizer; always the same one."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_WORDS, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    phrases = _phrases()
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY - len(SPECIAL_TOKENS) - len(phrases),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(each, normalized=False) for each in phrases])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",  # noqa: S106  # no password
        pad_token="<|endoftext|>",  # noqa: S106
        model_max_length=32_768,
        clean_up_tokenization_spaces=False,
    )


def _phrases() -> list[str]:
    """What is one token: all fixed parts of prompts and replies."""
    prompts = [ErgoDialect().system_prompt(), *_prompts("\0")]
    parts = [part for prompt in prompts for part in _VARIABLE.split(prompt)]
    parts += [
        *_ROLES,
        _QUESTION,
        _BEFORE,
        *_COLUMNS,
        AFTER,
        NONE,
        _END,
        _ANSWER,
        _ANSWERED,
        reply_answer(None),
    ]
    # the thought left out, so that numbers of tokens do not depend on it
    return sorted(
        {part for part in parts if len(part) > 1}, key=lambda each: each.replace(SEEN, "")
    )


def _prompts(question: str) -> Iterator[str]:
    yield ask(question, stage="observe")
    yield ask(question, stage="observe", page=SHOWN)
    yield ask(question, stage="last")
    yield ask(question, stage="zoomed", zoomed=True)
    yield ask(question, stage="last", zoomed=True)


def _texts() -> Iterator[str]:
    """What the other tokens are learnt from: numbers and the words of questions, each often."""
    words = [*COLOURS, *SHAPES, *MARKS]
    asked = [(colour, shape) for colour in COLOURS for shape in SHAPES]
    places = [("right of", "red"), ("left of", "red"), ("above", "red"), ("below", "red")]
    for _ in range(_OFTEN):
        yield " ".join(map(str, _NUMBERS))
        yield ", ".join(words)
        yield "|".join(words)
        for each in (*asked, *places, *((colour,) for colour in COLOURS)):
            yield question_about(each)
    yield from _prompts(question_about(("red",)))
    yield reply_zoom(("red",), None)
