"""`ChatTransformers` on the tiny checkpoint: real weights, a real processor, real generation."""

import asyncio
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
import torch
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from ergo_agent.errors import (
    ContextOverflowError,
    ImageFormatError,
    PolicyError,
    PolicyTimeoutError,
    SettingsError,
    UnknownModelError,
)
from ergo_agent.policies.local import Sampling, conversation_of
from ergo_agent.policies.local.transformers import ChatTransformers, create_transformers_policy
from ergo_agent.policies.local.transformers.checkpoint import choose_device, choose_dtype
from ergo_agent.policies.local.transformers.engine import TransformersEngine
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL
from tests.served.local_models import LocalSuite, asked_about, offline_picture

HELLO = conversation_of([HumanMessage("Hello")])


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> Iterator[TransformersEngine]:
    """The checkpoint, loaded once.

    Its batches wait half a second, so that what a test sends together is together on any machine.
    """
    made = TransformersEngine(str(checkpoint), device="cpu", max_batch_size=4, batch_window=0.5)
    yield made
    made.close()


@pytest.fixture
def chat(checkpoint: Path, engine: TransformersEngine) -> ChatTransformers:
    return ChatTransformers(model=str(checkpoint), engine=engine, max_tokens=100)


@pytest.fixture(scope="module")
def endless(
    checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChatTransformers]:
    """The checkpoint without an end mark: a reply goes on until something else ends it."""
    folder = tmp_path_factory.mktemp("endless")
    shutil.copytree(checkpoint, folder, dirs_exist_ok=True)
    _rewrite(folder / "generation_config.json", eos_token_id=None)
    _rewrite(folder / "tokenizer_config.json", eos_token="<|video_pad|>")
    with ChatTransformers(model=str(folder), device="cpu", max_tokens=3000) as made:
        yield made


