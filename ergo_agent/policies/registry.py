"""The ways to run a policy, by name; light, for the command line's help reads it.

A way of somebody else's is registered like those of this package, by `register_policy` in a module
that the entry-point group `ergo_agent.policies` names.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ergo_agent._common.registry import Registry, loaded

__all__ = ["Way", "own_policy_names", "policy_names", "register_policy", "way_of", "ways"]

_Maker = TypeVar("_Maker", bound=Callable[..., Any])


class Way(NamedTuple):
    """How the policy of one name is made."""

    make: str | Callable[..., Any]
    """Returns the `Policy`; as `module:function` it is imported only when it is called, for it
    loads what no other needs."""

    title: str
    """What menus call it."""

    settings: tuple[tuple[str, str], ...] = ()
    """The maker's keyword arguments that come from the environment, each with its variable."""

    required: str = ""
    """The variable without which it cannot be used, if there is one."""

    needs: tuple[str, ...] = ()
    """Modules of its extra."""

    extra: str = ""

    def made(self, **given: Any) -> Any:  # noqa: ANN401  # a Policy, which is not imported here
        """The policy."""
        make = loaded(self.make) if isinstance(self.make, str) else self.make
        return make(**given)


_ways: Registry[Way] = Registry("policy", group="ergo_agent.policies")


def register_policy(  # noqa: PLR0913
    name: str,
    *,
    title: str = "",
    settings: Mapping[str, str] | None = None,
    required: str = "",
    needs: Sequence[str] = (),
    extra: str = "",
) -> Callable[[_Maker], _Maker]:
    """Register a way to run a policy: a decorator for the function that makes the `Policy`.

    Args:
        name: What it is chosen by; the same name again replaces it.
        title: What menus call it; the name when left out.
        settings: Keyword arguments of the function that come from the environment, each with its
            variable; None is passed for one that is not set.
        required: The variable without which it cannot be used, if there is one.
        needs: Modules that must be installed.
        extra: The extra that they are in.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(make: _Maker) -> _Maker:
        given = tuple((settings or {}).items())
        _ways.add(name, Way(make, title or name, given, required, tuple(needs), extra))
        return make

    return register


def ways() -> dict[str, Way]:
    """All ways by name, those of other installed packages included."""
    return _ways.all()


def way_of(name: object) -> Way | None:
    """The way of a name, if there is one.

    Raises:
        SettingsError: If the package that has it cannot be imported.
    """
    return _ways.get(name)


def policy_names() -> tuple[str, ...]:
    """Every name that `choose_policy` takes."""
    return ("auto", *ways())


def own_policy_names() -> tuple[str, ...]:
    """The names that `choose_policy` takes without any other package, for the command's help."""
    return ("auto", *_ways.so_far())


_MODEL = (("model", "ERGO_MODEL"), ("dialect", "ERGO_DIALECT"))
_SERVER = (("base_url", "ERGO_BASE_URL"), ("api_key", "ERGO_API_KEY"))
_ways.add(
    "served",
    Way(
        "ergo_agent.policies.served:create_served_policy",
        "Model on a server (ERGO_BASE_URL)",
        _SERVER + _MODEL,
        required="ERGO_BASE_URL",
        needs=("langchain_openai", "openai"),
        extra="served",
    ),
)
_ways.add(
    "vllm",
    Way(
        "ergo_agent.policies.local.vllm:create_vllm_policy",
        "vLLM in this process",
        _MODEL,
        needs=("vllm",),
        extra="vllm",
    ),
)
_ways.add(
    "transformers",
    Way(
        "ergo_agent.policies.local.transformers:create_transformers_policy",
        "transformers in this process",
        _MODEL,
        needs=("torch", "transformers"),
        extra="transformers",
    ),
)
_ways.add("ocr", Way("ergo_agent.policies.ocr:create_ocr_policy", "Embedded reader"))
