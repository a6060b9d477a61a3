"""What the policy is sent: the same messages every time, with new ones appended."""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.episode import Episode
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.view import View

__all__ = ["messages_for"]


async def messages_for(
    episode: Episode, *, dialect: Dialect, question: str, maker: ViewMaker
) -> list[BaseMessage]:
    """The whole conversation, with one more question about the views not sent yet.

    It is rebuilt from the state every time and is byte for byte what was sent before, so a server's
    prefix cache holds. Images come before their text: then a second question about the same image
    starts with the same bytes, too.

    Args:
        episode: What was shown and said so far.
        dialect: Writes the system prompt, and past replies as they are sent again.
        question: The text of the new question.
        maker: Keeps the encoded views.
    """
    system = dialect.system_prompt()
    messages: list[BaseMessage] = [] if system is None else [SystemMessage(system)]
    for turn in episode.turns:
        messages.append(await _user_turn(episode, turn.views, turn.question, maker))
        messages += dialect.replay(turn.reply or "", record=turn.record, error=turn.error)
    messages.append(await _user_turn(episode, episode.unsent, question, maker))
    return messages


async def _user_turn(
    episode: Episode, numbers: Sequence[int], text: str, maker: ViewMaker
) -> HumanMessage:
    shown = [view for view in episode.views if view.number in numbers]
    blocks: list[str | dict[str, Any]] = [await _block(episode, view, maker) for view in shown]
    return HumanMessage([*blocks, {"type": "text", "text": text}])


async def _block(episode: Episode, view: View, maker: ViewMaker) -> dict[str, Any]:
    """The view as an image block; made anew where the store has forgotten it."""
    url = await maker.url(view, episode.facts.digest, source=episode.source)
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
