"""Ways to run a policy: a chat model and the dialect it is spoken to in."""

from ergo_agent.policies.base import Policy

__all__ = ["Policy"]
