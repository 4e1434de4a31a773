# Everything one does with this project. A fresh machine needs Python 3.11 or newer, with venv, and make.

.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
# The first of these that is new enough makes the virtual environment.
PYTHONS := python3.13 python3.12 python3.11 python3
CHROMIUMS := chromium chromium-browser google-chrome google-chrome-stable

# A production as it should be, so that `make check` can ask Django what is unsafe in ours.
PRODUCTION := PORTAL_ENV=production \
	PORTAL_SECRET_KEY=9f2c7b41d8e6035a9f2c7b41d8e6035a9f2c7b41d8e6035a9f2c7b41d8e6035a \
	PORTAL_ALLOWED_HOSTS=portal.example.gov.cn \
	PORTAL_SEAL_KEY=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0 \
	PORTAL_INDEX_KEY=a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f \
	DATABASE_URL=postgres://portal_owner:q8Lw2RkzV5tYc1Xn@database/portal \
	REDIS_URL=redis://:q8Lw2RkzV5tYc1Xn@broker:6379/0

.PHONY: help
help:  ## What can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- Setting up -------------------------------------------------------------------------------

.PHONY: setup
setup: $(VENV)/installed words  ## Make .venv and install what is locked

$(PYTHON):
	@for python in $(PYTHONS); do \
		$$python -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			&& exec $$python -m venv $(VENV); \
	done; echo 'Python 3.11 or newer, with its venv module, is needed and was not found.'; exit 1

$(VENV)/installed: requirements.txt requirements-dev.txt | $(PYTHON)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.txt -r requirements-dev.txt
	@touch $@

# The English words: compiled where a .po is newer than its .mo.
.PHONY: words
words: $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

# --- Running ----------------------------------------------------------------------------------

.PHONY: demo
demo: setup  ## Fill a made-up county and open the portal on it (WHOLE=1: all 260,000 people)
	PORTAL_TODAY=2021-03-20 $(PYTHON) manage.py demo $(if $(WHOLE),--whole)

.PHONY: serve
serve: setup  ## Run the portal on what is already in var/
	$(PYTHON) manage.py migrate --verbosity 0
	$(PYTHON) manage.py serve

.PHONY: stop
stop: | $(PYTHON)  ## Stop the embedded servers, whoever uses them
	$(PYTHON) -m pension_portal.servers

# --- Checking ---------------------------------------------------------------------------------

.PHONY: check
check: setup  ## Format, lint, migrations, settings, import line
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) manage.py check
	env $(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PYTHON) -m pytest --quiet tests/test_import_line.py

.PHONY: test
test: setup  ## Every test that needs nothing but this machine
	$(PYTHON) -m pytest -n auto --dist worksteal -m "not browser and not faults" --durations 10

.PHONY: faults
faults: setup  ## Kill workers and servers on purpose and compare the books (minutes)
	$(PYTHON) -m pytest -m faults -v

.PHONY: browser
browser: setup $(VENV)/browser-installed chromium  ## Walk the pages in Chromium; pictures in var/screenshots
	$(PYTHON) -m pytest -n 2 --dist worksteal -m browser tests/browser -v

# Without Chromium the tests say so and are skipped.
.PHONY: chromium
chromium:
	@if [ -n "$$CHROMIUM" ] || command -v $(CHROMIUMS) >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get install -y chromium fonts-noto-cjk \
			|| echo 'Chromium could not be installed: the tests that need it are skipped.'; \
	else \
		echo 'Chromium was not found. Install it with Chinese fonts, or name it in CHROMIUM.'; \
	fi

$(VENV)/browser-installed: requirements-browser.txt | $(VENV)/installed
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-browser.txt
	@touch $@

# Everything, for half an hour on a quiet machine. BENCH_PEERS= or BENCH_LARGE= leaves a part out;
# OPTIONS="--rounds 1" and the like reach the program.
BENCH_PEERS ?= 1
BENCH_LARGE ?= 1
BENCH_VENV := .venv-bench

.PHONY: bench
bench: setup bench-peers  ## Measure the portal beside what it replaces, and print the table
	BENCH_PEERS=$(BENCH_PEERS) BENCH_LARGE=$(BENCH_LARGE) $(PYTHON) -m bench $(OPTIONS)

.PHONY: bench-peers
bench-peers: $(if $(BENCH_PEERS),$(BENCH_VENV)/installed)

$(BENCH_VENV)/installed: requirements-bench.txt | $(VENV)/installed
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-bench.txt
	@touch $@

# OPTIONS="--tenth --tasks 2 4" and the like reach the program.
.PHONY: journeys
journeys: setup $(VENV)/browser-installed chromium  ## Walk the desk's journeys: keys, seconds and goals
	$(PYTHON) -m bench.journeys $(OPTIONS)

.PHONY: requirements
requirements: setup  ## Which requirements of the two counties have a test
	@$(PYTHON) -m tests.requirements_covered

# --- Dependencies -----------------------------------------------------------------------------

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.PHONY: lock
lock: setup  ## Write the requirements.txt files anew from the .in files
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --output-file requirements-dev.txt
	$(COMPILE) requirements-browser.in --output-file requirements-browser.txt
	$(COMPILE) requirements-bench.in --output-file requirements-bench.txt
