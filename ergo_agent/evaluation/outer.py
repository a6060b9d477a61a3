"""What an outer model gains: the same questions to an agent with `ErgoVisionTool` and without.

Both times the model is shown the page at one view's budget, as a provider that shrinks images would
show it, and asked in the same words; once it may also have it looked at by the tool.
"""

from pathlib import Path
from typing import Any, NamedTuple

from cachetools import LRUCache
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from ergo_agent.agents.vision_tool import ErgoVisionTool
from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.usage import Usage
from ergo_agent.errors import MissingExtraError, SettingsError
from ergo_agent.evaluation.outcome import Tokens
from ergo_agent.evaluation.samples import Sample
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.tools.observe import observe_image

__all__ = ["OuterAgent", "OuterAnswer", "outer_model"]

_ORDER = "Reply with the answer and nothing else."
_KEPT = 16
"""Agents, one for each folder of documents."""
_STEPS = 12
"""Calls of the tool, above what any question of the benchmarks needs."""


class OuterAnswer(NamedTuple):
    """What the agent came to."""

    text: str | None
    looks: tuple[VisionAnswer, ...]
    """Every time that it called the tool, and was not told of an error."""

    tokens: Tokens


def outer_model(name: str) -> BaseChatModel:
    """The model of a name, such as `openai:gpt-5-mini`, as `init_chat_model` reads it.

    Raises:
        MissingExtraError: If langchain is not installed.
        SettingsError: If there is no such model, or its package or key is missing.
    """
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("the mode agent", extra="langchain") from error
    try:
        model = init_chat_model(name)
    except Exception as error:  # whatever a provider's package raises
        said = " ".join(str(error).split())[:300]
        raise SettingsError(f"--agent-model {name!r} cannot be made ({said})") from error
    assert isinstance(model, BaseChatModel)
    return model


class OuterAgent:
    """Asks an outer model."""

    def __init__(
        self, model: BaseChatModel, *, policy: Policy, settings: VisionSettings, maker: ViewMaker
    ) -> None:
        """Say who asks whom.

        Args:
            model: The outer model; one that calls tools.
            policy: Whom the tool asks; one that is ready.
            settings: What a look of the tool may cost, and the view that the model is shown.
            maker: Opens pages and makes views.
        """
        self._model = model
        self._policy = policy
        self._settings = settings
        self._maker = maker
        self._agents: LRUCache[str, Any] = LRUCache(_KEPT)

    async def answer(self, sample: Sample, *, with_tool: bool) -> OuterAnswer:
        """Ask a sample.

        Raises:
            ImageError: If its document cannot be opened.
            MissingExtraError: If langchain is not installed.
        """
        terms = self._policy.terms(self._settings)
        page = sample.page or 1
        seen = await observe_image(self._maker, sample.document, page=page, terms=terms)
        url = await self._maker.plain_url(seen.view, seen.facts.digest)
        asked = "\n".join([f"The document is {sample.document}.", sample.question, *sample.offered])
        image = {"type": "image_url", "image_url": {"url": url}}
        message = HumanMessage([image, {"type": "text", "text": f"{asked}\n{_ORDER}"}])
        agent = self._agent(str(Path(sample.document).parent) if with_tool else "")
        config = {"recursion_limit": 2 * _STEPS + 1}
        output = await agent.ainvoke({"messages": [message]}, config)
        full = terms.rule.full_resolution_tokens(seen.view.original)
        return _came(output["messages"], shown=seen.view.tokens, full=full)

    def _agent(self, root: str) -> Any:  # noqa: ANN401  # LangGraph's own type needs parameters
        """The agent, with the tool for one folder; without it where that is empty."""
        if root not in self._agents:
            try:
                from langchain.agents import create_agent  # noqa: PLC0415  # an extra
            except ImportError as error:
                raise MissingExtraError("the mode agent", extra="langchain") from error
            tools = [self._tool(root)] if root else []
            self._agents[root] = create_agent(self._model, tools=tools)
        return self._agents[root]

    def _tool(self, root: str) -> ErgoVisionTool:
        names = ErgoVisionTool.settings_fields & self._settings.model_fields_set
        given = {name: getattr(self._settings, name) for name in names}
        return ErgoVisionTool(policy=self._policy, allowed_roots=[root], **given)


def _came(messages: list[Any], *, shown: int, full: int) -> OuterAnswer:
    artifacts = [m.artifact for m in messages if isinstance(m, ToolMessage) and m.artifact]
    looks = tuple(VisionAnswer.model_validate(artifact) for artifact in artifacts)
    usages = [Usage.of_message(m.usage_metadata) for m in messages if isinstance(m, AIMessage)]
    tokens = Tokens(
        predicted=shown + sum(look.ledger.spent for look in looks),
        full_resolution=full,
        prompt=sum(each.input or 0 for each in usages)
        + sum(look.ledger.prompt_tokens for look in looks),
        completion=sum(each.output or 0 for each in usages)
        + sum(look.ledger.completion_tokens for look in looks),
        cached=sum(each.cached or 0 for each in usages)
        + sum(look.ledger.cached_tokens for look in looks),
    )
    text = str(messages[-1].text).strip()
    return OuterAnswer(text or None, looks, tokens)
