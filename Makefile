# Two commands: `make run` serves the demo company, `make test` does everything CI does.
# `make` alone lists the others. Settings: PORT, DATA, DATABASE_URL, DEMO=0, PYTHON.

PYTHON ?= python3
PORT ?= 8000
DATA ?= data
DEMO ?= 1
DATABASE_URL ?=
export PORT DATA DATABASE_URL
# Python keeps what it compiled: tests start hundreds of processes, and each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PY := $(BIN)/python
PYTEST := $(PY) -m pytest
UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print 2>/dev/null)
# Rooms whose tests touch a database: they run once on SQLite and once on PostgreSQL.
DATABASE_TESTS := $(wildcard tests/records tests/actions tests/jobs tests/api tests/site tests/cli)
# Tests share the machine with the browser and the servers they start.
WORKERS ?= 2

# Stamps: a target below is redone only when what it rests on has changed.
ENVIRONMENT := .venv/.ready
PACKAGES := ui/node_modules/.ready
FRONT_END := fairpatch/static/app/.built

.PHONY: help run setup test check fix e2e bench bench-design clean static static-python static-ui ui-test python-test postgres-test browser

help:
	@echo "make run     serve Fairpatch with the demo company (PORT=8000 DATA=data DATABASE_URL= DEMO=0)"
	@echo "make test    everything CI runs"
	@echo "make check   the fast lane: format, lint, types, imports, quick tests"
	@echo "make fix     format and mend what can be mended by itself"
	@echo "make e2e     the browser journeys alone"
	@echo "make bench   measure"
	@echo "make bench-design   measure territory design beside its peers (ARGS='--cells unit --seeds 3')"
	@echo "make setup   the environment only: .venv with the fairpatch command, front-end packages"
	@echo "make clean   remove what was built; data is kept"

run: $(ENVIRONMENT) $(FRONT_END)
	@$(BIN)/fairpatch migrate
	@if [ "$(DEMO)" != 0 ]; then $(BIN)/fairpatch demo --if-empty; fi
	@DEMO=$(DEMO) exec $(BIN)/fairpatch serve

setup: $(ENVIRONMENT) $(PACKAGES)

$(ENVIRONMENT): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Fairpatch needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@echo "Installing the Python packages of requirements.lock …"
	@{ $(PY) -m pip install --quiet --disable-pip-version-check uv \
		&& $(BIN)/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock; } \
		|| { echo "uv could not do it; falling back to pip."; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(PACKAGES): ui/package.json ui/package-lock.json ui/.npmrc
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || \
		{ echo "Fairpatch's front end is built with Node 20 or newer, which was not found."; exit 1; }
	@echo "Installing the front end's packages …"
	@cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(FRONT_END): $(PACKAGES) $(ENVIRONMENT) $(UI_SOURCES)
	@echo "Building the front end …"
	@cd ui && npm run --silent build
	@$(PY) -m whitenoise.compress --quiet fairpatch/static/app
	@touch $@

test: static ui-test python-test postgres-test e2e

# Checking the types takes a core in either language, so both are checked side by side.
static: $(ENVIRONMENT) $(PACKAGES)
	@$(MAKE) --no-print-directory -j 2 static-python static-ui

static-python: $(ENVIRONMENT)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

static-ui: $(PACKAGES)
	cd ui && npm run --silent check

ui-test: $(PACKAGES)
	cd ui && npm run --silent test

python-test: $(ENVIRONMENT) $(FRONT_END)
	$(PYTEST) tests --ignore=tests/e2e -q -n $(WORKERS) --dist loadgroup

postgres-test: $(ENVIRONMENT)
	$(PY) -m tests.with_postgres $(PYTEST) $(DATABASE_TESTS) -q -n $(WORKERS) --dist loadgroup

e2e: $(ENVIRONMENT) $(FRONT_END) browser
	$(PYTEST) tests/e2e -q

# The journeys drive Debian's Chromium (or the one CHROMIUM names): browsers cannot be had as a Python package.
browser:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null 2>&1 \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && echo "Installing Chromium …" \
			&& { apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
				--no-install-recommends chromium fonts-dejavu-core >/dev/null; }; } \
		|| { echo; echo "*** NO BROWSER: the browser journeys cannot run. ***"; \
			echo "*** Install Debian's package chromium, or set CHROMIUM=/path/to/chromium. ***"; echo; \
			[ -z "$$CI" ]; }

check: static
	$(PYTEST) tests --ignore=tests/e2e -q -x -n $(WORKERS) --dist loadgroup -m "not slow"

fix: $(ENVIRONMENT) $(PACKAGES)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(PY) -m tests.house.api_types

# Peers are put beside the environment: some want older versions of what the product itself uses.
PEERS := build/peers/.ready

$(PEERS): $(ENVIRONMENT)
	@mkdir -p build/peers
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target build/peers \
		rule-engine datalogic-py six || echo "*** Some peers could not be installed and are left out. ***"
	@touch $@

# The peers of territory design bring NumPy and OR-Tools of their own, so each runs in a process of its own.
DESIGN_PEERS := build/design-peers/.ready

$(DESIGN_PEERS): $(ENVIRONMENT)
	@mkdir -p build/design-peers
	@for peer in k-means-constrained ortools pymetis "spopt geopandas" b2b-territory-optimization; do \
		$(BIN)/uv pip install --quiet --python $(PY) --target build/design-peers $$peer \
			|| echo "*** $$peer could not be installed and is left out. ***"; done
	@touch $@

bench-design: $(ENVIRONMENT) $(DESIGN_PEERS)
	$(PY) -m benchmarks.design $(ARGS)

bench: $(ENVIRONMENT) $(PEERS) $(DESIGN_PEERS)
	$(PY) -m benchmarks

clean:
	rm -rf .venv ui/node_modules ui/dist fairpatch/static build *.egg-info
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -prune -exec rm -rf {} +
