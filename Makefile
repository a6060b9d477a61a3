# Set-up and checks. Everything lives in .venv and, for the tests on a real vLLM server, in
# .venv-served; nothing but python3 with venv and make is needed.

PYTHON ?= python3
VENV ?= .venv
SERVED ?= .venv-served
RAY ?= .venv-ray
LMMS ?= .venv-lmms
BIN := $(VENV)/bin
# the variable turns off an advertisement; a warning is an error
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
# two more than there are cores, since tests wait for servers and browsers, and four at most
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 2, 4))')
# where nothing compiled is kept, each of the tests' processes compiles this package again
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-readme test-mcp-v1 lint docs test-ray test-lmms prepare-served test-served test-train bench bench-served headline nano size clean

demo: $(VENV)/.base ## answer questions about the example page
	$(BIN)/python examples/doc_qa.py

test: $(VENV)/.test ## all tests that need no torch, side by side; COVERAGE=yes counts what they reach
	$(BIN)/python -m pytest -n $(WORKERS) -p no:recording --dist loadfile --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=term:skip-covered --cov-fail-under=85)

lint: $(VENV)/.lint ## formatting, naming, docstrings, types, who imports whom, the site
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MKDOCS)

docs: $(VENV)/.docs ## the site of docs/ with the API reference, in build/site
	$(MKDOCS)
	@echo "The site is in build/site: open build/site/index.html, or serve it with its search by $(BIN)/python -m http.server -d build/site"

test-readme: ## every command and snippet of the README, in a fresh environment; three minutes
	$(PYTHON) -m scripts.readme_followed build/readme

test-mcp-v1: $(VENV)/.test ## the MCP server with the SDK's first major, whose own HTTP client warns
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade --target build/mcp-v1 'mcp<2'
	PYTHONPATH=build/mcp-v1 $(BIN)/python -m pytest tests/apps/mcp -W default

test-ray: $(RAY)/.ready ## batches over a real Ray cluster on this machine
	$(RAY)/bin/python -m pytest tests/batch/test_ray.py -W default

test-lmms: $(LMMS)/.ready ## a policy measured by lmms-eval, which takes torch and 136 packages
	$(LMMS)/bin/python -m pytest tests/evaluation/lmms -W default

prepare-served: $(SERVED)/.ready ## the environment and the checkpoint of test-served
	$(SERVED)/bin/python -m scripts.tiny_checkpoint build/tiny-checkpoint

test-served: prepare-served ## the same graph against a real vLLM server, and training; needs no GPU
	$(SERVED)/bin/python -m pytest tests/served tests/training_torch --maxfail=5

test-train: $(SERVED)/.ready ## training alone: exactness, guards, runs that are killed and resumed
	$(SERVED)/bin/python -m pytest tests/training_torch

bench: $(VENV)/.test ## all numbers but those of a server; rewrites docs/performance.md
	$(BIN)/python -m benchmarks.reader --write
	$(BIN)/python -m benchmarks.memory --write
	$(BIN)/python -m benchmarks.overhead --write
	$(BIN)/python -m benchmarks.batch --write
	$(BIN)/python -m benchmarks.served_memory --write
	$(BIN)/python -m benchmarks.agent_tokens --write
	$(BIN)/python -m benchmarks.checkpoints --write
	$(BIN)/python -m benchmarks.traces --write
	$(BIN)/python -m benchmarks.verification --split held_out --write
	$(BIN)/python -m benchmarks.documents --split reported --write
	$(BIN)/python -m benchmarks.accuracy --split held_out --write
	$(BIN)/python -m benchmarks.accuracy --split development --write
	$(BIN)/python -m benchmarks.accuracy --split held_out --baseline full_page --write
	$(BIN)/python -m benchmarks.accuracy --split development --baseline full_page --write
	$(BIN)/python -m benchmarks.text_layers --write
	$(BIN)/python -m benchmarks.extraction --write
	$(BIN)/python -m benchmarks.extraction --split development --documents 24 --seed 1 --write

bench-served: $(VENV)/.test $(SERVED)/.ready ## episodes through a server, and training; rewrites docs/performance.md
	$(SERVED)/bin/python -m scripts.tiny_checkpoint build/tiny-checkpoint
	$(BIN)/python -m benchmarks.loophole --python $(SERVED)/bin/python --write
	$(BIN)/python -m benchmarks.served --serve build/tiny-checkpoint --server-python $(SERVED)/bin/python --write

NANO := $(SERVED)/bin/python -m scripts.nano

nano: $(SERVED)/.ready ## train nano, a policy of a million parameters, on one core; goes on if stopped
	$(NANO) start
	$(NANO) grpo --seed 0
	$(NANO) upper
	$(NANO) lower
	$(NANO) blind
	$(NANO) exam start/final
	$(NANO) exam grpo-0/final
	$(NANO) exam upper/final
	$(NANO) exam lower/final

headline: $(VENV)/.test $(SERVED)/.ready ## zooming against one pass, by one reader and by nano; goes on if stopped
	$(BIN)/python -m benchmarks.headline --write
	$(NANO) one_pass
	$(BIN)/python -m benchmarks.learned --server-python $(SERVED)/bin/python --write

size: ## size of the base install in a fresh environment; fails at 600 MB
	rm -rf build/size && $(PYTHON) -m venv build/size && build/size/bin/python -m pip install -q .
	$(PYTHON) -m scripts.base_size build/size

clean:
	rm -rf $(VENV) $(SERVED) $(RAY) $(LMMS) build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[test]"
	touch $@

$(VENV)/.docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[docs]"
	touch $@

$(VENV)/.lint: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[lint]"
	touch $@ $(VENV)/.docs $(VENV)/.test # it holds what these ask for

$(RAY)/.ready: pyproject.toml
	$(PYTHON) -m venv $(RAY)
	$(RAY)/bin/python -m pip install -q --disable-pip-version-check -e ".[ray-test]"
	touch $@

$(LMMS)/.ready: pyproject.toml
	$(PYTHON) -m venv $(LMMS)
	$(LMMS)/bin/python -m pip install -q --disable-pip-version-check -e ".[lmms-test]"
	touch $@

$(SERVED)/.ready: pyproject.toml $(wildcard scripts/served_environment/*.py)
	$(PYTHON) -m scripts.served_environment $(SERVED)
	touch $@
