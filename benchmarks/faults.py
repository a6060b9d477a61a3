"""Whether a run counts every sample although its server fails, and although it is killed.

Run `python -m benchmarks.faults`: questions are asked of a server on the loopback that answers
5 % of them with an error, breaks the connection of 2 % and leaves 1 % without a reply, each time
they are asked. One run is left alone; the other is killed in the middle (SIGKILL) and started
again. Both summaries have to count all samples and to be the same but for times; it ends with 1
otherwise.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.modes import Mode
from ergo_agent.evaluation.results import Results, read_results, results_table
from ergo_agent.evaluation.run import RunSettings
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import Handler, fail, reset, serving

__all__ = ["act", "ask_all", "expected_failures", "write_questions"]

_PATIENCE = 20.0
"""Seconds that a reply may take: no other reply takes as long on a machine that is busy."""
_IMAGES = 20
_NUMBER = re.compile(r"item (\d+)\?")
_LAST = "No further part can be shown"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run twice, once killed; 1 where a sample is missing or the summaries differ."""
    options = _options(arguments)
    if options.child:
        folder, data, url, *modes = options.child
        ask_all(Path(folder), Path(data), url, **(json.loads(modes[0]) if modes else {}))
        return 0
    with tempfile.TemporaryDirectory() as place, serving(act) as told:
        data = write_questions(Path(place) / "data", options.samples)
        clock = time.perf_counter()
        whole = ask_all(Path(place) / "whole", data, told.url)
        seconds = time.perf_counter() - clock
        killed = _killed_and_resumed(Path(place) / "killed", data, told.url, options.samples)
    same = [_plain(whole), _plain(killed)]
    print(results_table(whole).partition("\n\ncoarse:")[0])
    print(f"errors: {whole.modes[0].errors}, {seconds:.1f} s in all")
    counted = [mode.samples for one in (whole, killed) for mode in one.modes]
    failed = expected_failures(options.samples)
    print(f"counted {counted} of {options.samples}, {failed} are made to fail")
    print(f"killed and resumed: the same summary is {same[0] == same[1]}")
    good = set(counted) == {options.samples} and same[0] == same[1]
    return 0 if good and all(mode.failed == failed for mode in whole.modes) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--child", nargs="+", help="of its own: FOLDER DATA URL [ARGUMENTS]")
    return parser.parse_args(arguments)


def write_questions(folder: Path, count: int) -> Path:
    """Questions of one's own about a few pictures, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(_IMAGES):
        Image.new("RGB", (420, 308), (number, 90, 90)).save(folder / f"{number}.png")
    rows = [
        {
            "document": f"{number % _IMAGES}.png",
            "question": f"What is the value of item {number}?",
            "answers": [f"value {number}"],
        }
        for number in range(count)
    ]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "questions.jsonl").write_text(text, "utf-8")
    return folder


def expected_failures(count: int) -> int:
    """How many questions a server that does `act` never answers."""
    return sum(_fault(number) != "" for number in range(count))


def _fault(number: int) -> str:
    if number % 20 == 0:
        return "error"
    return "reset" if number % 50 == 1 else "hang" if number % 100 == 2 else ""


def act(handler: Handler, body: dict[str, Any]) -> None:
    """Answer a question as its number says: a fault, a zoom, a right answer or a wrong one."""
    texts = [part["text"] for part in body["messages"][-1]["content"] if part["type"] == "text"]
    found = _NUMBER.search(json.dumps(body["messages"]))
    assert found is not None
    number = int(found[1])
    fault = _fault(number)
    if fault == "error":
        fail(500, "made to fail")(handler, body)
    elif fault == "reset":
        reset(handler, body)
    elif fault == "hang":
        handler.wait_for_close(60 * _PATIENCE)
    else:
        images = handler.told.image_tokens(handler.request_seen)
        first = len(body["messages"]) <= 2 and _LAST not in texts[-1]
        value = f"value {number if number % 5 else 'unknown'}"
        zoom = "<think>x</think><zoom>[28, 28, 84, 84]</zoom>"
        text = zoom if first else f"<think>x</think><answer>{value}</answer>"
        handler.send_json(200, handler.completion(text, images, 50))


def ask_all(  # noqa: PLR0913  # those after the third have defaults
    folder: Path,
    data: Path,
    url: str,
    *,
    modes: Sequence[Mode] = ("coarse", "ergo"),
    patience: float = _PATIENCE,
    concurrency: int = 16,
) -> Results:
    """Run what is left of a run over the questions of a folder.

    Args:
        folder: Of the run.
        data: Of the questions.
        url: Of the server.
        modes: How they are asked.
        patience: Seconds that a reply may take.
        concurrency: Samples at once.
    """
    from ergo_agent.evaluation.runner import evaluate  # noqa: PLC0415  # takes two seconds

    policy = create_served_policy(
        base_url=url, model="ergo", server="vllm", timeout=patience, max_retries=1
    )
    settings = RunSettings(
        benchmark="jsonl",
        data=str(data),
        policy="served",
        modes=tuple(modes),
        vision=VisionSettings(view_budget=64),
    )
    return evaluate(
        folder, settings, policy, concurrency=concurrency, log_images=False, episodes=False
    )


def _killed_and_resumed(folder: Path, data: Path, url: str, count: int) -> Results:
    child = [sys.executable, "-m", "benchmarks.faults", "--child", str(folder), str(data), url]
    process = subprocess.Popen(child)
    journal = folder / "samples.jsonl"
    while process.poll() is None and _lines(journal) < count + count // 3:  # within a mode
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = 2 * count - _lines(journal)
    print(f"killed with {left} of {2 * count} samples left", file=sys.stderr)
    subprocess.run(child, check=True)
    return read_results(folder)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _plain(results: Results) -> list[dict[str, Any]]:
    return [mode.without_times() for mode in results.modes]


if __name__ == "__main__":
    sys.exit(main())
