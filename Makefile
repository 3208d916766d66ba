# Everything is done by tools/dev.py, which also works where make is missing: python3 tools/dev.py run
PYTHON ?= python3
DEV := $(PYTHON) tools/dev.py

.DEFAULT_GOAL := help
.PHONY: help run test smoke check bench doctor setup lock

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: ## set up and run the whole product with a pretend Jira; Ctrl-C ends it
	@$(DEV) run $(ARGS)

test: ## set up and run the checks and every test (ARGS="-k name" for some)
	@$(DEV) test $(ARGS)

smoke: ## the main job without a browser; the last line is one JSON object
	@$(DEV) smoke $(ARGS)

check: ## format, lint, types, import contracts, dependencies, dead code, locks
	@$(DEV) check

bench: ## measure side by side with others; writes bench/results.json
	@$(DEV) bench $(ARGS)

doctor: ## what runs here and where it comes from
	@$(DEV) doctor

setup: ## the set-up alone; every other target does it by itself
	@$(DEV) setup

lock: ## make the lock files anew (needs uv and npm)
	@$(DEV) lock
