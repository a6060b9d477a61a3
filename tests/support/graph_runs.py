"""Runs of the graph with replies that many tests share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.state import VisionInput
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy

__all__ = ["ANSWER", "NOT_FOUND", "ZOOM", "run"]

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


async def run(
    policy: Policy,
    image: Path | str,
    *,
    question: str = "What is it?",
    options: Sequence[str] = (),
    **chosen: Any,
) -> VisionAnswer:
    """Run one episode; whatever the replies were, it kept to its budget.

    Args:
        policy: Whom to ask.
        image: Path of the image.
        question: What is asked.
        options: Of a question with several choices.
        **chosen: Of `VisionSettings`.
    """
    graph = create_vision_graph(policy=policy, settings=VisionSettings(**chosen))
    given_to: VisionInput = {"image": str(image), "question": question, "options": list(options)}
    output = await graph.ainvoke(given_to)
    result = VisionAnswer.model_validate(output["result"])
    assert output["answer"] == result.answer
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    return result
