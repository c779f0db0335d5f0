# taizhang: build, try and test. `make help` lists the targets.
GO      ?= go
BIN     := bin/taizhang
DEMO    ?= demo
VERSION := $(shell sed -n 's/^\#\# \[\{0,1\}\([0-9][^] ]*\).*/\1/p' CHANGELOG.md | head -n 1)
LDFLAGS := -s -w -X main.version=$(VERSION)

comma   := ,
# The C++ library goes into the program where there is one to go in: it starts in three quarters of the time, and runs where an
# older one is installed. A folder of its own holds it, since linkers prefer a shared one that lies in the same.
CXXLIB  := $(wildcard $(shell $(or $(CXX),c++) -print-file-name=libstdc++.a 2>/dev/null))
STATIC  := $(if $(CXXLIB),-extldflags '-L$(abspath bin/cxx) -static-libgcc -Wl$(comma)--exclude-libs$(comma)ALL')

# A test binary of each of two dozen packages has DuckDB in it: gold links one in half the time, without names for debuggers in
# a third less.
TESTLD  := -ldflags='-s -w$(if $(shell command -v ld.gold 2>/dev/null), -extldflags=-fuse-ld=gold)'

.PHONY: help demo build test test-all test-scale test-trino test-schema soak look vet bench bench-quick bench-peers bench-web bench-scale bench-goals bench-scale-trino pictures generate dist clean prerequisites

# What tests want to read is in English; make demo speaks the language of the user. Files with Chinese names want UTF-8.
test test-all test-scale test-trino test-schema soak bench bench-quick bench-peers bench-web bench-scale bench-goals bench-scale-trino pictures: export LC_ALL := C.UTF-8

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build, make the demo zone in ./demo, show what comes out
	@rm -rf '$(DEMO)'
	@$(BIN) demo '$(DEMO)'

build: prerequisites ## build bin/taizhang
	@$(if $(CXXLIB),mkdir -p bin/cxx && ln -sf '$(CXXLIB)' bin/cxx/)
	@$(GO) build -trimpath -ldflags "$(LDFLAGS) $(STATIC)" -o $(BIN) ./cmd/taizhang

# What is left out calls tooltest.Thorough, or is a script that begins with [short]. CI leaves nothing out. -vet=off: `vet`
# has looked at everything already, and go test would do a part of that once more for each package. staticcheck takes as long as
# a tenth of the tests: CI and `make vet` run it.
test: prerequisites $(if $(CI),vet,look) ## run the tests, but without those that take many seconds each
	@$(GO) test -vet=off $(TESTLD) $(if $(CI),,-short) -timeout 60m ./...
	@$(if $(CI),,echo "left out: $$(grep -rE '^(	tooltest\.Thorough\(t\)|\[short\] skip)' --include='*_test.go' --include='*.txtar' . | wc -l) thorough tests, which make test-all runs too")

test-all: prerequisites vet ## run all tests (half an hour on two cores), as CI does
	@$(GO) test -vet=off $(TESTLD) -timeout 60m ./...

SCALE_ROWS    ?= 500000
SCALE_RETURNS ?= 3000

test-scale: prerequisites ## test what a large zone costs (minutes; SCALE_ROWS=5000000 SCALE_RETURNS=20000 for the full size)
	@TAIZHANG_TEST_SCALE=1 TAIZHANG_BENCH_ROWS=$(SCALE_ROWS) TAIZHANG_BENCH_RETURNS=$(SCALE_RETURNS) \
		$(GO) test -timeout 80m -count 1 -v -run 'TestScale' ./cmd/taizhang

SOAK ?= 10m
ONLY ?= TestSoak|TestEveryStep|TestDamagedWarehouse|TestClockStepsBack

# Each of the tests takes SOAK at most; what they say is in docs/reliability.md. TAIZHANG_SOAK_SEED=N repeats a mix.
soak: prerequisites ## mix returns, corrections, kills, full disks, clock steps, lost blocks, readers, restores (SOAK=1h ONLY=TestSoak)
	@TAIZHANG_SOAK=$(SOAK) TAIZHANG_TEST_STEPS=all $(GO) test -timeout 0 -count 1 -v -run '^($(ONLY))$$' ./cmd/taizhang

# Trino (821 MB, by Maven) and a Java 24 or newer are kept in the user's cache folder; TAIZHANG_TRINO_CACHE=DIR elsewhere.
test-trino: prerequisites ## prove on a Trino cluster that it gives DuckDB's figures (minutes; QUICK=1 asks for fewer figures, ROWS=5000000 adds a large zone)
	@TAIZHANG_TEST_TRINO=1 TAIZHANG_TEST_TRINO_ROWS=$(ROWS) TAIZHANG_TEST_TRINO_QUICK=$(QUICK) $(GO) test -timeout 60m -count 1 $(if $(CI),,-v) -run '^TestTrino$$' ./cmd/internal/trinotest

