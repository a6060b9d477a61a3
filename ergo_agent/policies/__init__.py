"""Ways to run a policy: a chat model and its dialect; `registry.py` has their names."""
