"""Which policy answers: chosen the same way everywhere a policy may be given.

Absent on purpose: any guess beyond `auto`'s one rule. A policy that was asked for by name and
cannot be had is an error, never another policy.
"""

import os
from functools import cache
from importlib import import_module
from typing import NamedTuple

from langchain_core.language_models import BaseChatModel

from ergo_agent.dialects import choose_dialect
from ergo_agent.errors import SettingsError
from ergo_agent.policies.base import Policy

__all__ = ["POLICY_NAMES", "PolicyChoice", "choose_policy"]

PolicyChoice = Policy | BaseChatModel | str | None
"""What a policy may be given as:

- `"auto"` or None: the served one where `ERGO_BASE_URL` is set, else the embedded reader;
- `"served"`: the OpenAI-compatible server at `ERGO_BASE_URL` (`ERGO_MODEL`, `ERGO_API_KEY`);
- `"vllm"`: vLLM in this process, `"transformers"`: a local checkpoint; both load `ERGO_MODEL`;
- `"ocr"`: the embedded reader, which needs neither network nor key;
- any LangChain chat model, spoken to in the dialect that its name suggests (`choose_dialect`);
- a `Policy`: a chat model with the dialect you chose.
"""


class _Way(NamedTuple):
    """How the policy of one name is made; imported only then, for it loads what no other needs."""

    module: str
    maker: str
    settings: tuple[tuple[str, str], ...] = ()
    """The maker's parameters that come from the environment, each with its variable."""


_POLICIES = "ergo_agent.policies"
_MODEL = ("model", "ERGO_MODEL")
_SERVER = (("base_url", "ERGO_BASE_URL"), _MODEL, ("api_key", "ERGO_API_KEY"))
_WAYS = {
    "served": _Way(f"{_POLICIES}.served", "create_served_policy", _SERVER),
    "vllm": _Way(f"{_POLICIES}.vllm_engine", "create_vllm_policy", (_MODEL,)),
    "transformers": _Way(
        f"{_POLICIES}.transformers_local", "create_transformers_policy", (_MODEL,)
    ),
    "ocr": _Way(f"{_POLICIES}.ocr", "create_ocr_policy"),
}
POLICY_NAMES: tuple[str, ...] = ("auto", *_WAYS)
"""The names that `choose_policy` knows."""


def choose_policy(policy: PolicyChoice = None) -> Policy:
    """The policy that is meant.

    One named twice is the same object as long as the environment stays the same: it keeps its
    connections or its loaded model.

    Raises:
        SettingsError: If there is no policy of that name, or it is no policy at all.
        MissingExtraError: If what it needs is not installed.
    """
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, BaseChatModel):
        return Policy(policy, choose_dialect(model=policy))
    name = "auto" if policy is None else policy
    if not isinstance(name, str) or name not in POLICY_NAMES:
        named = repr(policy) if isinstance(policy, str) else f"a {type(policy).__name__}"
        raise SettingsError(  # the repr of a model may hold its headers
            f"policy={named} is unknown; give one of {', '.join(POLICY_NAMES)}, a LangChain "
            "chat model, or a Policy"
        )
    if name == "auto":
        name = "served" if os.environ.get("ERGO_BASE_URL") else "ocr"
    return _made(name, *(os.environ.get(variable) or None for _, variable in _WAYS[name].settings))


@cache
def _made(name: str, *values: str | None) -> Policy:
    """The policy of a name, made once: it takes seconds to load, and it keeps what it learnt."""
    module, maker, settings = _WAYS[name]
    given = dict(zip((parameter for parameter, _ in settings), values, strict=True))
    made: Policy = getattr(import_module(module), maker)(**given)
    return made
