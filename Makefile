# Two commands: `make run` serves, `make test` tests. Each installs what is missing and works again after an interruption.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar on -c constraints.txt
export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE ?= 1
export GRADIO_ANALYTICS_ENABLED := False

.PHONY: run test lint install index clean

run: .venv/.installed
	$(BIN)/python -m assistant serve --host $(HOST) --port $(PORT)

test: .venv/.installed-test lint
	$(BIN)/python -m assistant check
	$(BIN)/python -m pytest

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

index: .venv/.installed
	$(BIN)/python -m assistant index

install: .venv/.installed

# The stamps are written last: an interrupted installation goes on where it stopped.
.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "The venv module is missing: sudo apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/pip || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@echo "Installing (about two minutes the first time) ..."
	$(PIP) -e .
	@touch $@

.venv/.installed-test: .venv/.installed
	$(PIP) -e '.[test]'
	@sh .ci/libgomp.sh $(BIN)/python
	@sh tests/browser/install.sh
	@touch $@

clean:
	rm -rf .venv build *.egg-info
