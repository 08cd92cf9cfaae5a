# Everything a person does with this repository. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup run demo demo-mail test check fix bench bench-peers soak fuzz image

BIN := .venv/bin
CONFIG ?= config/gateway.toml
PYTEST_ARGS ?=
DEMO_ARGS ?=

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready ## make .venv/ with the locked dependencies

.venv/.ready: pyproject.toml uv.lock scripts/setup
	@scripts/setup

run: setup $(CONFIG) ## run the daemon in the foreground, on SQLite, with no account anywhere
	@$(BIN)/gateway --config $(CONFIG) serve

$(CONFIG): | setup
	@$(BIN)/gateway --config $(CONFIG) init --defaults >/dev/null
	@echo "Wrote $(CONFIG), a starter config: every key is explained in it."

demo: setup ## play a conversation across mail, Slack and Telegram through a daemon of its own
	@$(BIN)/python -m tests.demo --config $(CONFIG) $(DEMO_ARGS)

demo-mail: setup ## play one by mail alone, through the running daemon
	@$(BIN)/gateway --config $(CONFIG) demo

test: setup ## install the servers the tests need, and run every test
	@scripts/install-test-servers
	@$(BIN)/pytest -n 2 $(PYTEST_ARGS)

check: setup ## formatter, linter, types, import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: setup ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## the benchmarks, with their ratios
	@scripts/install-test-servers
	@$(BIN)/python -m tests.benchmarks

bench-peers: setup ## the benchmarks beside other systems, installed apart
	@$(BIN)/python -m tests.benchmarks.peers

soak: setup ## the kill tests, a thousand rounds (an hour or more)
	@scripts/install-test-servers
	@GATEWAY_TEST_KILLS=1000 $(BIN)/pytest -m soak $(PYTEST_ARGS)

fuzz: setup ## the property tests over hostile input, many more examples
	@HYPOTHESIS_PROFILE=fuzz FUZZ_SECONDS=600 $(BIN)/pytest -m fuzz $(PYTEST_ARGS)

image: ## build the container image
	docker build --tag helpdesk-gateway .
