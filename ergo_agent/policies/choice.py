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
from ergo_agent.errors import FatalError, SettingsError
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.defaults import require

__all__ = [
    "POLICY_NAMES",
    "PolicyChoice",
    "check_usable",
    "choose_policy",
    "resolved_name",
    "why_not_here",
]

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

    needs: tuple[str, ...] = ()
    """Modules of its extra."""

    extra: str = ""


_POLICIES = "ergo_agent.policies"
_MODEL = ("model", "ERGO_MODEL")
_SERVER = (("base_url", "ERGO_BASE_URL"), _MODEL, ("api_key", "ERGO_API_KEY"))
_WAYS = {
    "served": _Way(
        f"{_POLICIES}.served",
        "create_served_policy",
        _SERVER,
        needs=("langchain_openai", "openai"),
        extra="served",
    ),
    "vllm": _Way(
        f"{_POLICIES}.vllm_engine", "create_vllm_policy", (_MODEL,), needs=("vllm",), extra="vllm"
    ),
    "transformers": _Way(
        f"{_POLICIES}.transformers_local",
        "create_transformers_policy",
        (_MODEL,),
        needs=("torch", "transformers"),
        extra="transformers",
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
    name = resolved_name("auto" if policy is None else policy)
    return _made(name, *(os.environ.get(variable) or None for _, variable in _WAYS[name].settings))


def resolved_name(name: object) -> str:
    """The name of a policy, with that of the one it stands for in place of `auto`.

    Raises:
        SettingsError: If there is no policy of that name.
    """
    if not isinstance(name, str) or name not in POLICY_NAMES:
        named = repr(name) if isinstance(name, str) else f"a {type(name).__name__}"
        raise SettingsError(  # the repr of a model may hold its headers
            f"policy={named} is unknown; give one of {', '.join(POLICY_NAMES)}, a LangChain "
            "chat model, or a Policy"
        )
    if name == "auto":
        return "served" if os.environ.get("ERGO_BASE_URL") else "ocr"
    return name


def check_usable(name: str) -> None:
    """Refuse a policy that cannot be used here, without loading anything.

    Whether its server answers, or its checkpoint is there, shows only with the first question.

    Args:
        name: One of `POLICY_NAMES`.

    Raises:
        SettingsError: If there is no such policy, or a variable that it needs is not set.
        MissingExtraError: If what it needs is not installed.
    """
    chosen = resolved_name(name)
    way = _WAYS[chosen]
    require(*way.needs, feature=f"the {chosen} policy", extra=way.extra)
    if chosen == "served" and not os.environ.get("ERGO_BASE_URL"):
        raise SettingsError(
            "the served policy has no server: set ERGO_BASE_URL, for example to "
            "http://127.0.0.1:8000/v1"
        )


def why_not_here(name: str) -> str | None:
    """Why a policy cannot be used here, as `check_usable` says it; None if it can."""
    try:
        check_usable(name)
    except FatalError as error:
        return str(error)
    return None


@cache
def _made(name: str, *values: str | None) -> Policy:
    """The policy of a name, made once: it takes seconds to load, and it keeps what it learnt."""
    way = _WAYS[name]
    given = dict(zip((parameter for parameter, _ in way.settings), values, strict=True))
    made: Policy = getattr(import_module(way.module), way.maker)(**given)
    return made