@pytest.fixture
def batches(engine: TransformersEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of rows of every batch that is run."""
    sizes: list[int] = []
    model = engine._checkpoint.model
    generate = model.generate

    def counted(**inputs: Any) -> object:
        sizes.append(inputs["input_ids"].shape[0])
        return generate(**inputs)

    monkeypatch.setattr(model, "generate", counted)
    return sizes


def _rewrite(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


class _Suite(LocalSuite):
    @pytest.fixture(autouse=True)
    def _loaded(self, checkpoint: Path, engine: TransformersEngine) -> None:
        type(self).params = {"model": str(checkpoint), "engine": engine}

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatTransformers


class TestStandardUnit(_Suite, ChatModelUnitTests):
    """LangChain's own unit tests."""


class TestStandardIntegration(_Suite, ChatModelIntegrationTests):
    """LangChain's own integration tests, with images."""

    @pytest.fixture(autouse=True)
    def _offline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        offline_picture(monkeypatch)


async def test_calls_that_come_together_run_together_and_reply_as_if_alone(
    chat: ChatTransformers, batches: list[int]
):
    sizes = [Size(28 * side, 140) for side in (3, 9, 5, 12)]
    together = await asyncio.gather(*[chat.ainvoke(asked_about(size)) for size in sizes])
    assert batches == [4]
    alone = [await chat.ainvoke(asked_about(size)) for size in sizes]
    assert batches == [4, 1, 1, 1, 1]
    for one, other in zip(together, alone, strict=True):
        assert one.text == other.text
        assert one.usage_metadata == other.usage_metadata


async def test_a_batch_is_never_larger_than_its_limit(chat: ChatTransformers, batches: list[int]):
    await asyncio.gather(*[chat.ainvoke(f"Hello {number}") for number in range(6)])
    assert sorted(batches) == [2, 4]


async def test_streams_and_calls_with_and_without_images_share_a_batch(
    chat: ChatTransformers, batches: list[int]
):
    async def streamed(text: str) -> AIMessageChunk:
        chunks = [chunk async for chunk in chat.astream(text)]
        assert len(chunks) > 2
        return sum(chunks[1:], chunks[0])

    replies = await asyncio.gather(
        streamed("Hello"), chat.ainvoke("Hello"), chat.ainvoke(asked_about(Size(84, 84)))
    )
    assert batches == [3]
    assert replies[0].text == replies[1].text
    assert replies[0].usage_metadata == replies[1].usage_metadata


async def test_replies_drawn_differently_do_not_share_a_batch(
    chat: ChatTransformers, batches: list[int]
):
    options = [{}, {"temperature": 0.7}, {"temperature": 0.7, "seed": 1}, {}, {"temperature": 0.7}]
    await asyncio.gather(*[chat.ainvoke("Hello", **option) for option in options])
    assert sorted(batches) == [1, 2, 2]


async def test_one_prompt_that_cannot_be_used_fails_alone(chat: ChatTransformers):
    good, bad = await asyncio.gather(
        chat.ainvoke("Hello"), chat.ainvoke("Hello " * 20_000), return_exceptions=True
    )
    assert not isinstance(good, BaseException)
    assert good.text
    with pytest.raises(
        ContextOverflowError, match=r"takes [\d,]+ tokens and the model's context holds"
    ):
        raise bad if isinstance(bad, BaseException) else AssertionError(bad)


async def test_the_event_loop_goes_on_while_a_reply_is_written(endless: ChatTransformers):
    call = asyncio.create_task(endless.ainvoke("Hello", max_tokens=60))
    beats = 0
    while not call.done():
        await asyncio.sleep(0.001)
        beats += 1
    assert (await call).usage_metadata["output_tokens"] == 60
    assert beats > 10


@pytest.mark.parametrize("way", ["ainvoke", "astream"])
async def test_cancelling_a_call_ends_its_generation(endless: ChatTransformers, way: str):
    steps = _Steps(endless)
    with steps:
        call = asyncio.create_task(_drained(endless, way))
        assert await asyncio.to_thread(steps.begun.wait, 60)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await endless.ainvoke("Hello", max_tokens=1)  # runs only once the other has ended
    assert steps.count < 3000


def test_leaving_a_stream_ends_its_generation(endless: ChatTransformers):
    steps = _Steps(endless)
    with steps:
        for _ in endless.stream("Hello"):
            break
        endless.invoke("Hello", max_tokens=1)
    assert steps.count < 3000


def test_a_call_that_takes_too_long_ends_with_a_typed_error(endless: ChatTransformers):
    impatient = endless.model_copy(update={"timeout": 0.05, "engine": endless._ready()})
    with pytest.raises(PolicyTimeoutError, match=r"gave no reply in 0\.05 s; raise timeout"):
        impatient.invoke("Hello")


async def _drained(chat: ChatTransformers, way: str) -> None:
    if way == "ainvoke":
        await chat.ainvoke("Hello")
    else:
        async for _ in chat.astream("Hello"):
            pass


class _Steps:
    """Counts the forward passes of a model."""

    def __init__(self, chat: ChatTransformers) -> None:
        engine = chat._ready()
        assert isinstance(engine, TransformersEngine)
        self._model = engine._checkpoint.model
        self.count = 0
        self.begun = threading.Event()

    def __enter__(self) -> "_Steps":
        self._hook = self._model.register_forward_hook(self._step)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def _step(self, *_: object) -> None:
        self.count += 1
        self.begun.set()


def test_a_reply_ends_at_a_stop_text_or_its_longest(chat: ChatTransformers):
    whole = chat.invoke(asked_about(Size(140, 140)))
    assert whole.response_metadata["finish_reason"] == "stop"
    stop = whole.text[5:9]
    cut = chat.invoke(asked_about(Size(140, 140)), stop=[stop])
    assert cut.text == whole.text[: whole.text.index(stop)]
    assert cut.response_metadata["finish_reason"] == "stop"
    assert cut.usage_metadata["output_tokens"] < whole.usage_metadata["output_tokens"]
    short = chat.invoke(asked_about(Size(140, 140)), max_tokens=3)
    assert short.response_metadata["finish_reason"] == "length"
    assert short.usage_metadata["output_tokens"] == 3
    assert whole.text.startswith(short.text)


def test_a_seed_repeats_a_reply_and_leaves_the_process_its_own_random_numbers(
    chat: ChatTransformers,
):
    torch.manual_seed(7)
    undisturbed = torch.rand(3).tolist()
    torch.manual_seed(7)
    draw = {"temperature": 3.0, "max_tokens": 20}
    replies = [chat.invoke("Hello", seed=seed, **draw).text for seed in (1, 1, 2)]
    assert replies[0] == replies[1] != replies[2]
    assert torch.rand(3).tolist() == undisturbed


@pytest.mark.parametrize(
    "size", [(56, 56), (28, 112), (28, 28 * 100), (28 * 45, 28 * 40), (28 * 45, 28 * 25)]
)
def test_views_are_never_resized(chat: ChatTransformers, size: tuple[int, int]):
    """Their tokens are the predicted ones, from the family's fewest to more than the 1,280 that the
    checkpoint's own processor would shrink them to."""
    usage = chat.invoke(asked_about(Size(*size)), max_tokens=1).usage_metadata
    assert usage["input_token_details"]["image"] == QWEN2_5_VL.tokens(Size(*size))


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"model": "another"}, UnknownModelError, "asks for the model 'another'"),
        ({"pattern": "a+"}, SettingsError, "cannot enforce a regular expression"),
        ({"temprature": 1}, SettingsError, "the option 'temprature' of the call"),
        ({"temperature": -1}, SettingsError, "the option 'temperature' of the call"),
        ({"structured_outputs": {"json": "{}"}}, SettingsError, "is not supported"),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(
    chat: ChatTransformers, options: dict[str, Any], error: type[Exception], told: str
):
    with pytest.raises(error, match=told):
        chat.invoke("Hello", **options)


