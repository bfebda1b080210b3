# Two commands: `make run` serves, `make test` tests. Each installs what is missing and works again after an interruption.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE ?= 1
export GRADIO_ANALYTICS_ENABLED := False

.PHONY: run test install check index clean

run: $(VENV)/.installed
	$(BIN)/python -m assistant serve --host $(HOST) --port $(PORT)

index: $(VENV)/.installed
	$(BIN)/python -m assistant index

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m assistant check
	$(BIN)/pytest

install: $(VENV)/.installed

# The stamps are written last: an interrupted install starts again where it stopped.
$(VENV)/.installed: pyproject.toml constraints.txt
	@sh tools/find_python.sh $(PYTHON)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[test]'
	@sh tools/install_browser.sh
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
