# Every command of the project. The environment is .venv; nothing here needs root but the installation of a missing Chromium.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test test-full check clients bench docs lock

demo: $(VENV)/.runtime  ## start server and simulator, link an account, run actions (ARGS="--headless --exit")
	$(BIN)/linkspan demo $(ARGS)

test: $(VENV)/.dev clients check  ## every test at its small size
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-full: $(VENV)/.dev clients check  ## the same tests at the sizes that the issues name
	$(BIN)/python -m pytest -n 2 --dist loadfile --size full $(ARGS)

check: $(VENV)/.dev  ## lint, types, import floors
	$(BIN)/ruff check src tests docsite
	$(BIN)/ruff format --check src tests docsite
	$(BIN)/mypy
	$(BIN)/lint-imports

clients: $(VENV)/.dev  ## one environment for each third-party client and the browser that the tests drive
	$(BIN)/python tests/clients/install.py

bench: $(VENV)/.dev  ## Linkspan's cost per call beside nginx, bare ASGI and FastMCP (needs nginx and wrk)
	$(BIN)/python benchmarks/bench.py $(ARGS)

docs: $(VENV)/.dev  ## the documentation site, into build/docs/site
	$(BIN)/python docsite/build.py

lock:  ## renew both locks (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Linkspan needs Python 3.11 or newer; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@
