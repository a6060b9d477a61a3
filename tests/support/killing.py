"""One test for every checkpointer: an episode is killed, and goes on in another process."""

from pathlib import Path
from typing import Any

from ergo_agent import VisionAnswer, create_vision_graph
from ergo_agent.policies.served import create_served_policy
from tests.support.episode_process import EpisodeProcess, Plan
from tests.support.misbehaving import Misbehaving, hang, serving

__all__ = ["ANSWER", "POINTS", "ZOOM", "check_killed_and_resumed"]

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
CLOSER = '<think>closer</think><zoom view="1">[600, 400, 700, 480]</zoom>'
ANSWER = "<think>read</think><answer>A. red</answer>"

POINTS = ["first call", "zoom", "answer"]
"""Where the process is killed: while the model replies for the first time, while a crop is made,
and after the last reply."""


def check_killed_and_resumed(
    point: str, *, saver: str, folder: Path, image: Path, use_async: bool = False, **env: str
) -> None:
    """Kill an episode at a point, resume it in another process, and count the replies."""
    script = [ZOOM, CLOSER, ANSWER]
    undisturbed = _undisturbed(script, image)
    disturbed = [hang, *script] if point == "first call" else script
    plan = Plan(
        saver=saver,
        store=str(folder / "store"),
        server="",
        image=str(image),
        use_async=use_async,
        stop_in="" if point == "first call" else point,
        marker=str(folder / "stopped"),
    )
    with serving(*disturbed) as server:
        plan = plan._replace(server=server.url)
        _start_and_kill(plan, server, env)
        before = len(server.requests)
        again = EpisodeProcess(plan._replace(resume=True, stop_in=""), **env)
        result = again.result()
        # the call that was cut off was never replied to; nothing that was is asked for again
        cut_off = 1 if point == "first call" else 0
        assert len(server.requests) - cut_off == len(script)
        assert before == {"first call": 1, "zoom": 1, "answer": 3}[point]
    assert _without_times(result) == undisturbed


def _start_and_kill(plan: Plan, server: Misbehaving, env: dict[str, str]) -> None:
    process = EpisodeProcess(plan, **env)
    if plan.stop_in:
        process.wait_until_stopped()
    else:
        assert server.asked.wait(60)
    process.kill()
    if not plan.stop_in:
        assert server.requests[0].closed.wait(30)


def _undisturbed(script: list[Any], image: Path) -> dict[str, Any]:
    with serving(*script) as server:
        policy = create_served_policy(base_url=server.url, model="ergo")
        graph = create_vision_graph(policy=policy)
        output = graph.invoke({"image": str(image), "question": "What is it?"})
    assert len(server.requests) == len(script)
    assert output["answer"] == "A. red"
    return _without_times(output["result"])


def _without_times(result: dict[str, Any]) -> dict[str, Any]:
    """What must be the same: everything but how long it took, and the text tokens.

    The server counts words, and a process that sent an image before only names it the next time.
    """
    VisionAnswer.model_validate(result)
    turns = [{**turn, "seconds": 0, "input_tokens": 0} for turn in result["turns"]]
    ledger = {**result["ledger"], "prompt_tokens": 0, "text_tokens": 0}
    return {**result, "timings": {}, "turns": turns, "ledger": ledger}
