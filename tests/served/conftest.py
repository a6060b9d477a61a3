"""One real vLLM server for all tests in this folder.

- `checkpoint`: the folder of the tiny checkpoint (`scripts/tiny_checkpoint`), made once and kept in
  `build/tiny-checkpoint`, or in the folder that ERGO_TINY_CHECKPOINT names.
- `server`: that checkpoint behind `ergo-agent serve` on a free port, started once for the session,
  with `.base_url` (ends in /v1), `.model` ("ergo"), `.checkpoint`, `.pid` (of the launcher: SIGTERM
  to it ends all), `.log` and `.processes()`. It takes views of up to 1280 vision tokens and
  conversations of up to 16,384 tokens. Do not kill it: a test that needs a server of its own to
  break uses `tests.support.serving.served(checkpoint, log)`.
- Pages and questions that the checkpoint understands are in `scripts.tiny_checkpoint.pages`.

When the session ends the server is told to end, and every process that it had started has to be
gone.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.serving import ServedModel, alive, served
from tests.support.tiny import tiny_checkpoint


@pytest.fixture(scope="session")
def checkpoint() -> Path:
    return tiny_checkpoint()


@pytest.fixture(scope="session")
def server(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    log = tmp_path_factory.mktemp("vllm") / "server.log"
    with served(checkpoint, log) as model:
        yield model
        processes = model.processes()
        psutil.Process(model.pid).send_signal(signal.SIGTERM)
        assert alive(processes, seconds=60) == []
