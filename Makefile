# escalation index: `make run` and `make test` set everything up by themselves.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
OUTPUTS ?= outputs

.PHONY: help setup run test lint bench docs clean

help: ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## create .venv and install the locked requirements

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python >= 3.11 is needed; {sys.executable} is {sys.version.split()[0]}. Call: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	@# -c as well as -r: pip looks at a pin too late where a package is also asked for with an extra
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: $(STAMP) ## build the index of the demo articles and its report
	$(BIN)/escalation run --outputs $(OUTPUTS)

lint: $(STAMP) ## ruff, mypy --strict, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## lint, types, import rules and all tests
	@tests/install-postgresql.sh
	$(BIN)/pytest

bench: $(STAMP) ## measure speed and memory
	$(BIN)/python benchmarks/stages.py

docs: $(STAMP) ## regenerate the data dictionary, the README plot and the executed notebook
	$(BIN)/python docs/build.py

clean: ## remove the environment, caches and outputs
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find outputs -mindepth 1 ! -name README.md ! -name corrections.csv -delete
