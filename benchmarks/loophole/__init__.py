"""What the hard box reward lets through, and what closes it: see `benchmarks.loophole.__main__`."""
