"""`ChatVllm` on the tiny checkpoint: vLLM's real engine, on the CPU, owned by this process."""

import asyncio
import multiprocessing
import os
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from ergo_agent.errors import (
    ContextOverflowError,
    PolicyError,
    PolicyRequestError,
    SettingsError,
    UnknownModelError,
)
from ergo_agent.policies.local import Sampling, conversation_of
from ergo_agent.policies.local.vllm import ChatVllm, create_vllm_policy
from ergo_agent.policies.local.vllm.engine import VllmEngine
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL
from tests.served.local_models import (
    ON_A_CPU,
    UNCLOSED_ZMQ,
    VLLM_ENVIRONMENT,
    LocalSuite,
    asked_about,
    offline_picture,
    small_vllm,
)

pytestmark = pytest.mark.filterwarnings(UNCLOSED_ZMQ)

LONG = r"(a|b){600}"
"""A reply that takes a while, whatever the checkpoint would say."""


@pytest.fixture(scope="module")
def engine(checkpoint: Path) -> Iterator[VllmEngine]:
    with small_vllm(checkpoint) as made:
        yield made


@pytest.fixture
def chat(checkpoint: Path, engine: VllmEngine) -> ChatVllm:
    return ChatVllm(model=str(checkpoint), engine=engine, max_tokens=100)


class _Suite(LocalSuite):
    @pytest.fixture(autouse=True)
    def _loaded(self, checkpoint: Path, engine: VllmEngine) -> None:
        type(self).params = {"model": str(checkpoint), "engine": engine}

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatVllm


class TestStandardUnit(_Suite, ChatModelUnitTests):
    """LangChain's own unit tests."""


class TestStandardIntegration(_Suite, ChatModelIntegrationTests):
    """LangChain's own integration tests, with images and the prefix cache's tokens."""

    @pytest.fixture(autouse=True)
    def _offline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        offline_picture(monkeypatch)

    @property
    def supported_usage_metadata_details(
        self,
    ) -> dict[Literal["invoke", "stream"], list[Any]]:
        return {"invoke": ["cache_read_input"], "stream": ["cache_read_input"]}

    def invoke_with_cache_read_input(self, *, stream: bool = False) -> AIMessage:
        """A prompt of several blocks, sent twice."""
        model = self.chat_model_class(**self.chat_model_params, max_tokens=4)
        prompt = "What colour is the square? " * 20
        model.invoke(prompt)
        if not stream:
            return model.invoke(prompt)
        chunks = list(model.stream(prompt))
        whole = sum(chunks[1:], chunks[0])
        assert isinstance(whole, AIMessageChunk)
        return whole


async def test_a_short_reply_overtakes_a_long_one(chat: ChatVllm):
    """Calls join the running batch; in one batch after another the second would have waited."""
    order: list[str] = []

    async def ask(name: str, **options: Any) -> None:
        await chat.ainvoke("Hello", **options)
        order.append(name)

    begun = asyncio.Event()

    async def long() -> None:
        async for _ in chat.astream("Hello", pattern=LONG, max_tokens=700):
            begun.set()
        order.append("long")

    running = asyncio.create_task(long())
    await begun.wait()
    await ask("short", max_tokens=3)
    await running
    assert order == ["short", "long"]


async def test_calls_that_run_together_reply_as_if_alone(chat: ChatVllm):
    sizes = [Size(28 * side, 140) for side in (3, 9, 5, 12, 7, 4)]
    together = await asyncio.gather(*[chat.ainvoke(asked_about(size)) for size in sizes])
    alone = [await chat.ainvoke(asked_about(size)) for size in sizes]
    assert [reply.text for reply in together] == [reply.text for reply in alone]


def test_a_second_question_about_an_image_finds_it_in_the_cache(chat: ChatVllm):
    first = asked_about(Size(28 * 13, 28 * 11))
    reply = chat.invoke(first)
    usage = chat.invoke([*first, reply, HumanMessage("And now?")]).usage_metadata
    blocks = reply.usage_metadata["total_tokens"] // 32 * 32
    # the end mark is in the second prompt, and the last block is full only by what follows it
    assert usage["input_token_details"]["cache_read"] >= blocks - 32


@pytest.mark.parametrize("option", ["pattern", "structured_outputs"])
def test_a_pattern_is_enforced(chat: ChatVllm, option: str):
    regex = r"<zoom>\[\d{1,4}, \d{1,4}, \d{1,4}, \d{1,4}\]</zoom>"
    given = regex if option == "pattern" else {"regex": regex}
    reply = chat.invoke("Hello", temperature=1.5, seed=3, **{option: given})
    assert re.fullmatch(regex, reply.text)


def test_a_stream_gives_the_reply_of_a_call_piece_by_piece(chat: ChatVllm):
    whole = chat.invoke(asked_about(Size(140, 140)))
    chunks = list(chat.stream(asked_about(Size(140, 140))))
    joined = sum(chunks[1:], chunks[0])
    assert len(chunks) > 3
    assert joined.text == whole.text
    assert joined.response_metadata["finish_reason"] == "stop"
    assert joined.usage_metadata["output_tokens"] == whole.usage_metadata["output_tokens"]


@pytest.mark.parametrize("way", ["ainvoke", "astream"])
async def test_cancelling_a_call_aborts_its_request(chat: ChatVllm, engine: VllmEngine, way: str):
    async def run() -> None:
        options = {"pattern": LONG, "max_tokens": 3000}
        if way == "ainvoke":
            await chat.ainvoke("Hello", **options)
        else:
            async for _ in chat.astream("Hello", **options):
                pass

    call = asyncio.create_task(run())
    await _begun(engine)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await _emptied(engine)


