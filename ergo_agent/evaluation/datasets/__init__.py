"""The published benchmarks, one a file: each reads its own layout, traps included."""
