"""Which policy answers: chosen the same way everywhere a policy may be given.

Absent on purpose: any guess beyond `auto`'s one rule. A policy that was asked for by name and
cannot be had is an error, never another policy.
"""

import os
from functools import cache

from langchain_core.language_models import BaseChatModel

from ergo_agent._common.text import quoted
from ergo_agent.dialects import choose_dialect
from ergo_agent.errors import FatalError, SettingsError
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.defaults import require
from ergo_agent.policies.registry import Way, policy_names, way_of, ways

__all__ = [
    "PolicyChoice",
    "check_usable",
    "choose_policy",
    "named_policy",
    "resolved_name",
    "why_not_here",
]

PolicyChoice = Policy | BaseChatModel | str | None
"""What a policy may be given as:

- `"auto"` or None: the served one where `ERGO_BASE_URL` is set, else the embedded reader;
- `"served"`: the OpenAI-compatible server at `ERGO_BASE_URL` (`ERGO_MODEL`, `ERGO_API_KEY`,
  `ERGO_DIALECT`);
- `"vllm"`: vLLM in this process, `"transformers"`: a local checkpoint; both load `ERGO_MODEL`;
- `"ocr"`: the embedded reader, which needs neither network nor key;
- any LangChain chat model, spoken to in the dialect that its name suggests (`choose_dialect`);
- a `Policy`: a chat model with the dialect you chose;
- the name of a policy that another package registered (`ergo_agent.policies.registry`).
"""


def choose_policy(policy: PolicyChoice = None, *, dialect: str | None = None) -> Policy:
    """The policy that is meant.

    One named twice is the same object as long as the environment stays the same: it keeps its
    connections or its loaded model.

    Args:
        policy: Whom to ask.
        dialect: How the model is asked, one of `dialect_names()`; `ERGO_DIALECT` when left out, and
            without that it goes by the model's name.

    Raises:
        SettingsError: If there is no policy or dialect of that name, or the policy has a dialect of
            its own.
        MissingExtraError: If what it needs is not installed.
    """
    if isinstance(policy, BaseChatModel):
        return Policy(policy, choose_dialect(dialect or "auto", model=policy))
    if isinstance(policy, Policy):
        _check_no_dialect(policy.name, dialect)
        return policy
    name = resolved_name("auto" if policy is None else policy)
    if "dialect" not in dict(ways()[name].settings):
        _check_no_dialect(name, dialect)
        dialect = None
    return named_policy(name, dialect=dialect)


def named_policy(name: str, **given: str | None) -> Policy:
    """The policy of a name, with some settings of its own and the others from the environment.

    Args:
        name: One of `policy_names()`.
        **given: What its maker takes, such as `model`; None for what the environment has.

    Raises:
        SettingsError: If there is no policy of that name, or it has no such setting.
        MissingExtraError: If what it needs is not installed.
    """
    chosen = resolved_name(name)
    way = ways()[chosen]
    settings = dict(way.settings)
    unknown = [key for key, value in given.items() if value is not None and key not in settings]
    if unknown:
        raise SettingsError(
            f"the policy {chosen} has no setting {unknown[0]}, which is "
            f"{quoted(given[unknown[0]])} here; leave it out, or give a policy that has one"
        )
    taken = {key: given.get(key) or os.environ.get(settings[key]) or None for key in settings}
    if "dialect" in taken:
        taken["dialect"] = taken["dialect"] or "auto"
    return _made(chosen, way, tuple(taken.items()))


def _check_no_dialect(policy: str, dialect: str | None) -> None:
    if dialect:
        raise SettingsError(
            f"the policy {policy} has a dialect of its own; leave out dialect={dialect!r}, or give "
            "a policy that runs a model: served, vllm, transformers, a LangChain chat model"
        )


def resolved_name(name: object) -> str:
    """The name of a policy, with that of the one it stands for in place of `auto`.

    Raises:
        SettingsError: If there is no policy of that name.
    """
    if not isinstance(name, str) or (name != "auto" and way_of(name) is None):
        named = repr(name) if isinstance(name, str) else f"a {type(name).__name__}"
        raise SettingsError(  # the repr of a model may hold its headers
            f"policy={named} is unknown; give one of {', '.join(policy_names())}, a LangChain "
            "chat model, or a Policy"
        )
    if name == "auto":
        return "served" if os.environ.get("ERGO_BASE_URL") else "ocr"
    return name


def check_usable(name: str) -> None:
    """Refuse a policy that cannot be used here, without loading anything.

    Whether its server answers, or its checkpoint is there, shows only with the first question.

    Args:
        name: One of `policy_names()`.

    Raises:
        SettingsError: If there is no such policy, or a variable that it needs is not set.
        MissingExtraError: If what it needs is not installed.
    """
    chosen = resolved_name(name)
    way = ways()[chosen]
    require(*way.needs, feature=f"the {chosen} policy", extra=way.extra)
    if way.required and not os.environ.get(way.required):
        example = ", for example to http://127.0.0.1:8000/v1" if chosen == "served" else ""
        raise SettingsError(f"the {chosen} policy cannot be used: set {way.required}{example}")


def why_not_here(name: str) -> str | None:
    """Why a policy cannot be used here, as `check_usable` says it; None if it can."""
    try:
        check_usable(name)
    except FatalError as error:
        return str(error)
    return None


@cache
def _made(name: str, way: Way, given: tuple[tuple[str, str | None], ...]) -> Policy:
    """The policy of a name, made once: it takes seconds to load, and it keeps what it learnt.

    Raises:
        SettingsError: If what was registered under the name makes no policy.
    """
    made = way.made(**dict(given))
    if not isinstance(made, Policy):
        raise SettingsError(
            f"policy={name!r} was registered with a function that returns a {type(made).__name__}; "
            "it has to return a Policy"
        )
    return made
