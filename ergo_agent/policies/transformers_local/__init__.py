"""A checkpoint of the local disk or the Hugging Face hub, run by transformers.

For one machine and a handful of questions at a time: vLLM (`ergo_agent.policies.vllm_engine`, or a
server) is several times faster where it runs, and keeps a prefix cache, which this does not.
"""

from ergo_agent.policies.transformers_local.chat import (
    ChatTransformers,
    create_transformers_policy,
)

__all__ = ["ChatTransformers", "create_transformers_policy"]
