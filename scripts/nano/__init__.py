"""Trains nano: a policy of a million parameters that learnt where to look.

`make nano` does all of it. In pieces, each of which goes on where it was stopped:

```
python -m scripts.nano start                 # supervision from nothing: build/nano/start
python -m scripts.nano grpo --seed 0         # the ERGO reward, no boxes: build/nano/grpo-0
python -m scripts.nano upper --steps 600     # control: exact boxes for as long
python -m scripts.nano lower --steps 400     # control: more of the start's own lessons for as long
python -m scripts.nano one_pass --steps 400  # comparison: the whole page at full resolution
python -m scripts.nano exam start/final      # greedy, on scenes that served no choice
python -m scripts.nano keep start/final      # as the weights that come with the package
```

It needs torch, transformers and trl, see `make test-train`. One thread a process: on a busy machine
two processes of one thread each get further than one of two.
"""

__all__ = ["SEED"]

SEED = 7
"""Of the fresh weights, where none is given."""
