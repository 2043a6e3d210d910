# Every task of the project. `make` alone lists them.

SHELL := /bin/bash
BIN := node_modules/.bin
SEEDS ?= 1000
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build demo test test-nodes unit check sim sim-bugs asan bench bench-growth bench-isolation bench-latency bench-transforms bench-chains bench-tune bench-worst docs clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Bring what is missing: system packages, npm packages, the compiled Kafka client and native reader
	@bash scripts/setup.sh

build: setup ## Compile the sources into dist/
	@$(BIN)/tsc -b

demo: build ## See it work: 50,000 events through an embedded broker to an OAuth2 endpoint
	@node worker/bin/tailrace.cjs demo

test: build ## Run every test: unit, property, simulation, embedded broker, real Kafka, Kafka Connect, the page in Chromium
	@SEEDS=$(SEEDS) bash scripts/test.sh unit sim broker apart reader portable kafka conformance browser

test-nodes: build ## Run the suite's short form on other Nodes (NODES='20 22 24 latest', SEEDS=n)
	@bash scripts/test-nodes.sh $(NODES)

unit: build ## Run the fast tests only
	@bash scripts/test.sh unit

check: build ## Types, lint, format, import rule, generated documents: under a minute
	@$(BIN)/biome ci .
	@node --test --test-reporter=dot dist/test/architecture.test.js
	@node dist/config/render-reference.js --check
	@node dist/worker/telemetry/render-metrics.js --check
	@node dist/worker/cli/render-commands.js --check
	@node dist/test/bench/render.js --check
	@bash scripts/vendor.sh --check
	@echo 'check: all good'

sim: build ## Run SEEDS=n simulated schedules on all cores (SEED=n replays one)
	@node dist/test/sim/main.js $(if $(SEED),--seed $(SEED) --trace,--seeds $(SEEDS) $(if $(FROM),--from $(FROM)))

asan: build ## Run the native reader's tests with AddressSanitizer
	@bash scripts/asan.sh

sim-bugs: build ## Show that the simulation finds every planted bug
	@node dist/test/sim/bugs.js

bench: build ## Measure records/s, CPU and memory beside the limit and a peer (RUNS=n COUNT=n ONLY=case BACKLOG=n)
	@node dist/test/bench/main.js

bench-growth: build ## Measure the cost per record as partitions, connectors, backlog and record size grow
	@node dist/test/bench/growth.js

bench-isolation: build ## Measure what quiet and stuck partitions cost the busy ones
	@node dist/test/bench/isolation.js

bench-latency: build ## Measure milliseconds from send to arrival at low traffic, and idle CPU
	@node dist/test/bench/latency.js

bench-transforms: build ## Measure chains of transforms beside Kafka Connect on the JVM
	@node dist/test/bench/transforms.js

bench-chains: build ## Measure each transform by itself, beside JSON.parse + JSON.stringify
	@node dist/test/bench/chains.js

bench-tune: build ## Measure what tune recommends beside the best of a full grid, on made-up endpoints
	@node dist/test/bench/tune.js

bench-worst: build ## Measure what the worst records and answers cost: the loop held, memory
	@node dist/test/bench/worst.js

docs: build ## Render the generated documents anew
	@node dist/config/render-reference.js
	@node dist/worker/telemetry/render-metrics.js
	@node dist/worker/cli/render-commands.js
	@node dist/test/bench/render.js
	@bash scripts/vendor.sh

clean: ## Remove what was compiled (packages stay)
	@rm -rf dist .cache coverage worker/kafka/reader/build worker/kafka/reader/build.log
