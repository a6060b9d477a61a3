"""Without torch, transformers or vLLM the local policies say in one line what to install."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ergo_agent import MissingExtraError
from ergo_agent.policies.local.defaults import NANO, cannot_load, located
from ergo_agent.policies.local.transformers import ChatTransformers, create_transformers_policy
from ergo_agent.policies.local.vllm import ChatVllm, create_vllm_policy


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a module one that is not installed, whether it is or not."""
    return lambda module: monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize("module", ["torch", "transformers"])
@pytest.mark.parametrize("make", [ChatTransformers, create_transformers_policy])
def test_transformers_names_its_extra(
    make: Callable[..., object], module: str, missing: Callable[[str], None]
):
    missing(module)
    with pytest.raises(MissingExtraError, match=r'pip install .*\[transformers\]"$'):
        make(model="some/checkpoint")


@pytest.mark.parametrize("make", [ChatVllm, create_vllm_policy])
def test_vllm_names_its_extra(make: Callable[..., object], missing: Callable[[str], None]):
    missing("vllm")
    with pytest.raises(MissingExtraError, match=r'pip install .*\[vllm\]"$'):
        make(model="some/checkpoint")


def test_an_extra_is_asked_for_before_anything_is_loaded(missing: Callable[[str], None]):
    """The error comes with the policy, not minutes later with its first question."""
    missing("vllm")
    missing("torch")
    for make in (create_vllm_policy, create_transformers_policy):
        with pytest.raises(MissingExtraError):
            make()


def test_importing_them_loads_neither_torch_nor_vllm():
    code = (
        "import sys, ergo_agent.policies.local.transformers, ergo_agent.policies.local.vllm; "
        "sys.exit(sum(name in sys.modules for name in ('torch', 'transformers', 'vllm')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_checkpoint_that_comes_with_the_package_is_whole():
    folder = Path(located(NANO))
    assert {path.name for path in folder.iterdir()} >= {
        "chat_template.jinja",
        "config.json",
        "made.json",
        "model.safetensors",
        "tokenizer.json",
    }
    assert sum(path.stat().st_size for path in folder.iterdir()) < 20e6
    assert located("nota-ai/ERGO-7B") == "nota-ai/ERGO-7B"


def test_what_cannot_be_loaded_names_the_one_that_can():
    error = cannot_load("some/checkpoint", OSError("no\n such  file"))
    assert "'some/checkpoint' cannot be loaded (OSError: no such file)" in str(error)
    assert "'nano'" in str(error)
