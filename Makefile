# Every target says what it does: `make help`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/pip-compile --generate-hashes --allow-unsafe --strip-extras --annotation-style=line --no-header --quiet \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench lint secrets env env-dev browser lock

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: env ## Start everything on http://127.0.0.1:8000 (PORT=8100 and DEMO=0 change that); Ctrl-C stops it
	@exec $(BIN)/tsunagi up

test: env-dev browser ## Run every test in its short form
	@$(BIN)/python -m pytest -m "not long" -n 3 --dist worksteal

test-long: env-dev browser ## Run the tests of large sizes and keep their report in docs/test-long.md
	@$(BIN)/python -m pytest -m long -n 3 --dist worksteal --report-file=docs/test-long.md

bench: env-dev ## Measure speed and memory as ratios and keep them in docs/benchmarks.md
	@$(BIN)/python -m tests.performance.bench

lint: env-dev ## Check style, types and who imports whom
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

secrets: ## Make the passwords and addresses that compose.yaml reads, in secrets/
	@deploy/compose-secrets

env: $(VENV)/.run ## Make the environment that runs Tsunagi
env-dev: $(VENV)/.dev ## Make the environment that tests Tsunagi

$(VENV)/.run: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

browser: env-dev ## Install a browser for the tests where that can be done
	@$(BIN)/python -m tests.browser.install

lock: env-dev ## Pin every dependency again, with hashes and without download addresses
	$(LOCK) --extra build --output-file requirements.lock pyproject.toml
	$(LOCK) --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
