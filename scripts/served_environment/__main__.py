"""`python3 -m scripts.served_environment DIR`: build the environment, or bring it up to date."""

import sys
from pathlib import Path

from scripts.served_environment.builder import build

if len(sys.argv) != 2:
    sys.exit("usage: python3 -m scripts.served_environment DIR")
build(Path(sys.argv[1]))
