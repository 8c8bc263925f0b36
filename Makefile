# Targets explain themselves: `make` lists them.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Go and npm keep their caches in the home folder. Without one that can be
# written to, they go below .cache.
ifneq ($(shell test -d "$$HOME" -a -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/.cache/home
endif

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
FUZZ_TIME ?= 20s
BENCH_ARGS ?=

.PHONY: help build run test check race bench fuzz ui ui-check e2e screenshots prereq interop clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start the demo: private PostgreSQL, two simulated carriers, demo programs
	@bin/repartee demo

build: prereq ui ## build bin/repartee, with the admin UI
	@mkdir -p bin "$$HOME"
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-X main.version=$(VERSION)" -o bin/repartee ./cmd/repartee

test: prereq interop ui-check check e2e ## run everything: static checks, unit, property, PostgreSQL, interoperability, UI and browser tests
	go test -shuffle=on -timeout 8m ./...

check: prereq ## run the static checks: vet, format, staticcheck, known vulnerabilities, go.mod, generated files
	@scripts/check.sh

race: prereq interop ## run the tests with the race detector (needs a C compiler)
	go test -race -shuffle=on -timeout 20m ./...

bench: build ## run the Go benchmarks, then the whole way over real SMPP (BENCH_ARGS=… for `repartee bench`)
	go test -run '^$$' -bench . -benchmem ./...
	bin/repartee bench $(BENCH_ARGS)

fuzz: prereq ## run every fuzz target for FUZZ_TIME (20s)
	@scripts/fuzz.sh $(FUZZ_TIME)

ui: prereq ## build the admin UI into admin/web/dist
	@scripts/ui.sh

ui-check: prereq
	@scripts/ui.sh check

e2e: build ## run the browser tests: a fresh demo and Chromium, axe on every page
	@cd admin/web && npm run --silent e2e

screenshots: build ## take screenshots of every page: of the guide into docs/screenshots, others into .cache/screenshots
	@cd admin/web && npm run --silent screenshots

clean: ## remove what the other targets built
	rm -rf bin

# What the machine must have, and the packages of the tests that speak to
# software in other languages.
prereq:
	@mkdir -p "$$HOME"
	@scripts/prereq.sh

interop:
	@scripts/interop.sh
