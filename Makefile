# Two commands do all the set-up: `make report` and `make test`. PYTHON chooses the interpreter (3.11 or later).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := examples/payments

.PHONY: report test test-lowest test-peers check types lint docs catalogue speed clean

# The example is a project of its own: its tests run in an environment of its own, and leave the evidence.
report: $(VENV)/installed $(EXAMPLE)/.venv/installed
	cd $(EXAMPLE) && ../../$(BIN)/quality-gate test -- -q
	cd $(EXAMPLE) && ../../$(BIN)/quality-gate report

# Installs what is missing beside the first tests.
test: $(VENV)/bin/python
	$(BIN)/python tests/on_every_python.py

test-lowest: $(VENV)/tested
	$(BIN)/python tests/on_lowest_versions.py

# Programs of other ecosystems, where Node is; ends with an error where one could not be run.
test-peers: $(VENV)/tested
	$(BIN)/python -m pytest tests/peers

types: $(VENV)/tested
	$(BIN)/mypy

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: $(VENV)/tested
	$(BIN)/quality-gate check --stage ci

docs: $(VENV)/tested
	$(BIN)/python docs/generate.py

catalogue: $(VENV)/tested
	$(BIN)/python -m venv .venv-catalogue
	.venv-catalogue/bin/python -m pip install --quiet --upgrade pip
	.venv-catalogue/bin/python -m pip install --quiet -e . --group catalogue
	.venv-catalogue/bin/python benchmarks/catalogue
	$(BIN)/python -m venv .venv-catalogue-before
	.venv-catalogue/bin/python benchmarks/catalogue --before > .venv-catalogue-before/requirements.txt
	.venv-catalogue-before/bin/python -m pip install --quiet -e . -r .venv-catalogue-before/requirements.txt
	.venv-catalogue-before/bin/python benchmarks/catalogue --versions

speed: $(VENV)/tested
	$(BIN)/python -m pip install --quiet --group benchmark
	$(BIN)/python benchmarks/speed.py $(DIR)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "quality-gate needs Python 3.11 or later; name one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(EXAMPLE)/.venv/installed: $(EXAMPLE)/pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m venv $(EXAMPLE)/.venv
	$(EXAMPLE)/.venv/bin/python -m pip install --quiet --upgrade pip
	cd $(EXAMPLE) && .venv/bin/python -m pip install --quiet -e . --group test
	@touch $@

$(VENV)/tested: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --no-compile -e . --group test
	@touch $@

clean:
	rm -rf $(VENV) .venv-* build dist $(EXAMPLE)/.venv $(EXAMPLE)/.quality-gate
