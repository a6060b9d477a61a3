"""The tiny checkpoint, made where it is missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tiny_checkpoint() -> Path:
    """Its folder: `build/tiny-checkpoint`, or what ERGO_TINY_CHECKPOINT names."""
    folder = Path(os.environ.get("ERGO_TINY_CHECKPOINT", ROOT / "build" / "tiny-checkpoint"))
    command = [sys.executable, "-m", "scripts.tiny_checkpoint", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder
