# Everything a newcomer or CI runs. Each target sets up what it needs in .venv, once.
#   make demo    the whole story on a local Jet, in under a minute
#   make check   style, types and the quick tests, in about a minute
#   make test    all tests
.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help demo check test test-browser test-lowest test-newest coverage mutate fuzz torture bench profile lint format docs \
    picture schemas pins dist clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PYTEST_ARGS :=
BENCH_ARGS :=
TORTURE_ARGS :=
FUZZ_ARGS :=
PINS_ARGS :=
MUTATE_ARGS :=
SCENARIO := plan
PROFILE_ARGS :=

help:
	@echo "make demo          play the whole story on a local Jet"
	@echo "make check         style, types and the tests that a person waits for: about a minute"
	@echo "make test          run the tests (PYTEST_ARGS=... is handed to pytest)"
	@echo "make test-browser  run the tests that need Chromium"
	@echo "make test-lowest   run the quick tests with the lowest versions that pyproject.toml allows"
	@echo "make test-newest   run the quick tests with the newest versions there are"
	@echo "make coverage      run the tests and measure branch coverage, of child processes too"
	@echo "make fuzz          odd input for every reader of outside data, for two minutes (FUZZ_ARGS='--seconds 3600')"
	@echo "make mutate        break the code in one place at a time; hours (MUTATE_ARGS='--share 0.1', '--report')"
	@echo "make torture       a million schedules of faults, ten thousand kills; hours (TORTURE_ARGS='--seed N')"
	@echo "make bench         measure, beside anchors measured in the same run (BENCH_ARGS=--quick for a look)"
	@echo "make profile       draw where the time goes (SCENARIO=validate|plan|plan-first|plan-warm|apply)"
	@echo "make lint          check style and types"
	@echo "make format        put the code into shape"
	@echo "make docs          write what is generated: schemas/ from the models, docs/cli.md from the commands"
	@echo "make picture       make the picture of the README anew, with Chromium, when the plan in it has changed"
	@echo "make pins          renew constraints.txt and its like (PINS_ARGS=--upgrade for newer versions)"
	@echo "make dist          build the wheel and the source archive into dist/, and look into them"
	@echo "make clean         remove .venv and what tools left behind"

demo: $(VENV)/.sandbox
	@$(BIN)/python demo/demo.py

check: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not slow" -q $(PYTEST_ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser" $(PYTEST_ARGS)

test-browser: $(VENV)/.dev
	$(BIN)/python -m pytest -m browser $(PYTEST_ARGS)

# Environments of their own, beside .venv: what a user of old or of new packages has.
AGAINST := --quiet --python-version 3.11 --extra dev --no-annotate --no-header --no-emit-index-url pyproject.toml \
    ci/requirements.in
OTHER_TESTS = $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(OTHER) && \
    $(BIN)/uv pip install --quiet --python $(OTHER)/bin/python --requirement $(OTHER).txt && \
    $(BIN)/uv pip install --quiet --python $(OTHER)/bin/python $(SELF) && \
    $(OTHER)/bin/python -m pytest -n 2 --dist worksteal -m "not browser and not slow" -q $(PYTEST_ARGS)

test-lowest: OTHER := $(VENV)-lowest
test-lowest: $(VENV)/.tools
	$(BIN)/uv pip compile --resolution lowest-direct $(AGAINST) --output-file $(OTHER).txt
	$(OTHER_TESTS)

test-newest: OTHER := $(VENV)-newest
test-newest: $(VENV)/.tools
	$(BIN)/uv pip compile --upgrade $(AGAINST) --output-file $(OTHER).txt
	$(OTHER_TESTS)

coverage: $(VENV)/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal -m "not browser" -q $(PYTEST_ARGS); ended=$$?; \
	    $(BIN)/coverage combine --quiet && $(BIN)/coverage report && exit $$ended

fuzz: $(VENV)/.dev
	PYTHONPATH=tests/shared $(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

mutate: $(VENV)/.tools
	nice -n 10 $(BIN)/python tests/mutation.py $(MUTATE_ARGS)

torture: $(VENV)/.dev
	$(BIN)/python tests/exactly_once/torture.py $(TORTURE_ARGS)

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

profile: $(VENV)/.dev
	$(BIN)/python -m benchmarks.flame $(SCENARIO) $(PROFILE_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: schemas
	$(BIN)/python docs/generate/cli.py

picture: $(VENV)/.sandbox
	$(BIN)/python docs/generate/picture.py

schemas: $(VENV)/.sandbox
	$(BIN)/jetplan schema

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --custom-compile-command 'make pins' $(PINS_ARGS)

pins: $(VENV)/.tools
	$(COMPILE) --extra dev --extra bench pyproject.toml ci/requirements.in --output-file constraints.txt
	$(COMPILE) --constraint constraints.txt ci/tools.in --output-file ci/tools.txt
	$(COMPILE) --constraint constraints.txt --extra sandbox pyproject.toml ci/requirements.in --output-file ci/sandbox.txt
	$(COMPILE) --constraint constraints.txt --extra postgres --extra rules --extra zstd pyproject.toml ci/requirements.in \
	    --output-file ci/requirements.txt

dist: $(VENV)/.tools
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(BIN)/python ci/release/contents.py dist

clean:
	rm -rf $(VENV) $(VENV)-* mutants build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps say what was installed: changing the pins or pyproject.toml installs again.
$(VENV)/.made:
	@for name in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14; do \
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "jetplan needs Python 3.11 or newer, and none was found: install it, or name it: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	if ! "$$found" -m venv --clear $(VENV); then \
	    echo "$$found could not make a virtual environment: on Debian and Ubuntu, install python3-venv" >&2; \
	    exit 1; \
	fi
	@touch $@

# What is installed has its version and hash in a file that `make pins` writes; jetplan itself is built by what it pins.
LOCKED := --require-hashes --requirement
SELF := --no-deps --no-build-isolation --editable .

$(VENV)/.sandbox: $(VENV)/.made pyproject.toml ci/sandbox.txt
	@echo "Installing jetplan and its sandbox into $(VENV)"
	@$(PIP) install $(LOCKED) ci/sandbox.txt
	@$(PIP) install $(SELF)
	@$(PIP) check >/dev/null || { $(PIP) check; echo "a pin is missing or too old: make pins" >&2; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing jetplan and what its tests need into $(VENV)"
	@$(PIP) install $(LOCKED) constraints.txt
	@$(PIP) install $(SELF)
	@$(PIP) check >/dev/null || { $(PIP) check; echo "a pin is missing or too old: make pins" >&2; exit 1; }
	@touch $@ $(VENV)/.sandbox

$(VENV)/.tools: $(VENV)/.dev ci/tools.txt
	@echo "Installing what builds releases, renews pins and breaks code on purpose into $(VENV)"
	@$(PIP) install $(LOCKED) ci/tools.txt
	@touch $@
