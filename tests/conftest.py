"""Which tests run here, and what is said about those that do not.

`tests/served` needs vLLM, which `make test-served` installs into an environment of its own. Where
vLLM is missing those tests are not collected, and the summary says so.
"""

import importlib.util

import pytest

SERVED_RUNS_HERE = importlib.util.find_spec("vllm") is not None

collect_ignore = [] if SERVED_RUNS_HERE else ["served"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not SERVED_RUNS_HERE:
        terminalreporter.section("not run")
        terminalreporter.line(
            "tests/served: a real vLLM server, the vllm and transformers policies. "
            "Run them with: make test-served"
        )
