"""Kill a run in the middle, and pick it up again in another process.

    python examples/resume.py                      # starts a run, kills it, resumes it

    python examples/resume.py --folder kept --run  # a run of your own; end it as you like ...
    python examples/resume.py --folder kept --run  # ... and start it again

It needs `pip install langgraph-checkpoint-sqlite`. Steps are saved in a SQLite file, images in a
folder beside it; any other checkpointer of LangGraph and any fsspec URL work alike. No GPU, no key
and no network: the embedded policy reads the page on the CPU.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from langchain_core.runnables import RunnableConfig

from ergo_agent import VisionAnswer, create_vision_graph
from ergo_agent.report import visible

try:
    from langgraph.checkpoint.sqlite import SqliteSaver
except ImportError:
    sys.exit("error: this example needs SQLite: pip install langgraph-checkpoint-sqlite")

PAGE = Path(__file__).with_name("page.png")
QUESTION = "What is the due date?"
THREAD: RunnableConfig = {"configurable": {"thread_id": "example"}}


def main() -> int:
    """Start, kill and resume a run, or do one part of it."""
    parser = argparse.ArgumentParser(description="Pick a killed run up again.")
    parser.add_argument("--folder", type=Path, help="where to keep things; thrown away if left out")
    parser.add_argument("--run", action="store_true", help="start the run, or go on with it")
    options = parser.parse_args()
    if options.run:
        _run(options.folder or Path("kept"))
        return 0
    with TemporaryDirectory(prefix="ergo-agent-resume-") as folder:
        return _kill_and_resume(options.folder or Path(folder))


def _run(folder: Path) -> None:
    """Start the run, or go on with it where its last saved step ended."""
    folder.mkdir(parents=True, exist_ok=True)
    with SqliteSaver.from_conn_string(str(folder / "steps.sqlite")) as saver:
        graph = create_vision_graph(policy="ocr", store=folder / "images", checkpointer=saver)
        state = graph.get_state(THREAD)
        if state.next:
            print(f"resumed before: {', '.join(state.next)}", flush=True)
        given = None if state.next else {"image": str(PAGE), "question": QUESTION}
        for step in graph.stream(given, THREAD, stream_mode="updates"):
            print(f"done: {', '.join(step)}", flush=True)
        answer = VisionAnswer.model_validate(graph.get_state(THREAD).values["result"])
    print(visible(f"Q: {answer.question}\nA: {answer.answer or 'not found'}"))
    print(f"asked {len(answer.turns)} times, {answer.ledger.spent} vision tokens", flush=True)


def _kill_and_resume(folder: Path) -> int:
    """Run in a child process, kill it after its first reply, and run again."""
    command = [sys.executable, __file__, "--folder", str(folder), "--run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        assert child.stdout is not None
        for line in child.stdout:
            print(f"  first process | {line}", end="")
            if line.startswith("done: policy"):
                child.kill()
                print("  first process | killed", flush=True)
                break
    resumed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    for line in (resumed.stdout + resumed.stderr).splitlines():
        print(f" second process | {line}")
    return resumed.returncode


if __name__ == "__main__":
    sys.exit(main())
