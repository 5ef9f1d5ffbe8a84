# Maguey. `make` alone lists what there is. Every target installs what it misses (tools/bootstrap.sh) and says so.
.DEFAULT_GOAL := help
.PHONY: help run reset test soak lint fmt check bench migrate k8s-render k8s-check alerts-check pictures vendor
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
BIN := $(TARGET_DIR)/debug

help:  ## list the targets
	@sed -n 's/^\([a-z0-9-]*\): .*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  make %-14s%s\n' "$$name" "$$what"; done

run: ## the whole club on this machine: three sites, and a sandbox for payments and mail; Ctrl-C stops it
	@tools/bootstrap.sh run
	@cargo build --workspace --bins
	@exec $(BIN)/devstack up

reset: ## drop what `make run` keeps in .local: database, messages, keys
	@tools/bootstrap.sh run
	@cargo build --quiet -p devstack --bins
	@$(BIN)/devstack reset

test: ## everything: units, properties, real PostgreSQL and NATS, journeys in a real browser
	@tools/bootstrap.sh test
	cargo build --workspace --all-targets
	$(BIN)/devstack with-parts -- cargo test --workspace --no-fail-fast

lint: ## formatting, clippy with warnings denied, licences, sources, advisories
	@tools/bootstrap.sh lint
	@tools/lint.sh

fmt: ## format the code
	cargo fmt --all

check: ## the compiler's opinion, fast
	@tools/bootstrap.sh check
	cargo check --workspace --all-targets

soak: ## the tests of faults and races as often as only a long night can: 500 kills, 1,000 refunds against scans; hours
	@tools/bootstrap.sh test
	cargo build --workspace --all-targets
	MAGUEY_SOAK=1 $(BIN)/devstack with-parts -- cargo test --workspace --no-fail-fast -- outages:: faults::

bench: ## measure each aim beside its limit on this machine (release build; takes a while)
	@tools/bootstrap.sh bench
	cargo build --workspace --bins --profile measure
	$(TARGET_DIR)/measure/devstack with-parts --durable -- $(TARGET_DIR)/measure/maguey-bench all
	$(TARGET_DIR)/measure/devstack with-parts --durable -- $(TARGET_DIR)/measure/maguey-bench growth

migrate: ## bring the database of `make run` (or ADMIN_DATABASE_URL) up to date
	@tools/bootstrap.sh run
	@cargo build --quiet --workspace --bins
	@$(BIN)/devstack migrate

k8s-render: ## write what the manifests share with the local gateway (Envoy, NATS) into k8s/base
	@cargo build --quiet --workspace --bins
	@$(BIN)/devstack render-k8s

k8s-check: ## build every overlay and hold it against Kubernetes' schemas and Envoy's validator, offline
	@tools/bootstrap.sh k8s
	@cargo build --quiet --workspace --bins
	@tools/k8s-check.sh

alerts-check: ## hold Prometheus' configuration and alerts against promtool: valid, tested, each with its runbook
	@tools/bootstrap.sh alerts
	@tools/alerts-check.sh

pictures: ## walk the journeys in a browser and put their pictures into docs/pictures, where the README shows them
	@tools/bootstrap.sh test
	@cargo build --workspace --all-targets
	@mkdir -p docs/pictures
	MAGUEY_PICTURES=$(CURDIR)/docs/pictures $(BIN)/devstack with-parts -- cargo test -p e2e --test it -- journeys:: at_the_door::

vendor: ## fetch the browser libraries again, at their pinned versions, with their licences
	@tools/vendor.sh
