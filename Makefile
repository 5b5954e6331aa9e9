# `make repro` and `make test` do all of their own set-up, in .venv.
PYTHON ?= python3
BIN := .venv/bin
# DVC runs the stages' `python`: the one in .venv.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1

.PHONY: repro test test-all lint format clean

repro: .venv/installed
	dvc repro
	@echo
	@echo "The report: reports/index.html (in a browser) or reports/report.md"

test: lint
	pytest

test-all: lint
	pytest -m ""

lint: .venv/installed
	ruff check .
	ruff format --check .
	mypy

format: .venv/installed
	ruff check --fix .
	ruff format .

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv
