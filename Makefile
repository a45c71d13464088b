# make run | make test | make test-fast | make lint | make reset
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PYTEST_ARGS ?=
export PORT

.DEFAULT_GOAL := help
.PHONY: bench bandit help install install-dev run reset test test-fast fuzz security security-table audit licences sbom secret-scan test-debian-pg chaos bench-report lint format messages lock

help:
	@echo "make run        start everything on http://127.0.0.1:$(PORT) (PORT=8080 make run for another port)"
	@echo "make reset      forget all data of this checkout; the next make run loads plan and demo anew"
	@echo "make test       the whole suite, with browser and worker tests"
	@echo "make test-fast  the inner loop: no browser, worker or slow test"
	@echo "make test-debian-pg  the tests that ask the database, on Debian's PostgreSQL 15"
	@echo "make chaos      kill every part at every step of the work and print what is lost; minutes, not in the suite"
	@echo "make chaos-clock  the date jumps by an hour and by a day, on and back, under a running system"
	@echo "make test-replica  a real streaming replica under the system: what it answers, and what happens without it"
	@echo "make bench-report  how long the report of the whole district takes, with this checkout's data"
	@echo "make fuzz       much of everything to every form and import (EXAMPLES=200)"
	@echo "make security   the table of requirements in docs/security.md, and the tests it names"
	@echo "make audit, make sbom, make licences, make secret-scan  what the product is made of"
	@echo "make bench      measurements against floors (SIZES=district,city,province RUSH=1 for all of it)"
	@echo "make bundle     everything a machine without internet needs, in dist/"
	@echo "make lock       pins requirements*.in with hashes (UPGRADE=all or UPGRADE=name for newer ones)"
	@echo "make lint       ruff, mypy, bandit, migrations and translations"

install: $(VENV)/.stamp-app node_modules/.stamp

install-dev: install $(VENV)/.stamp-dev

run: install
	@exec $(BIN)/python -m lusong_edu.supervisor

reset: install
	@$(BIN)/python -m lusong_edu.reset

test: install-dev
	@tools/ensure_chromium.sh
	@tools/ensure_office.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# Much of everything sent to every form and import; the suite itself sends a little.
fuzz: install-dev
	LUSONG_FUZZ=$(or $(EXAMPLES),200) $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600 tests/test_fuzz.py $(PYTEST_ARGS)

# The table of docs/security.md and the tests it names.
security: install-dev
	$(BIN)/python -m tools.security_table run $(PYTEST_ARGS)

security-table: install-dev
	$(BIN)/python -m tools.security_table write

# Dangerous constructions in the code: none without a reason beside it.
bandit: install-dev
	$(BIN)/bandit --quiet -c pyproject.toml -r apps lusong_edu tools benchmarks manage.py \
	  2> >(grep -v 'nosec encountered' >&2)

# Known weaknesses of what is pinned; says so where the lists cannot be reached.
audit: install
	$(BIN)/python -m tools.supply_chain audit

licences: install-dev
	$(BIN)/python -m tools.supply_chain licences

sbom: install
	@$(BIN)/python -m tools.supply_chain sbom

secret-scan: install
	@$(BIN)/python -m tools.supply_chain secrets

test-fast: install-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not browser and not worker and not slow" $(PYTEST_ARGS)

# Debian's PostgreSQL is the oldest version supported; the parts of the suite that ask the database most.
test-debian-pg: install-dev
	PYTHON=$(BIN)/python tools/test_debian_postgres.sh -n $(WORKERS) --dist worksteal -m "not browser" $(or $(PYTEST_ARGS),tests/core tests/accounts tests/organisations tests/plans tests/collection tests/reviews tests/rollups tests/demo)

# Ten minutes and more; the table goes into docs/reliability.md.
chaos: install-dev
	$(BIN)/python -m tests.chaos --write docs/reliability.md

# The data of this checkout: after make run has loaded the plan and the demonstration.
bench-report: install
	$(BIN)/python manage.py bench_report

# Not a test: measures against floors that run beside it; the province (12 million values) only if named.
bench: install-dev
	@tools/ensure_chromium.sh
	$(BIN)/python -m benchmarks

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory bandit
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py update_messages --check

# New pins for what requirements*.in name, with the hashes of every platform's files; asks the package index.
lock: install-dev
	@tools/lock.sh $(VENV)

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/pip:
	@PYTHON="$(PYTHON)" tools/make_venv.sh $(VENV)

$(VENV)/.stamp-app: requirements.txt requirements-embedded.txt tools/install_requirements.sh | $(VENV)/bin/pip
	@tools/install_requirements.sh $(VENV) requirements.txt embedded
	@touch $@

$(VENV)/.stamp-dev: requirements-dev.txt $(VENV)/.stamp-app
	@tools/install_requirements.sh $(VENV) requirements-dev.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json requirements-node.txt | $(VENV)/bin/pip
	@tools/install_node_modules.sh $(VENV)
	@touch $@

# Every earlier state of the database, with rows in it, to the newest; minutes.
test-upgrade: install-dev
	$(BIN)/python -m tests.ops.upgrade

# The date of the machine jumps under a running system; a few minutes and a C compiler.
chaos-clock: install-dev
	$(BIN)/python -m tests.chaos.clock --write docs/reliability.md

# A real streaming replica under a whole system; two minutes. The table goes into docs/scaling.md.
test-replica: install-dev
	$(BIN)/python -m tests.ops.replica --write docs/scaling.md

# For machines without internet: dist/lusong-….tar.gz, then tools/test_bundle.sh installs from it without a network.
.PHONY: bundle test-upgrade test-replica chaos-clock
bundle: install
	PYTHON=$(BIN)/python tools/bundle.sh
