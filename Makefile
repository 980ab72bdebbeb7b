# Every command of the house. `make` lists them. Needs only make and Python ≥ 3.11; everything else comes from uv.lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
T ?=
B ?=

.PHONY: help contracts format run up-local demo routing-sim check lint types imports schema migrations test test-fast bench bench-long migration rebuild-timeline map key token clean knowledge-eval

help: ## List the commands
	@grep -hE '^[a-z%-]+:.*##|^##@' $(MAKEFILE_LIST) | sed -E 's/^##@ (.*)/\n\1/; s/^([a-z%-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

.venv/.installed: uv.lock pyproject.toml
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(BIN)/uv --version 2>/dev/null | grep -q "uv $(UV_VERSION)" || { $(BIN)/python -m ensurepip >/dev/null; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
	@$(BIN)/uv sync --frozen --quiet --inexact
	@touch $@

##@ Run
run: .venv/.installed ## Everything in one process on SQLite, with the demo organisation: no server needed
	@$(BIN)/python -m gateway

run-%: .venv/.installed ## One service alone, e.g. make run-survey (ANTIPHON_BUS_URL to speak with the others)
	@$(BIN)/uvicorn services.$*.app:app --port $${PORT:-8001} --no-access-log

up-local: .venv/.installed ## PostgreSQL, NATS JetStream, six services and the gateway as separate processes on this machine
	@$(BIN)/python -m infra.up_local

demo: .venv/.installed ## Play a contact centre's week through the public doors of a running house
	@$(BIN)/python -m infra.demo.week

##@ Check
check: lint types imports schema migrations ## All static checks, in this order
	@echo "check: all good"

lint: .venv/.installed ## Format and lint
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .

types: .venv/.installed ## mypy --strict
	@$(BIN)/mypy services gateway infra tests

imports: .venv/.installed ## The walls between the rooms
	@$(BIN)/lint-imports --no-cache

schema: .venv/.installed ## GraphQL, OpenAPI and event schemas in the repository match the code, and break nobody
	@$(BIN)/python -m gateway.schema_check
	@$(BIN)/python -m infra.contracts

migrations: .venv/.installed ## Models and migrations agree
	@for s in survey feedback routing knowledge customers insight gateway; do $(BIN)/python -m infra.migrate check $$s >/dev/null || exit 1; done

test: .venv/.installed ## All tests, on SQLite and PostgreSQL, in process and over JetStream; T=path for one
	@$(BIN)/pytest $(or $(T),-n 2 --dist loadfile --no-loadscope-reorder tests/e2e tests/integration tests/contract tests/unit)

test-fast: .venv/.installed ## What a developer runs all the time: unit tests; with S=survey that service on SQLite, too
	@$(BIN)/pytest -q tests/unit $(if $(S),tests/integration/$(S)) -n 2 --dist loadfile -k "not postgresql and not split"

bench: .venv/.installed ## Measure; B=house for one part. One JSON line per figure, the reference measured in the same run
	@$(BIN)/uv sync --frozen --quiet --inexact --group bench
	@$(BIN)/python -m tests.bench $(B)

bench-long: .venv/.installed ## The measurements that take long: a million survey events through killed dispatchers
	@$(BIN)/uv sync --frozen --quiet --inexact --group bench
	@REPLAY_EVENTS=$${REPLAY_EVENTS:-1000000} $(BIN)/python -m tests.bench survey_replay

knowledge-eval: .venv/.installed ## Try the knowledge search on a set of your own: DOCS=articles.jsonl QUERIES=questions.jsonl
	@$(BIN)/python -m tests.bench.peers.evaluate_knowledge $(DOCS) $(QUERIES) $(MOST)

routing-sim: .venv/.installed ## Play a day through routing: make routing-sim AGENTS=file CONTACTS=file POLICY=index
	@$(BIN)/python -m infra.routing_sim --agents "$(AGENTS)" --contacts "$(CONTACTS)" --policy "$(or $(POLICY),index)"

##@ Change
rebuild-timeline: .venv/.installed ## Make customers' timeline anew from what was heard, with progress; stopped, it goes on (A=--anew: from the start)
	@$(BIN)/python -m infra.rebuild_timeline $(A)

contracts: .venv/.installed ## Renew the committed OpenAPI, event and GraphQL documents (then read the difference)
	@$(BIN)/python -m infra.contracts --write && $(BIN)/python -m gateway.schema_check --write

migration: .venv/.installed ## make migration S=survey M="add quiet hours" (then read it)
	@$(BIN)/python -m infra.migrate revision $(S) "$(M)"

map: .venv/.installed ## What each service owns, says, hears and does
	@$(BIN)/python -m infra.map

key: .venv/.installed ## A key for a role: make key ROLE=analyst
	@$(BIN)/python -m gateway.keys issue --role $(or $(ROLE),administrator)

format: .venv/.installed ## Format and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
