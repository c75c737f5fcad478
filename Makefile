# The CI steps and what a newcomer types. `make run` and `make test` set everything up and can be run again.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
INPUTS ?= 100000
PIP_VERSION := 26.3
export HF_HUB_OFFLINE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint format bench fuzz clean install lock screenshots

run: install
	@$(BIN)/python manage.py serve --port $(PORT)

test: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

format: install
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat templates

# Small sizes, to see that each works and where it stands. FILES: session files of known outcome; only they can tell
# how well the ranking finds failures.
bench: install
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.reads
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.queue --sessions 10000 --decisions 5
	$(BIN)/python -m benchmarks.review --sessions 10000 --reviews 20
	$(BIN)/python -m benchmarks.help
	$(BIN)/python -m benchmarks.coverage --runs 100
	$(BIN)/python -m benchmarks.escalation --issues 2000
	$(if $(FILES),$(BIN)/python -m benchmarks.priority $(FILES))

fuzz: install
	@DJANGO_SETTINGS_MODULE=tests.settings CELERY_BROKER_URL=memory:// $(BIN)/python -m tests.ingest.fuzz.fuzz_decode --inputs $(INPUTS)

# All figures of intake and lists in one file; run again, it goes on where it was stopped. PEERS: a file that describes
# other servers.
OUTPUT ?= var/bench.jsonl
measure: install
	$(BIN)/python -m benchmarks.ingest --full --output $(OUTPUT) $(if $(PEERS),--peers $(PEERS))
	$(BIN)/python -m benchmarks.reads --full --output $(OUTPUT)

screenshots: install
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results

install: .venv/.installed

# torch comes first and by itself: any other order lets another package's range draw a CUDA build of several GB.
.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Misstep needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Installing into .venv, some minutes the first time:"
	@echo "  1 of 3  an environment of its own, and pip"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq "pip==$(PIP_VERSION)"
	@echo "  2 of 3  torch, which runs the embedding model on the CPU: the largest part"
	@$(BIN)/pip install -qq "torch==2.13.0"
	@echo "  3 of 3  Django and the rest of requirements.lock, the embedding model among them"
	@$(BIN)/pip install -qq --requirement requirements.lock
	@touch $@

lock:
	$(BIN)/pip freeze | sed 's/+cpu$$//' > requirements.lock
