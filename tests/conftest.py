"""Which tests run here, and what is said about those that do not.

`tests/served` needs vLLM and `tests/training_torch` TRL, which `make test-served` installs into an
environment of its own, `tests/durable/test_postgres.py` the programs of a PostgreSQL,
`tests/browser` a Chromium and axe-core, `tests/evaluation/runner` inspect_ai,
`tests/evaluation/lmms` lmms-eval. Where these are missing those tests are not collected, and the
summary says so.
"""

import gc
import importlib.util
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.browser import AXE, chromium_path
from tests.support.postgres import postgres_folder

settings.register_profile("any speed", deadline=None)  # no test has a limit of time
settings.load_profile("any speed")

SERVED_RUNS_HERE = importlib.util.find_spec("vllm") is not None
RAY_RUNS_HERE = importlib.util.find_spec("ray") is not None
TRAINING_RUNS_HERE = importlib.util.find_spec("trl") is not None
POSTGRES_RUNS_HERE = postgres_folder() is not None
LMMS_RUNS_HERE = importlib.util.find_spec("lmms_eval") is not None
RUNNER_RUNS_HERE = importlib.util.find_spec("inspect_ai") is not None
BROWSER_RUNS_HERE = (
    importlib.util.find_spec("playwright") is not None
    and chromium_path() is not None
    and AXE.is_file()
)

_NOT_RUN = {
    "served": (
        SERVED_RUNS_HERE,
        "a real vLLM server, the vllm and transformers policies. Run them with: make test-served",
    ),
    "batch/test_ray.py": (
        RAY_RUNS_HERE,
        "batches over a real Ray cluster. Run them with: make test-ray",
    ),
    "training_torch": (
        TRAINING_RUNS_HERE,
        "training with TRL on the tiny checkpoint. Run them with: make test-train",
    ),
    "durable/test_postgres.py": (
        POSTGRES_RUNS_HERE,
        "checkpoints in a real PostgreSQL. Run them with: apt-get install postgresql, as root, "
        "then make test",
    ),
    "evaluation/runner": (
        RUNNER_RUNS_HERE,
        "evaluations with inspect_ai. Run them with: make test",
    ),
    "evaluation/lmms": (
        LMMS_RUNS_HERE,
        "a policy measured by lmms-eval. Run them with: make test-lmms",
    ),
    "browser": (
        BROWSER_RUNS_HERE,
        "the report and the local page in a real Chromium. Run them with: apt-get install chromium "
        "npm, as root, npm ci --prefix tests/browser, then make test",
    ),
}
_LONGEST = (
    "test_examples.py",
    "security/test_bombs.py",
    "images/test_regions.py",
    "test_memory.py",
    "benchmarks/test_accuracy.py",
    "security/test_entries.py",
    "dialects/test_malformed.py",
    "benchmarks/test_served.py",
    "durable/test_postgres.py",
    "durable/test_sqlite.py",
    "agents/test_example.py",
    "apps/mcp/test_stdio.py",
    "browser/test_ui_documents.py",
    "browser/test_report.py",
    "browser/test_ui_boxes.py",
    "browser/test_ui.py",
    "apps/page/test_reports.py",
    "apps/page/test_command.py",
    "evaluation/runner/test_eval.py",
    "documentation/test_python_blocks.py",
    "documentation/test_shell_blocks.py",
    "documents/test_survey_faults.py",
    "documents/test_survey.py",
    "durable/test_killed_survey.py",
    "policies/ocr/test_engine.py",
    "report/test_sizes.py",
    "test_ask_documents.py",
    "tracing/test_example.py",
    "common/test_registry.py",
)
"""Files that take 20 s and more (`make test PYTEST_ADDOPTS=--durations=100`). They come first, so
that none is left to one process at the end."""
collect_ignore = [path for path, (runs_here, _) in _NOT_RUN.items() if not runs_here]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay until the end: they are not looked through for what could go."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {Path(__file__).parent / name: at for at, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not collect_ignore:
        return
    terminalreporter.section("not run")
    for path in collect_ignore:
        terminalreporter.line(f"tests/{path}: {_NOT_RUN[path][1]}")
