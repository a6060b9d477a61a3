"""`ChatVllm`: a chat model on an engine of vLLM that this process owns."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ergo_agent.dialects import Dialect, choose_dialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local import LocalChatModel
from ergo_agent.policies.local.defaults import default_model, require

if TYPE_CHECKING:
    from ergo_agent.policies.local.vllm.engine import VllmEngine

__all__ = ["ChatVllm", "create_vllm_policy"]


class ChatVllm(LocalChatModel):
    """Runs a vision-language checkpoint with vLLM, without a server.

    Calls join the running batch at its next step and leave it when they are done; the prefix cache
    is on. A call may ask for replies that match a regular expression: `pattern="..."`, or
    `structured_outputs={"regex": "..."}` as vLLM's server has it.

    vLLM starts processes of its own. Where it spawns them (on a CPU, or once CUDA is in use), a
    script must start its work under `if __name__ == "__main__":`, as with any multiprocessing.

    Raises:
        MissingExtraError: If vLLM is not installed.
    """

    takes_pattern: ClassVar[bool] = True
    """That a `pattern` is enforced."""

    provider: ClassVar[str] = "vllm"

    dtype: str = "auto"
    """Precision as vLLM names it; `auto` for the checkpoint's own."""

    context: int = Field(default=16_384, ge=1)
    """Most tokens of a conversation, reply included; no more than the checkpoint allows. The
    deepest episode at the default settings shows 5,120 vision tokens."""

    max_images: int = Field(default=16, ge=1)
    """Most images of a conversation; an episode at the default settings shows at most 13."""

    tensor_parallel_size: int = Field(default=1, ge=1)
    """Number of GPUs that share the model."""

    engine_options: dict[str, Any] = Field(default_factory=dict)
    """Any other argument of vLLM's `AsyncEngineArgs`, `gpu_memory_utilization` for example."""

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Check that the extra is installed."""
        super().model_post_init(context)
        require("vllm", feature="the vllm policy", extra="vllm")

    @property
    def _llm_type(self) -> str:
        return "ergo-vllm"

    def _make_engine(self) -> "VllmEngine":
        from ergo_agent.policies.local.vllm.engine import VllmEngine  # noqa: PLC0415  # loads torch and vLLM

        return VllmEngine(
            self.model,
            dtype=self.dtype,
            context=self.context,
            max_images=self.max_images,
            tensor_parallel_size=self.tensor_parallel_size,
            **self.engine_options,
        )


def create_vllm_policy(
    *, model: str | None = None, dialect: str | Dialect = "auto", **options: Any
) -> Policy:
    """The policy that runs a checkpoint with vLLM in this process.

    Args:
        model: Folder, hub name, or `nano`; `ERGO_MODEL` when left out, and `nota-ai/ERGO-7B`
            without that.
        dialect: Its name, or `auto` to go by the model's name.
        options: Any other field of `ChatVllm`.

    Raises:
        MissingExtraError: If vLLM is not installed.
    """
    chat = ChatVllm(model=model or default_model(), **options)
    return Policy(chat, choose_dialect(dialect, model=chat))
