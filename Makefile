# Each target sets up what it needs in .venv; PYTHON may name another interpreter (3.11 or later).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types messages bench reliability fuzz clean

demo: $(VENV)/.run
	@folder=$$(mktemp -d) && $(BIN)/jsup demo "$$folder/demo"

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m pip install --quiet numpy consistent-sampler sqlite-utils
	$(BIN)/python benchmarks/deadlines.py
	$(BIN)/python benchmarks/draw.py
	$(BIN)/python benchmarks/papers.py
	$(BIN)/python benchmarks/watch.py
	$(BIN)/python benchmarks/report.py

# the draw recomputed, ledgers meddled with, commands killed, sixteen at once: many times as often as in `make test`
reliability: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --reliability tests/test_export.py tests/test_strata.py tests/test_trust.py tests/test_reliability.py

# a hundred thousand files for each reader, valid and not, and ten thousand command lines
fuzz: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --fuzz 100000 tests/test_fuzz.py

messages: $(VENV)/.test
	$(BIN)/python tools/messages.py

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "jsup wants Python 3.11 or later: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[test,dev]'
	@touch $@
