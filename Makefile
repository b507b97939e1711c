# Concordat: the commands of the house. `make help` lists them. Everything runs from a fresh clone on Debian with Swift.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help deps deps-interop deps-bench build demo test test-long interop check lint bench fuzz install clean

SWIFT ?= swift
# Where `install` puts the binary and the unit. DESTDIR is for packagers.
PREFIX ?= /usr/local
UNITDIR ?= /etc/systemd/system
DESTDIR ?=
# The release binary carries the Swift runtime, so that the target machine needs none.
RELEASE_FLAGS ?= --static-swift-stdlib
# How long `make fuzz` looks, and how often the kill test pulls the plug.
FUZZ_SECONDS ?= 60
# Random protocols, of 200 cases each, on which `make fuzz` compares the judge with the naive interpreter.
FUZZ_PROTOCOLS ?= 5000
KILLS ?= 5
KILLS_LONG ?= 20

PACKAGES = libssl-dev libsqlite3-dev pkg-config openssl curl python3-jsonschema python3-cryptography python3-yaml
PACKAGES_INTEROP = golang-go golang-golang-x-mod-dev procps
PACKAGES_BENCH = nginx procps python3-venv
# Cedar, which the benchmark asks the judge's questions too; nothing else needs it.
CEDARPY = 4.12.2
CEDAR_PYTHON = .build/bench-cedar/bin/python

# Shell: installs those of the packages in $(1) that are missing; nothing is run or downloaded when all are there.
define install-missing
set -eu; \
command -v dpkg-query >/dev/null 2>&1 || { \
    echo 'make deps: this is not Debian; install what these packages hold by your own means,' >&2; \
    echo '  and run make with DEPS=present: $(1)' >&2; exit 1; }; \
missing=''; \
for package in $(1); do \
    case "$$(dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null || :)" in \
    'install ok installed') ;; \
    *) missing="$$missing $$package" ;; \
    esac; \
done; \
[ -n "$$missing" ] || exit 0; \
echo "make deps: installing$$missing"; \
as_root=''; \
if [ "$$(id -u)" -ne 0 ]; then \
    command -v sudo >/dev/null 2>&1 || { echo 'make deps: run it as root, or install sudo' >&2; exit 1; }; \
    as_root=sudo; \
fi; \
$$as_root env DEBIAN_FRONTEND=noninteractive apt-get update; \
$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$missing
endef

# DEPS=present skips the packages, for systems that bring them in another way.
DEPS ?= debian
ifeq ($(DEPS),present)
install-missing = :
endif

help: ## this list
	@awk -F ': |## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$NF }' Makefile

deps: ## install what is missing from Debian; no-op where all is there
	@$(call install-missing,$(PACKAGES))
	@command -v $(SWIFT) >/dev/null 2>&1 || { echo 'make deps: swift is missing; see https://www.swift.org/install' >&2; exit 1; }

deps-interop:
	@$(call install-missing,$(PACKAGES_INTEROP))

deps-bench:
	@$(call install-missing,$(PACKAGES_BENCH))
	@$(CEDAR_PYTHON) -c 'from importlib.metadata import version; assert version("cedarpy") == "$(CEDARPY)"' 2>/dev/null || { \
	    /usr/bin/python3 -m venv --clear .build/bench-cedar && \
	    $(CEDAR_PYTHON) -m pip install --quiet --only-binary :all: cedarpy==$(CEDARPY); }

build: deps ## build everything, debug
	$(SWIFT) build

demo: deps ## the whole story on this machine, in seconds once it is built
	$(SWIFT) build --product concordat
	"$$($(SWIFT) build --show-bin-path)/concordat" demo

# One debug build for unit tests and system tests. What only computes runs apart: it keeps every core busy for minutes, and a
# test of a server must not wait for its turn longer than the server waits.
COMPUTING = ^Concordat(Terms|JSON|Crypto|Payload|Log|Decision|Protocols)Tests\.|^FailCaseTests\.
test: deps ## every test of an ordinary day
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --skip '$(COMPUTING)'
	$(SWIFT) test --skip-build --filter '$(COMPUTING)'
	CONCORDAT="$$($(SWIFT) build --show-bin-path)/concordat" CONCORDAT_KILLS=$(KILLS) Tests/system/run.sh

# Each sanitizer has a build directory of its own, and its tests run one after the other: they are many times slower, and a server
# waits for a peer no longer for that. A crash under one must not wait for the backtracer.
test-long: test ## the long differential and mutation runs, 20 kills under load, sanitizers
	CONCORDAT_DIFFERENTIAL=long $(SWIFT) test --skip-build --filter 'Differential|ConcordatDecisionTests.PropertyTests'
	CONCORDAT_MUTATION=long $(SWIFT) test --skip-build --filter ShippedMutationTests
	CONCORDAT="$$($(SWIFT) build --show-bin-path)/concordat" CONCORDAT_KILLS=$(KILLS_LONG) Tests/system/run.sh kill
	LSAN_OPTIONS="suppressions=$(CURDIR)/Tests/sanitizers/leak.supp" SWIFT_BACKTRACE=enable=no \
	    $(SWIFT) test --no-parallel --sanitize address --scratch-path .build-asan \
	    --filter 'ConcordatJSONTests|ConcordatPayloadTests|ConcordatCryptoTests|ConcordatTransportTests'
	TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/sanitizers/thread.supp" SWIFT_BACKTRACE=enable=no \
	    $(SWIFT) test --no-parallel --sanitize thread --scratch-path .build-tsan \
	    --filter 'ConcordatTransportTests|ConcordatCoreTests|ConcordatStoreTests|ConcordatDataPlaneTests'

interop: deps deps-interop ## have Go's sumdb packages check a live log
	$(SWIFT) build --product concordat
	CONCORDAT="$$($(SWIFT) build --show-bin-path)/concordat" Tests/Interop/run.sh

lint: ## check the format of every Swift file
	$(SWIFT) format lint --strict --configuration .swift-format --recursive Package.swift Sources Tests

check: lint test ## what must pass before a commit: format, build, tests, walls

bench: deps deps-bench ## messages a second beside nginx, and judgements beside Cedar, in the same run
	$(SWIFT) build --configuration release --product concordat
	CONCORDAT="$$($(SWIFT) build --configuration release --show-bin-path)/concordat" Tests/bench/run.sh

fuzz: deps ## feed the readers for FUZZ_SECONDS (60); what breaks them becomes a file under FailCases/
	CONCORDAT_FUZZ=1 $(SWIFT) run --configuration release --scratch-path .build-fuzz fuzz --seconds $(FUZZ_SECONDS)
	CONCORDAT_FUZZ=1 $(SWIFT) run --configuration release --scratch-path .build-fuzz fuzz \
	    --differential --protocols $(FUZZ_PROTOCOLS) --cases 200

install: deps ## build for release and install binary and unit under DESTDIR, PREFIX
	$(SWIFT) build --configuration release --product concordat $(RELEASE_FLAGS)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(UNITDIR)"
	install -m 0755 "$$($(SWIFT) build --configuration release --show-bin-path)/concordat" "$(DESTDIR)$(PREFIX)/bin/concordat"
	sed 's|/usr/local/bin/concordat|$(PREFIX)/bin/concordat|' systemd/concordat.service >"$(DESTDIR)$(UNITDIR)/concordat.service"
	chmod 0644 "$(DESTDIR)$(UNITDIR)/concordat.service"

clean: ## remove what was built; deployments and certificates stay
	rm -rf .build .build-asan .build-tsan .build-fuzz
	find Tests -type d -name __pycache__ -prune -exec rm -rf {} +
