# Everything starts here. `make run` serves the page; `make test` passes the tests; neither needs anything before it.
.PHONY: setup run test lint bench lock help
.DEFAULT_GOAL := help

BIN := .venv/bin
PORT ?= 8765
HOST ?= 127.0.0.1
export PYTHON

help:    ## say what can be made
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:   ## make .venv with the locked dependencies and the threadplay command
	@.ci/setup

run: setup    ## serve the page on http://127.0.0.1:8765 (HOST=, PORT=)
	@$(BIN)/threadplay serve --host $(HOST) --port $(PORT)

test: setup    ## pass all tests (installs Debian's chromium and nodejs where it may)
	@.ci/browser
	@$(BIN)/python -m pytest -n 2 $(ARGS)

lint: setup    ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: setup    ## print every figure of performance as a ratio within this run
	@.ci/browser
	@$(BIN)/python -m tests.bench $(ARGS)

lock: setup    ## make the hashed requirement files anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.13 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.13 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements-dev.txt