def test_an_image_that_the_family_refuses_is_told(chat: ChatTransformers):
    with pytest.raises(PolicyError, match="processor refuses the conversation"):
        chat.invoke(asked_about(Size(28, 28 * 201)))
    with pytest.raises(ImageFormatError):
        chat.invoke(
            [HumanMessage([{"type": "image", "base64": "aGVsbG8=", "mime_type": "image/png"}])]
        )


def test_devices_and_precisions_are_chosen_by_rule():
    assert choose_device("cpu") == "cpu"
    assert choose_device("auto") in {"cuda", "mps", "cpu"}
    with pytest.raises(SettingsError, match=r"device='vulkan:1' is not there; torch sees"):
        choose_device("vulkan:1")
    assert choose_dtype("auto", device="cpu", declared=torch.bfloat16) == torch.float32
    assert choose_dtype("auto", device="mps", declared=torch.bfloat16) == torch.float16
    assert choose_dtype("auto", device="cuda", declared=torch.float32) == torch.float32
    assert choose_dtype("bfloat16", device="cpu", declared=None) == torch.bfloat16
    with pytest.raises(SettingsError, match="dtype='int4' is unknown"):
        choose_dtype("int4", device="cpu", declared=None)


def test_what_is_no_checkpoint_is_told(tmp_path: Path):
    with pytest.raises(PolicyError, match="cannot be loaded"):
        ChatTransformers(model=str(tmp_path)).start()


def test_a_checkpoint_runs_in_another_precision(checkpoint: Path):
    with ChatTransformers(model=str(checkpoint), device="cpu", dtype="bfloat16") as chat:
        assert chat.invoke("Hello", max_tokens=5).usage_metadata["output_tokens"] >= 1


def test_closing_ends_the_thread_and_whatever_waits(checkpoint: Path):
    engine = TransformersEngine(str(checkpoint), device="cpu", batch_window=0.0)
    waiting = [engine.submit(HELLO, sampling=Sampling(max_tokens=3000)) for _ in range(20)]
    assert "ergo-transformers" in {thread.name for thread in threading.enumerate()}
    engine.close()
    engine.close()
    assert not engine._thread.is_alive()
    assert all(future.done() for future in waiting)
    assert any(future.cancelled() for future in waiting)
    with pytest.raises(PolicyError, match="the model was closed"):
        engine.submit(HELLO, sampling=Sampling())


def test_a_closed_model_loads_again(checkpoint: Path):
    chat = ChatTransformers(model=str(checkpoint), device="cpu", max_tokens=5)
    first = chat.invoke("Hello").text
    chat.close()
    assert chat.invoke("Hello").text == first
    chat.close()


def test_the_policy_names_its_model_and_dialect(checkpoint: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_MODEL", str(checkpoint))
    policy = create_transformers_policy(dialect="ergo", device="cpu")
    assert policy.name == f"{checkpoint}/ergo"
    monkeypatch.delenv("ERGO_MODEL")
    assert create_transformers_policy().name == "nota-ai/ERGO-7B/ergo"


def test_a_failing_batch_tells_every_caller_and_the_next_runs(
    engine: TransformersEngine, monkeypatch: pytest.MonkeyPatch
):
    def out_of_memory(**_: object) -> None:
        raise torch.OutOfMemoryError("nothing left")

    with monkeypatch.context() as broken:
        broken.setattr(engine._checkpoint.model, "generate", out_of_memory)
        futures = [engine.submit(HELLO, sampling=Sampling()) for _ in range(2)]
        for future in futures:
            with pytest.raises(PolicyError, match="nothing left"):
                future.result()
    assert engine.submit(HELLO, sampling=Sampling(max_tokens=1)).result().output_tokens == 1


def test_a_call_cancelled_while_it_waits_is_never_run(
    engine: TransformersEngine, batches: list[int]
):
    first = engine.submit(HELLO, sampling=Sampling(max_tokens=1))
    second = engine.submit(HELLO, sampling=Sampling(max_tokens=1))
    assert second.cancel()
    assert first.result().output_tokens == 1
    with pytest.raises(CancelledError):
        second.result()
    assert batches == [1]
