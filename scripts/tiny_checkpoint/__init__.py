"""Makes a tiny Qwen2.5-VL checkpoint that knows the turn protocol.

`python -m scripts.tiny_checkpoint DIR` makes it, unless an up-to-date one lies there.

It has 0.6 million parameters and is taught for two or three minutes on one core, so that a real
vLLM server, or transformers, can serve a policy whose replies mean something on any machine. It
needs torch and transformers, see `make test-served`.

What it can do, at temperature 0 in float32:

- follow the protocol of `ErgoDialect` for any question and picture: a `<zoom>` for the coarse view,
  an `<answer>` once a crop was shown or when it is asked for the last time;
- name the colour of the square on the pages of `scripts.tiny_checkpoint.pages`, mostly rightly;
- zoom once, twice or three times as the question says (`pages.ask_for`), surely with views of up to
  64 vision tokens; with larger ones it may zoom once too little.

It cannot read, and knows no other picture. Its boxes lie inside the view as a rule, but hold the
square no more often than by chance: so much it does not learn in so short a time.
"""
