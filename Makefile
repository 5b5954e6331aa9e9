# `make repro` and `make test` install what they need themselves, in .venv.
PYTHON ?= python3
BIN := .venv/bin
# DVC runs the stages' `python`: the one in .venv.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1

.PHONY: repro test test-all lint format docs clean ready

repro: .venv/installed
	dvc repro
	@echo
	@echo "The report: reports/index.html (in a browser) or reports/report.md"

# Two test files at a time, with one thread of torch each: on tiny models, threads mostly wait for each other.
TESTS := OMP_NUM_THREADS=1 pytest -n 2 --dist loadfile

test: lint
	$(TESTS)

test-all: lint
	$(TESTS) -m ""

lint: .venv/installed
	ruff check .
	ruff format --check .
	mypy

format: .venv/installed
	ruff check --fix .
	ruff format .

# NO_MKDOCS_2_WARNING: without an announcement of the theme's authors.
docs: .venv/installed
	NO_MKDOCS_2_WARNING=1 mkdocs build --quiet
	@echo "The documentation: site/index.html"

.venv/installed: pyproject.toml constraints.txt | ready
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

# Checks first what would otherwise fail only after minutes of installing.
ready:
	@git rev-parse --git-dir >/dev/null 2>&1 || { \
	  echo "error: this folder is no Git repository, and DVC needs one. Clone the project instead of downloading a ZIP,"; \
	  echo "  or run here: git init && git add --all && git commit --message 'Start'"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "error: `$(PYTHON) --version 2>&1` at `command -v $(PYTHON)`; wikitune runs on Python 3.11."; \
	  echo "  Name one: make PYTHON=/path/to/python3.11"; exit 1; }

clean:
	rm -rf .venv site
