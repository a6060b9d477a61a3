"""Makes a tiny Qwen2.5-VL checkpoint that knows the turn protocol.

`python -m scripts.tiny_checkpoint DIR` makes it, unless an up-to-date one lies there.

It has 0.6 million parameters and is taught for about two minutes on one core, so that a real vLLM
server, or transformers, can serve a policy whose replies mean something on any machine. It needs
torch and transformers, see `make test-served`.

What it can do, at temperature 0 in float32:

- follow the protocol of `ErgoDialect`: a `<zoom>` for the coarse view, an `<answer>` once a crop
  was shown or when it is asked for the last time, for any question and any picture;
- say where the square is on the pages of `scripts.tiny_checkpoint.pages` and which colour it has;
- zoom as often as the question says: see `pages.ask_for`.

It cannot read, and it does not know any other picture.
"""
