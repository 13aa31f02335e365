# make test is the whole check, the same on every machine and in CI. It installs
# what it needs, so that a fresh Debian machine with Go can run it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The releases that the checks were written for.
GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION := v1.9.0
GREMLINS_VERSION := v0.6.0

# How long make fuzz gives each fuzzer.
FUZZTIME := 60s
# Which rooms make mutants changes; all of its own if empty.
MUTATE :=
# Which benchmarks make bench runs.
BENCH := .

golangci-lint := .tools/golangci-lint-$(GOLANGCI_LINT_VERSION)
govulncheck := .tools/govulncheck-$(GOVULNCHECK_VERSION)
gremlins := .tools/gremlins-$(GREMLINS_VERSION)

.PHONY: help test setup generated vet lint unit e2e vuln generate fmt release-schema fuzz soak bench compare house mutants manifests

help: ## what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

# Cheap and common findings first.
test: setup generated vet lint unit e2e ## everything that must hold

setup: ## the system packages that the checks need (Debian; others install gcc themselves)
	@.ci/setup

generated: ## generated code is what go generate makes of the schema
	@.ci/generated

vet:
	go vet ./...

lint: $(golangci-lint) ## golangci-lint, formatting included
	$(golangci-lint) run --allow-parallel-runners ./...

# -count=1: a cached result would not notice what other packages import, and
# internal/archtest is about just that. The seeds of all fuzzers run here too.
unit: ## all Go tests, under the race detector; a short round of the comparison; what deploy/ describes
	go test -race -count=1 ./...
	cd bench && go vet ./... && go test -count=1 ./...
	cd deploy/check && go vet ./... && go test -count=1 ./...

e2e: ## the program in a browser and in real clients
	@if [ -x e2e/run ]; then e2e/run; fi

vuln: $(govulncheck) ## known vulnerabilities in what is linked (needs a network)
	$(govulncheck) ./...

generate: ## what go generate makes of the schema
	go generate ./...

fmt: $(golangci-lint) ## format
	$(golangci-lint) fmt ./...

release-schema: ## the schema becomes the released one, last before a release is tagged
	go build -buildvcs=false -o .artifacts/paymentlinks . && node e2e/schema/release.mjs

manifests: ## what the chart in deploy/helm renders, written to deploy/kubernetes
	cd deploy/check && go test -count=1 -run='^TestManifests' . -update

house: ## draw docs/house.md from the imports
	go test -count=1 -run='^TestHousePage$$' ./internal/archtest -update

fuzz: ## every fuzzer for FUZZTIME, one at a time
	@.ci/fuzz $(FUZZTIME)

soak: ## the tests of mixed-up answers and of interleavings at full length, under the race detector
	go test -race -count=1 -timeout=10m ./internal/billpocket ./internal/snapshot -args -soak
	go test -count=1 -tags=soak -run='^TestSoak' -timeout=20m -v . ./internal/attack

bench: ## every benchmark that matches BENCH, with allocations
	go test -run='^$$' -bench='$(BENCH)' -benchmem ./...

compare: ## requests a second beside other GraphQL servers (half an hour, a quiet machine)
	bench/run

mutants: $(gremlins) ## small changes to the costliest rooms that no test notices (hours; MUTATE=./internal/money for one)
	@.ci/mutants $(gremlins) $(MUTATE)

$(gremlins):
	.ci/install github.com/go-gremlins/gremlins/cmd/gremlins $(GREMLINS_VERSION)

$(golangci-lint):
	.ci/install github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_LINT_VERSION)

$(govulncheck):
	.ci/install golang.org/x/vuln/cmd/govulncheck $(GOVULNCHECK_VERSION)
