"""A checkpoint of the local disk or the Hugging Face hub, run by transformers.

For one machine and a handful of questions at a time. vLLM (`ergo_agent.policies.local.vllm`, or a
server) lets requests join a running batch and keeps what it computed for the images of earlier
turns; here a batch runs to its end, and every turn begins anew.
"""

from ergo_agent.policies.local.transformers.chat import ChatTransformers, create_transformers_policy

__all__ = ["ChatTransformers", "create_transformers_policy"]
