# Everything is set up on the way: Python 3.11+, make and a package index are all it takes.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo test test-storm test-real test-browser check bench format clean

demo: $(VENV)/.installed
	@$(BIN)/onedoor demo

test: $(VENV)/.dev
	$(BIN)/pytest -m "not real" -n auto

test-storm: $(VENV)/.dev
	ONEDOOR_STORM=1000 $(BIN)/pytest tests/state/test_storm.py

test-real: $(VENV)/.real
	$(BIN)/pytest -m real tests/real

test-browser: $(VENV)/.dev
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { echo "the pages are tested in Chromium: install it, or name one in CHROMIUM" >&2; exit 1; }
	$(BIN)/pytest -m real tests/pages

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/.bench
	$(BIN)/python bench/overhead.py
	$(BIN)/python bench/state.py
	$(BIN)/python bench/recovery.py
	$(BIN)/python bench/answers.py
	$(BIN)/python bench/guard.py
	$(BIN)/python bench/compare.py
	$(BIN)/python bench/quality.py
	$(BIN)/python bench/bulk.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "onedoor needs Python 3.11 or newer; name one: make PYTHON=python3.12 demo" >&2; exit 1; }
	@echo "setting up $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --editable . --group bench
	@touch $@

$(VENV)/.real: $(VENV)/.dev tests/real/install.sh
	sh tests/real/install.sh $(BIN)/python
	@touch $@
