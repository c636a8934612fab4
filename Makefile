# escalation index: `make run` and `make test` set everything up by themselves.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
OUTPUTS ?= outputs

.PHONY: help setup run test lint browser postgresql bench bench-all docs wheel clean

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## create .venv, install the locked requirements, and build the coder from the seeds

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python >= 3.11 is needed; {sys.executable} is {sys.version.split()[0]}. Call: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	@# -c as well as -r: pip looks at a pin too late where a package is also asked for with an extra
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# a part of the installation, as in the image: otherwise the first run has to
	$(BIN)/python -c 'from pipeline.training.build import ready_estimator; ready_estimator()'
	@# without its database the first run takes half a minute longer
	DO_NOT_TRACK=1 $(BIN)/prefect server database upgrade -y > /dev/null
	@touch $(STAMP)

run: $(STAMP) ## build the index of the demo articles and its report
	$(BIN)/escalation run --outputs $(OUTPUTS)

lint: $(STAMP) ## ruff, mypy --strict, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint browser postgresql ## lint, types, import rules and all tests
	$(BIN)/pytest -rs

browser: $(STAMP) # a Chromium for the tests of the report, where the system's packages may be installed
	@sh tests/install-chromium.sh .venv/.browser

postgresql: $(STAMP) # a PostgreSQL for the test of the schedule, where the system's packages may be installed
	@tests/install-postgresql.sh

bench: $(STAMP) ## measure speed and memory, and write the tables of docs/performance.md
	$(BIN)/python benchmarks/bench.py $(if $(DATA),--data $(DATA))

bench-all: $(STAMP) ## the same, with 100,000 and 500,000 articles
	$(BIN)/python benchmarks/bench.py --all $(if $(DATA),--data $(DATA))

docs: $(STAMP) ## regenerate the data dictionary, the README plot and the executed notebook
	$(BIN)/python docs/build.py

wheel: $(STAMP) ## build the wheel, and the hash-locked list of what it needs, in dist/
	$(BIN)/python -m hatchling build -t wheel -d dist
	$(BIN)/python packaging/lock_part.py run > dist/requirements.txt

clean: ## remove the environment, caches and outputs
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find outputs -mindepth 1 ! -name README.md ! -name corrections.csv -delete
