# The whole developer interface. `make` alone prints what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
PYTHON ?=
PORT ?= 8000
HOST ?= 127.0.0.1
DATA_DIR ?= var
PYTEST_ARGS ?=
export PORT HOST PYTHON

.PHONY: help demo test check bench drill clean venv venv-dev front-end

help: ## print this
	@echo "Golden Thread: make <target>"
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'
	@echo
	@echo "PORT ($(PORT)), HOST ($(HOST)), DATA_DIR ($(DATA_DIR)) and PYTHON are read from the environment."

demo: venv front-end ## prepare and start the whole product with demo data; Ctrl-C stops it
	@GOLDENTHREAD_MODE=demo DATA_DIR="$(DATA_DIR)" exec .venv/bin/goldenthread demo

test: venv-dev front-end ## run the tests on the embedded default; says what was skipped and why
	@$(PY) -m pytest -n 3 --dist worksteal -q $(PYTEST_ARGS)

check: venv-dev front-end ## format, lint, types, import contracts, migrations, settings, locks (no tests)
	@.ci/check

bench: venv-dev front-end ## measure, side by side with its baselines, into var/bench/
	@$(PY) -m bench

drill: venv-dev front-end ## break it many times (kill -9, restarts) and look what is lost
	@GT_DRILL=1 $(PY) -m pytest -q -m drill $(PYTEST_ARGS)

clean: ## remove what was built; keeps the data in DATA_DIR
	@rm -rf .venv frontend/node_modules frontend/static/build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

venv:
	@.ci/prepare base

venv-dev:
	@.ci/prepare dev

front-end: venv
	@.ci/prepare front-end
