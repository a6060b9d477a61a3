"""vLLM in the user's own program: no server to start, no port, no HTTP.

LangChain's own classes do not do this: langchain-community's `VLLM` (0.4.2) completes text, takes
no image, knows no streaming or async, and runs one blocking batch after another, so that two
episodes never share a step; its `VLLMOpenAI` and langchain-openai's `ChatOpenAI` need a server.
"""

from ergo_agent.policies.local.vllm.chat import ChatVllm, create_vllm_policy

__all__ = ["ChatVllm", "create_vllm_policy"]
