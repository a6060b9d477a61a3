"""Lets the tests import `benchmarks`, which stands in the checkout and in no package."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])

if ROOT not in sys.path:
    sys.path.append(ROOT)
