"""Episodes driven by native tool calls: the usual ones, and a graph that is run to its end."""

from pathlib import Path
from typing import Any

from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from tests.support.tool_calling import ToolModel, answer, calls, zoom

__all__ = ["ANSWER", "REGION", "ZOOM", "model_of", "run"]

ZOOM = calls(zoom((100, 100, 300, 200)))
ANSWER = calls(answer("A. red"))
REGION = {"left": 100, "top": 100, "right": 300, "bottom": 200}


async def run(policy: Policy, image: Path, **chosen: Any):
    """Ask about an image to the end; checks what holds for every result."""
    graph = create_vision_graph(policy=policy, settings=VisionSettings(**chosen))
    output = await graph.ainvoke({"image": str(image), "question": "What is it?"})
    result = VisionAnswer.model_validate(output["result"])
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result
    return result


def model_of(policy: Policy):
    """The scripted model, with what it received."""
    assert isinstance(policy.model, ToolModel)
    return policy.model
