# Everything a contributor runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export PATH := $(CURDIR)/.python/bin:$(PATH)

SWIFT ?= swift
JOBS ?= 2
# As it is deployed (deploy/README.md): Swift's runtime within the executable, which also calls it faster.
RELEASE = -c release --static-swift-stdlib
SWIFT_FILES = $$(git ls-files --cached --others --exclude-standard '*.swift')

.PHONY: help setup build test test-long demo bench lint format docs clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14

setup: ## install what is missing (quiet when nothing is)
	@scripts/setup.sh

build: setup ## release executables in .build/release
	@$(SWIFT) build $(RELEASE) -j $(JOBS)

test: setup ## all tests, in a debug build
	@$(SWIFT) build --build-tests -j $(JOBS)
	@$(SWIFT) test --skip-build --no-parallel

test-long: test ## the tests, a million generated rules, 5,000 faults, 200 kills, the transport under AddressSanitizer (own build folder)
	@COUNTERSIGN_LONG=1 $(SWIFT) test --skip-build --no-parallel --filter CallbackRulesTests.DifferentialTests
	@COUNTERSIGN_LONG=1 $(SWIFT) test --skip-build --no-parallel --filter 'DecisionLedgerTests.(SeededRunTests|KillTests)'
	@$(SWIFT) build --build-tests -j $(JOBS) --sanitize=address --scratch-path .build-asan
	@ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --skip-build --no-parallel --sanitize=address --scratch-path .build-asan \
		--filter 'HTTPSTransportTests|SystemCryptoTests|SystemPostgresTests|SystemSQLiteTests'

demo: build ## the whole flow on documented payloads, with a transcript
	@scripts/demo.sh

bench: setup ## decisions per second against the RSA bound of this CPU
	@COUNTERSIGN_BENCHMARK=1 $(SWIFT) build $(RELEASE) -j $(JOBS)
	@.build/release/rules-speed
	@rm -rf .build/ledger-speed
	@.build/release/ledger-speed .build/ledger-speed 1000000
	@.build/release/ledger-speed verify .build/ledger-speed/ledger.sqlite
	@rm -rf .build/ledger-speed
	@.build/release/ledger-speed postgres 20000
	@python3 Benchmarks/run.py

lint: setup ## formatting and house rules
	@$(SWIFT) format lint --strict --parallel --configuration .swift-format $(SWIFT_FILES)
	@scripts/lint.sh

format: setup ## format in place
	@$(SWIFT) format --in-place --parallel --configuration .swift-format $(SWIFT_FILES)

docs: build ## write the JSON Schema and the command reference from the executables
	@scripts/docs.sh

clean: ## remove what builds leave
	@rm -rf .build .build-asan .python