async def test_leaving_a_stream_aborts_its_request(chat: ChatVllm, engine: VllmEngine):
    stream = chat.stream("Hello", pattern=LONG, max_tokens=3000)
    next(stream)
    assert engine._llm.get_num_unfinished_requests() == 1
    stream.close()
    assert await _emptied(engine)


async def _begun(engine: VllmEngine) -> None:
    while not engine._llm.get_num_unfinished_requests():  # noqa: ASYNC110  # vLLM has no event
        await asyncio.sleep(0.001)


async def _emptied(engine: VllmEngine) -> bool:
    """Whether no request is left; one more call goes through the engine meanwhile."""
    await asyncio.wrap_future(
        engine.submit(conversation_of([HumanMessage("Hi")]), sampling=Sampling(max_tokens=1))
    )
    return engine._llm.get_num_unfinished_requests() == 0


async def test_the_event_loop_goes_on_while_a_reply_is_written(chat: ChatVllm):
    call = asyncio.create_task(chat.ainvoke("Hello", pattern=LONG, max_tokens=60))
    beats = 0
    while not call.done():
        await asyncio.sleep(0.001)
        beats += 1
    assert beats > 10


def test_a_reply_ends_at_a_stop_text_or_its_longest(chat: ChatVllm):
    whole = chat.invoke(asked_about(Size(140, 140)))
    stop = whole.text[5:9]
    cut = chat.invoke(asked_about(Size(140, 140)), stop=[stop])
    assert cut.text == whole.text[: whole.text.index(stop)]
    short = chat.invoke(asked_about(Size(140, 140)), max_tokens=3)
    assert short.response_metadata["finish_reason"] == "length"
    assert short.usage_metadata["output_tokens"] == 3


@pytest.mark.parametrize(
    "size", [(56, 56), (28, 112), (28, 28 * 100), (28 * 45, 28 * 40), (28 * 45, 28 * 25)]
)
def test_views_are_never_resized(chat: ChatVllm, size: tuple[int, int]):
    usage = chat.invoke(asked_about(Size(*size)), max_tokens=1).usage_metadata
    assert usage["input_token_details"]["image"] == QWEN2_5_VL.tokens(Size(*size))


@pytest.mark.parametrize(
    ("messages", "options", "error", "told"),
    [
        (
            "Hello " * 20_000,
            {},
            ContextOverflowError,
            r"takes [\d,]+ tokens and the model's context holds",
        ),
        (asked_about(Size(56, 56)) * 5, {}, ContextOverflowError, "raise max_images"),
        (asked_about(Size(28, 28 * 201)), {}, PolicyRequestError, "vLLM refuses the request"),
        ("Hello", {"pattern": "(("}, PolicyRequestError, "vLLM refuses the request"),
        ("Hello", {"model": "another"}, UnknownModelError, "asks for the model 'another'"),
        ("Hello", {"temprature": 1}, SettingsError, "the option 'temprature' of the call"),
    ],
)
def test_what_cannot_be_honoured_is_refused(
    chat: ChatVllm,
    messages: str | list[BaseMessage],
    options: dict[str, Any],
    error: type[Exception],
    told: str,
):
    with pytest.raises(error, match=told):
        chat.invoke(messages, **options)
    assert chat.invoke("Hello", max_tokens=1).usage_metadata["output_tokens"] == 1


def test_a_killed_engine_is_told_and_closing_leaves_nothing(checkpoint: Path):
    before = set(multiprocessing.active_children())
    with small_vllm(checkpoint) as engine:
        chat = ChatVllm(model=str(checkpoint), engine=engine)
        stream = chat.stream("Hello", pattern=LONG, max_tokens=3000)
        next(stream)
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        with pytest.raises(PolicyError, match="vLLM did not reply"):
            list(stream)
        engine.close()
        assert set(multiprocessing.active_children()) <= before
        assert not engine._thread.is_alive()
        with pytest.raises(PolicyError, match="the model was closed"):
            chat.invoke("Hello")


def test_a_program_that_forgets_to_close_leaves_no_process(checkpoint: Path, tmp_path: Path):
    script = tmp_path / "forgetful.py"
    script.write_text(
        textwrap.dedent(f"""
        import psutil
        from ergo_agent.policies.local.vllm import ChatVllm

        if __name__ == "__main__":
            chat = ChatVllm(
                model={str(checkpoint)!r}, dtype="float32", context=4096, engine_options={ON_A_CPU}
            )
            print("reply", repr(chat.invoke("Hello", max_tokens=2).text), flush=True)
            for child in psutil.Process().children(recursive=True):
                print("child", child.pid, flush=True)
        """)
    )
    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, **VLLM_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    children = [int(line.split()[1]) for line in done.stdout.splitlines() if line[:5] == "child"]
    assert children
    left = [psutil.Process(pid) for pid in children if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(left, timeout=60)  # they end a moment after their parent
    assert not alive


def test_what_is_no_checkpoint_is_told(tmp_path: Path):
    with pytest.raises(PolicyError, match="cannot be loaded"):
        ChatVllm(model=str(tmp_path)).start()


def test_an_engine_that_cannot_start_is_told_and_leaves_no_thread(checkpoint: Path):
    threads = threading.active_count()
    with pytest.raises(PolicyError, match="vLLM cannot run"):
        VllmEngine(str(checkpoint), no_such_argument=1)
    assert threading.active_count() == threads


def test_the_policy_names_its_model_and_dialect(checkpoint: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_MODEL", str(checkpoint))
    assert create_vllm_policy(dialect="ergo").name == f"{checkpoint}/ergo"
    monkeypatch.delenv("ERGO_MODEL")
    assert create_vllm_policy().name == "nota-ai/ERGO-7B/ergo"
