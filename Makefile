# One command per task; `make help` lists them. Each is a small script in scripts/ that says what it does.

.DEFAULT_GOAL := help
.PHONY: help demo demo-audit test soak fuzz fuzz-decoders bench bench-console bench-endorsement bench-functions bench-marbles \
	bench-network bench-triggers build format lint protos reference clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: ## show Marbles in the browser, with a network, functions and logs, from a fresh clone
	@scripts/demo

demo-audit: ## show how a recorded ledger is worked out anew, and a forgery found
	@scripts/demo-audit

test: ## install what is missing, build, check and run every test
	@scripts/test

soak: ## kill triggers and nodes under load, many times (ROUNDS=20 SEEDS=5)
	@scripts/soak

fuzz: ## property tests with many fresh seeds, then libFuzzer on the decoders (ROUNDS=20 SECONDS_EACH=60)
	@scripts/fuzz
	@scripts/fuzz-decoders

fuzz-decoders: ## let libFuzzer look for input that breaks a decoder (SECONDS_EACH=60)
	@scripts/fuzz-decoders

bench-functions: ## measure functions through HTTP, on an optimised build
	@CONFIGURATION=release scripts/build
	@python3 Benchmarks/functions.py

bench-endorsement: ## measure what checks and contracts' calls of functions add to transactions
	@scripts/setup test
	@CONFIGURATION=release scripts/build
	@.venv/bin/python Benchmarks/endorsement.py

bench-console: ## measure the console in a browser on 100,000 blocks (BLOCKS=…)
	@scripts/bench-console

bench-marbles: ## measure the demonstration's pages on 10,000 marbles of 100 owners (MARBLES=… OWNERS=…)
	@scripts/bench-marbles

bench-network: ## measure transactions, answers and events over gRPC and TLS (FILTER=…)
	@scripts/bench-network

bench-triggers: ## measure triggers, from commits to functions and through history
	@scripts/bench-triggers

bench: ## measure the inner loops, on an optimised build (FILTER=…)
	@scripts/bench

build: ## install what is missing and build the program (CONFIGURATION=release for speed)
	@scripts/setup build
	@scripts/build

format: ## lay out all Swift files
	@scripts/format

lint: ## check layout and scripts without changing anything
	@scripts/lint

protos: ## generate Swift from Protos/ again
	@scripts/generate-protos

reference: ## write the reference pages from the program again
	@scripts/reference

clean: ## remove everything that was built or installed here
	rm -rf .build .venv .venv-fabric
