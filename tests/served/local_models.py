"""What the tests of the models that run in this process share: LangChain's suites, a small vLLM.

What LangChain's standard suites leave out for these models is what their properties here say:

- tools, structured output and JSON mode through tools: absent on purpose, see
  `ergo_agent.policies.local`; the suites see it by `bind_tools` not being overridden;
- another model for one call (`supports_model_override`): one checkpoint is loaded; that a call for
  another is refused is tested beside the suites;
- image URLs: a local model uses no network; PDF, audio and video: the families take images;
- serialisation: the suite goes by `is_lc_serializable`, false for a model that is in memory;
- streaming time: it replays recorded HTTP, and there is none.
"""

import gc
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from PIL import Image, ImageDraw

from ergo_agent.dialects import ErgoDialect
from ergo_agent.images import data_url, encode_view
from ergo_agent.policies.local.vllm.engine import VllmEngine
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = [
    "ON_A_CPU",
    "UNCLOSED_ZMQ",
    "VLLM_ENVIRONMENT",
    "LocalSuite",
    "asked_about",
    "offline_picture",
    "small_vllm",
]

ON_A_CPU = {"enforce_eager": True, "block_size": 32, "max_num_seqs": 4, "skip_mm_profiling": True}
"""What makes vLLM start in seconds here; none of it changes a reply."""

VLLM_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "TORCHDYNAMO_DISABLE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # one process beside this one, not two
    "VLLM_NO_USAGE_STATS": "1",
}
"""What vLLM takes from the environment on a small machine without a GPU or a network."""


UNCLOSED_ZMQ = "ignore:Unclosed context:ResourceWarning"
"""vLLM leaves ZMQ contexts to the garbage collector, which may run in any test with an engine."""


@contextmanager
def small_vllm(checkpoint: Path, **options: Any) -> Iterator[VllmEngine]:
    """An engine in float32 that holds four images and 4,096 tokens; closed in the end."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in VLLM_ENVIRONMENT.items():
                patched.setenv(name, value)
            options = {"max_images": 4, "context": 4096, **ON_A_CPU, **options}
            engine = VllmEngine(str(checkpoint), dtype="float32", **options)
        yield engine
        engine.close()
    finally:
        # what is left now must not be collected in a test without an engine
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


class LocalSuite:
    """The properties that both suites of a local model share."""

    params: ClassVar[dict[str, Any]]
    """What the model is made with; a fixture of the test class sets it."""

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return self.params

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_urls(self) -> bool:
        return False

    @property
    def supports_model_override(self) -> bool:
        return False

    @property
    def returns_usage_metadata(self) -> bool:
        return True

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"ERGO_MODEL": "some/model"}, {}, {"model": "some/model"}


def offline_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the suite a picture drawn here in place of the one it would fetch from the network."""
    image = Image.new("RGB", (700, 430), "white")
    ImageDraw.Draw(image).rectangle((200, 100, 420, 300), fill="red")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")

    def get(url: str, **_: Any) -> httpx.Response:
        assert url.endswith(".png")
        return httpx.Response(200, content=buffer.getvalue())

    monkeypatch.setattr("langchain_tests.integration_tests.chat_models.httpx.get", get)


def asked_about(size: Size) -> list[BaseMessage]:
    """The first question of an episode, about a grey view of some size."""
    dialect = ErgoDialect()
    original = Size(4 * size.width, 4 * size.height)
    view = View(number=1, region=Region.whole(original), shown=size, original=original)
    url = data_url(encode_view(Image.new("RGB", size, "grey")))
    image = {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
    text = dialect.ask("What colour is the square?", [view], stage="observe")
    return [
        SystemMessage(dialect.system_prompt()),
        HumanMessage([image, {"type": "text", "text": text}]),
    ]
