"""`ChatTransformers`: a chat model on `AutoModelForImageTextToText`."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from ergo_agent.dialects import Dialect, choose_dialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local import LocalChatModel
from ergo_agent.policies.local.defaults import default_model, require

if TYPE_CHECKING:
    from ergo_agent.policies.local.transformers.engine import (
        TransformersEngine,
    )

__all__ = ["ChatTransformers", "create_transformers_policy"]

_FEATURE = "the transformers policy"


class ChatTransformers(LocalChatModel):
    """Runs a vision-language checkpoint with transformers.

    Calls that arrive together run as one padded batch, streams included. No regular expression can
    be enforced on a reply.

    Raises:
        MissingExtraError: If torch or transformers is not installed.
    """

    provider: ClassVar[str] = "huggingface"

    device: str = "auto"
    """`cpu`, `cuda`, `cuda:1`, `mps`, or `auto`: the first of cuda, mps and cpu that is there."""

    dtype: str = "auto"
    """`float32`, `bfloat16`, `float16`, or `auto`: float32 on a CPU, whatever the checkpoint was
    saved in, which takes 4 bytes a parameter (33 GB for ERGO-7B); on a GPU the checkpoint's own,
    or float16 where the GPU has no bfloat16."""

    max_batch_size: int = Field(default=8, ge=1)
    """Most replies written at once."""

    batch_window: float = Field(default=0.005, ge=0)
    """Seconds that the first call of a batch waits for others: 5 ms, against tenths of a second
    that a reply takes."""

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Check that the extra is installed."""
        super().model_post_init(context)
        require("torch", "transformers", feature=_FEATURE, extra="transformers")

    @property
    def _llm_type(self) -> str:
        return "ergo-transformers"

    def _make_engine(self) -> "TransformersEngine":
        from ergo_agent.policies.local.transformers.engine import (  # noqa: PLC0415  # loads torch
            TransformersEngine,
        )

        return TransformersEngine(
            self.model,
            device=self.device,
            dtype=self.dtype,
            max_batch_size=self.max_batch_size,
            batch_window=self.batch_window,
        )


def create_transformers_policy(
    *,
    model: str | None = None,
    dialect: str | Dialect = "auto",
    device: str = "auto",
    dtype: str = "auto",
    **options: Any,
) -> Policy:
    """The policy that runs a checkpoint with transformers.

    Args:
        model: Folder, hub name, or `nano`; `ERGO_MODEL` when left out, and `nota-ai/ERGO-7B`
            without that.
        dialect: Its name, or `auto` to go by the model's name.
        device: See `ChatTransformers.device`.
        dtype: See `ChatTransformers.dtype`.
        options: Any other field of `ChatTransformers`.

    Raises:
        MissingExtraError: If torch or transformers is not installed.
    """
    chat = ChatTransformers(model=model or default_model(), device=device, dtype=dtype, **options)
    return Policy(chat, choose_dialect(dialect, model=chat))
