# Each target sets up what it needs in .venv; PYTHON may name another interpreter (3.11 or later).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types docs coverage oldest audit mutants messages dist bench bench-scale bench-check reliability fuzz clean

demo: $(VENV)/.run
	@folder=$$(mktemp -d) && $(BIN)/jsup demo "$$folder/demo"

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/pylint --score=no --ignore=migrations src/jsup

types: $(VENV)/.dev
	$(BIN)/mypy

# what the tests reach of src, branches counted too; what runs in a process of its own is not counted
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov=jsup --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=95

# the oldest libraries that are allowed, in an environment of their own; a ledger on a server is `make test`'s
oldest: $(VENV)-oldest/.made
	$(VENV)-oldest/bin/python -m pytest -n 2 --dist worksteal -k "not server" $(TESTS)

$(VENV)-oldest/.made: $(VENV)/bin/python pyproject.toml
	$(BIN)/python tools/oldest.py > $(VENV)/oldest.txt
	test -x $(VENV)-oldest/bin/python || $(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/python -m pip install --quiet --constraint $(VENV)/oldest.txt --editable '.[test]'
	@touch $@

# known holes in what is installed, as PyPI's advisories tell; fails too where it cannot ask about one of them
audit: $(VENV)/.run
	test -x $(VENV)-audit/bin/pip-audit || \
	{ $(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/python -m pip install --quiet pip-audit; }
	$(VENV)-audit/bin/pip-audit --strict --progress-spinner off \
	--path "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

# faults put into the pure rules one after the other, and into the table of steps: which does no test notice?
mutants: $(VENV)/.dev
	$(BIN)/mutmut run --max-children 2
	$(BIN)/mutmut results
	$(BIN)/python tools/mutants.py

# each benchmark, one after the other; an aim that one misses does not keep the next from being measured
BENCHMARKS := startup overdue step imports scan verify deadlines draw papers report
MEASURE = missed=; for name in $(1); do echo "== $$name"; \
	$(BIN)/python benchmarks/$$name.py --record $(2) || missed="$$missed $$name"; done

# the figures of docs/performance.md and the page itself; what takes hours and a large disk is bench-scale's
bench: $(VENV)/.bench
	@$(call MEASURE,$(BENCHMARKS),benchmarks/recorded); \
	$(BIN)/python benchmarks/performance.py || missed="$$missed performance"; \
	test -z "$$missed" || { echo "missed:$$missed"; exit 1; }

bench-scale: $(VENV)/.bench
	@$(call MEASURE,scale,benchmarks/recorded); \
	$(BIN)/python benchmarks/performance.py && test -z "$$missed"

# whether a ratio has grown by more than a quarter of what is recorded; times are the machine's own
bench-check: $(VENV)/.bench
	@folder=$$(mktemp -d) && { $(call MEASURE,$(BENCHMARKS),$$folder); \
	$(BIN)/python benchmarks/performance.py --check $$folder; status=$$?; rm -rf $$folder; exit $$status; }

# the draw recomputed, ledgers meddled with, commands killed, sixteen at once: many times as often as in `make test`
reliability: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --reliability tests/test_export.py tests/test_strata.py tests/test_trust.py tests/test_reliability.py

# a hundred thousand files for each reader, valid and not, and ten thousand command lines
fuzz: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --fuzz 100000 tests/test_fuzz.py

# the pages that the program itself writes: every command's help, and the picture of the README
docs: $(VENV)/.test
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/picture.py

messages: $(VENV)/.test
	$(BIN)/python tools/messages.py

# all that an office without internet installs; FOR names another kind of machine than this one
WHEELS := dist/wheels
dist: $(VENV)/bin/python
	rm -rf $(WHEELS)
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir $(WHEELS) .
	$(BIN)/python -m pip download --quiet --only-binary :all: $(FOR) --dest $(WHEELS) "$$(ls $(WHEELS)/jsup-*.whl)[postgres]"

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-audit mutants build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "jsup wants Python 3.11 or later: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q src # so that the first command waits for no compiler, nor any where none may be kept
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[test,bench]'
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[test,dev]'
	@touch $@
