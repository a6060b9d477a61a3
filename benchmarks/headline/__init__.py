"""The paper's comparison with one reader for all of it."""
