"""What the policies that run a model on this machine share: messages, sampling, the chat model.

`ChatTransformers` and `ChatVllm` are one chat model over two engines. Absent on purpose: tool
calling. The model families that run here speak in tags (see `ergo_agent.dialects`), and neither
engine parses calls out of a reply.
"""

from ergo_agent.policies.local.chat import LocalChatModel
from ergo_agent.policies.local.generation import Completion, Engine, Sampling
from ergo_agent.policies.local.messages import Conversation, conversation_of

__all__ = [
    "Completion",
    "Conversation",
    "Engine",
    "LocalChatModel",
    "Sampling",
    "conversation_of",
]