# The schemas come by Maven, 15 MB.
test-schema: prerequisites ## prove that every workbook and document that goes out keeps to the schemas of ECMA-376
	@TAIZHANG_TEST_SCHEMA=1 $(GO) test -timeout 20m -count 1 $(if $(CI),,-v) -run '^TestOfficeSchemas$$' ./cmd/taizhang

look: prerequisites
	@test -z "$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null))" || { echo 'not gofmt-ed:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) vet ./...

vet: look ## look for mistakes: gofmt, vet, staticcheck (pinned in go.mod)
	@$(GO) tool staticcheck ./...

bench: prerequisites ## run the benchmarks (minutes)
	@$(GO) test -run '^$$' -bench . -benchtime 3x ./...

bench-quick: prerequisites ## run every benchmark once
	@$(GO) test -run '^$$' -bench . -benchtime 1x ./...

# SMALL=1: a small set that compares rows only, and fails where they differ. ROWS=intake,csv measures these alone; ROUNDS=3.
bench-peers: build ## beside polars, pandas, calamine, DuckDB on the same files; writes docs/benchmarks.md (SMALL=1 ROWS=intake ROUNDS=3)
	@$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/alone ./cmd/internal/alone
	@$(GO) run ./bench $(if $(SMALL),-small) $(if $(ROWS),-rows '$(ROWS)') $(if $(ROUNDS),-rounds $(ROUNDS))

bench-web: prerequisites ## 60 clerks, 20 readers and 5 analysts at the page within a minute (ROWS=5000000 also asks for the pages of a zone of that size)
	@TAIZHANG_BENCH_WEB=1 TAIZHANG_BENCH_WEB_ROWS=$(ROWS) $(GO) test -count 1 -v -timeout 60m -run 'Test(Load|Large)$$' ./cmd/internal/web

OUTGROW_ROWS := 200000,1000000,10000000

bench-scale: prerequisites ## all models and an export at up to 10 million rows: how far one machine goes; writes docs/benchmarks.md (ROWS=1000000)
	@TAIZHANG_BENCH_SCALE=$(or $(ROWS),$(OUTGROW_ROWS)) $(GO) test -count 1 -v -timeout 0 -run 'TestOutgrowing$$' ./cmd/taizhang

GOALS_ROWS := 50000,5000000

bench-goals: prerequisites ## what commands cost a small and a large office; writes docs/benchmarks.md (an hour and 30 GB; ROWS=50000,500000: minutes)
	@TAIZHANG_BENCH_GOALS=$(or $(ROWS),$(GOALS_ROWS)) $(GO) test -count 1 -v -timeout 0 -run '^TestGoals$$' ./cmd/taizhang

bench-scale-trino: prerequisites ## all models on Trino by 1, 2 and 3 workers of this machine, as far as that tells; writes docs/benchmarks.md (ROWS=1000000)
	@TAIZHANG_BENCH_TRINO=$(or $(ROWS),1000000) $(GO) test -count 1 -v -timeout 0 -run '^TestScaleTrino$$' ./cmd/internal/trinotest

# PICTURES=folder; every page at 1366, 768 and 390 pixels, to be looked at by eye. Those that the READMEs show go into
# docs/pictures.
PICTURES ?= pictures

pictures: prerequisites ## make pictures of every page in ./pictures, at three widths, and those of the READMEs (Chromium, LibreOffice)
	@mkdir -p '$(PICTURES)'
	@TAIZHANG_PICTURES="$(abspath $(PICTURES))" TAIZHANG_README="$(abspath docs/pictures)" $(GO) test -count 1 -timeout 30m -run 'TestBrowser|TestReadmePictures' ./cmd/internal/web

generate: prerequisites ## write the generated documents in docs/
	@$(GO) generate ./...

# What it needs beside Go is said in cmd/taizhang/dist.sh, and by name where it is missing.
dist: ## make archives for office PCs in ./dist: windows-amd64, linux-amd64, linux-arm64 (MinGW, npm, Python; TARGETS=windows-amd64)
	@cmd/taizhang/dist.sh '$(VERSION)' $(TARGETS)

clean: ## remove what make built
	@rm -rf bin dist '$(DEMO)'

# A missing tool is named with the command that installs it.
prerequisites:
	@command -v $(GO) >/dev/null || { echo 'error: Go is missing. Install it with: sudo apt-get install golang-go (1.26 or newer; or from go.dev/dl)'; exit 1; }
	@$(GO) version | awk '{split(substr($$3,3),v,"."); if (v[1]<1 || v[1]==1 && v[2]<26) {print "error: Go 1.26 or newer is needed, this is " $$3 ". Install it from go.dev/dl"; exit 1}}'
	@command -v $${CXX:-c++} >/dev/null || command -v g++ >/dev/null || { echo 'error: a C++ compiler is missing (DuckDB is linked with it). Install it with: sudo apt-get install g++'; exit 1; }
	@test "$$($(GO) env CGO_ENABLED)" = 1 || { echo 'error: cgo is off. Turn it on with: go env -w CGO_ENABLED=1'; exit 1; }
