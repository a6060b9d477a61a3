"""`python -m scripts.tiny_checkpoint DIR`: make the tiny checkpoint."""

import sys
from pathlib import Path

from scripts.tiny_checkpoint.checkpoint import make_checkpoint

if len(sys.argv) != 2:
    sys.exit("usage: python -m scripts.tiny_checkpoint DIR")
make_checkpoint(Path(sys.argv[1]))
