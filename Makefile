# Set-up happens by itself: .venv is built once, then again only when pyproject.toml or the constraints change.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check clean

demo: .venv/ready
	$(BIN)/auditor demo

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses auto

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/auditor rules lint
	$(BIN)/auditor rules coverage
	$(BIN)/auditor rules test --mutate

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

clean:
	rm -rf .venv demo
