# `make start`, `make demo` and `make test` do everything. Each sets itself up from the lock file; only Python 3.11+ and make are needed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
WORKERS ?= 3
UV_VERSION := 0.13.9
UV := $(CURDIR)/.uv/bin/uv
RUN := .venv/bin/python -m
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
UNIT := tests/unit --ignore=tests/unit/matching --ignore=tests/unit/impact --ignore=tests/unit/sources/remote

export UV_COMPILE_BYTECODE := 1
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help faults mutate sbom outlines check-licences check-types check-imports check-sql check-definitions rendered messages-kill wheel-test ways docs start fuzz demo test check lint unit wheel dashboard dagster report reference simulate parity incremental parity-spark bench bench-readers bench-impact bench-matching bench-wishes bench-scale bench-million bench-sources clean format browser

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(UV):
	@echo "Setting up: uv $(UV_VERSION) into .uv ..."
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Python 3.11 or newer is needed; found %d.%d. Set PYTHON=python3.11." % v[:2])'
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/uv.txt

$(READY): uv.lock pyproject.toml | $(UV)
	@echo "Setting up: packages from uv.lock into .venv ..."
	@$(UV) sync --frozen --quiet --no-default-groups --python $(PYTHON)
	@touch $@

$(READY_DEV): uv.lock pyproject.toml | $(UV)
	@echo "Setting up: packages and test tools from uv.lock into .venv ..."
	@$(UV) sync --frozen --quiet --group docs --python $(PYTHON)
	@touch $(READY) $@

fuzz: $(READY_DEV) ## Break the samples of every format in thousands of ways (FUZZ_TRIES each), and give every property new examples
	@FUZZ_TRIES=$${FUZZ_TRIES:-500} $(RUN) pytest -q tests/fuzz
	@HYPOTHESIS_PROFILE=searching $(RUN) pytest -q -n $(WORKERS) $$(grep -rlE "^from hypothesis" --include='test_*.py' tests)

start: $(READY) ## Set up and open Add data in the browser: from your files to a dashboard
	@$(RUN) pipelines.cli start $(FILES)

demo: $(READY) ## Set up, run everything on the demo company, say what was found
	@$(RUN) pipelines.cli demo

report: $(READY) ## Render the leadership report from the published snapshot
	@$(RUN) pipelines.cli report

dashboard: $(READY) ## Open the dashboards on localhost:8501
	@$(RUN) pipelines.cli dashboard

dagster: $(READY) ## Open Dagster on localhost:3000
	@$(RUN) pipelines.cli dagster

browser: $(READY_DEV)
	@$(RUN) tests.chromium
	@$(RUN) tests.postgres
	@$(RUN) tests.oidc_provider

test: $(READY_DEV) ## Set up and run every test, browser tests included; WORKERS= processes at a time
	@$(MAKE) --no-print-directory browser
	@# dbt's manifest is parsed once, before the workers would each do it at the same time
	@.venv/bin/python -c "import pipelines.defs.warehouse.dbt"
	@$(RUN) pytest -n $(WORKERS) --dist loadfile

outlines: $(READY_DEV) browser ## Keep what the pages look like now as what the tests hold them against; look at artifacts/screenshots first
	@KEEP_OUTLINES=1 .venv/bin/python -m pytest -q tests/dashboards/test_browser.py -k loads_reads_well

walk-through: $(READY_DEV) ## Do the whole first hour in a browser, from a messy workbook to a dashboard; takes the guide's pictures
	@$(MAKE) --no-print-directory browser
	@$(RUN) pytest -m walk_through --timeout 900 tests/dashboards

lint: $(READY_DEV) ## The fast part of check: format, lint, types, import contracts
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

mutate: $(READY_DEV) ## Break disclosure, pseudonyms, landing, verdicts and matching rules one change at a time and see whether a test notices; MODULES="verdicts masking" for some
	@$(UV) sync --frozen --quiet --group docs --group mutation --python $(PYTHON)
	@CHILDREN=$(or $(CHILDREN),1) $(RUN) tests.mutants $(MODULES)

unit: $(READY_DEV) ## The fast part of test: single modules, without browser, pipeline run, simulations, cases and what is marked slow; UNITS=tests/unit/serving for all of a folder
	@$(RUN) pytest $(or $(UNITS),$(UNIT)) -m '$(if $(UNITS),,not slow and )not walk_through' -x -n 2 --durations 3 --durations-min 1

faults: $(READY_DEV) ## Kill 200 runs at random moments (KILLS=20 for fewer) and compare what is left, and the run after, with a twin
	@$(RUN) tests.pipeline.killed_runs $(or $(KILLS),200)

messages-kill: $(READY_DEV) ## Send 1,000 messages to a real SMTP server through senders that are killed at every step; prints JSON
	@$(RUN) tests.unit.messages.kills $(or $(MESSAGES),1000) $(or $(KILLS),60)

wheel: $(READY_DEV) ## Build the wheel into dist/
	@$(UV) build --wheel --quiet

wheel-test: $(READY_DEV) ## Install the wheel into an environment of its own and go the whole way from an empty folder (6 minutes); prints JSON
	@$(RUN) tests.packaging.installed

docs: $(READY_DEV) ## Build the documentation site into site/; a link or a name that leads nowhere stops it
	@NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --quiet

ways: $(READY_DEV) ## Start runs in every way (pages, one asset, a group, from failure, schedule, sensor, command line) and compare what they publish (15 minutes); WAYS= for some; prints JSON
	@$(RUN) tests.pipeline.ways

check: $(READY_DEV) ## Lint, types, import contracts, licences, SQL style, dbt parse, definitions load, documentation site; two at a time
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	@$(MAKE) --no-print-directory -j 2 check-types check-sql check-imports check-definitions check-licences docs

check-types: $(READY_DEV)
	.venv/bin/mypy

check-licences: $(READY_DEV)
	$(RUN) tests.licences

sbom: $(READY_DEV) ## Write what an installation brings along: dist/sbom.cdx.json (CycloneDX, with hashes) and dist/licences.csv
	@mkdir -p dist
	@$(UV) export --frozen --no-default-groups --no-emit-project --format cyclonedx1.5 --quiet -o dist/sbom.cdx.json
	@$(RUN) tests.licences dist/licences.csv

check-imports: $(READY_DEV)
	.venv/bin/lint-imports

check-sql: $(READY_DEV)
	cd dbt_project && ../.venv/bin/sqlfluff lint --nocolor .
	$(RUN) tests.engines.portable

check-definitions: $(READY_DEV)
	$(RUN) dagster definitions validate -m pipelines.definitions

rendered: $(READY_DEV) ## Write what follows from declarations: dbt sources and metrics, dictionary, exposures, tables of the documentation
	@$(RUN) pipelines.components.dbt_sources
	@$(RUN) pipelines.components.metric_models
	@$(RUN) pipelines.components.source_pages
	@$(RUN) pipelines.components.file_words
	@$(RUN) pipelines.components.policy_page
	@$(RUN) dashboards.exposures

format: $(READY_DEV) ## Rewrite Python and SQL in the project's style
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	cd dbt_project && ../.venv/bin/sqlfluff fix --processes 2 --nocolor .

reference: $(READY_DEV) ## Recompute every published reference figure from the impact library; CASES= and DATA= name others
	@$(RUN) tests.reference.run $(or $(CASES),$(if $(DATA),tests/reference/expected.json)) $(DATA)

simulate: $(READY_DEV) ## Check bias, coverage, false support, alarms, forecasts and plans over 1,000 runs a setting with a known truth (40 minutes); COMPANIES= for fewer
	@$(RUN) tests.reference.claims $(if $(COMPANIES),--runs $(COMPANIES))
	@$(RUN) tests.reference.simulate $(if $(COMPANIES),--companies $(COMPANIES))

parity: $(READY_DEV) ## Build the demo's models on PostgreSQL too and compare every table row by row; prints JSON
	@test -f data/warehouse/warehouse.duckdb || $(MAKE) --no-print-directory demo
	@$(RUN) tests.engines.parity data/warehouse/warehouse.duckdb

incremental: $(READY_DEV) ## Change the demo's data at random and compare builds of what changed with builds of everything (DELTAS=, SEED=); prints JSON
	@test -f data/warehouse/warehouse.duckdb || $(MAKE) --no-print-directory demo
	@$(RUN) tests.engines.incremental data/warehouse/warehouse.duckdb $(or $(DELTAS),6) $(or $(SEED),1)

parity-spark: $(READY_DEV) ## Build the demo's models on a Spark cluster of this machine too and compare every table row by row (half an hour); ON=connect or local; MODELS= for some; needs Java 17; prints JSON
	@test -f data/warehouse/warehouse.duckdb || $(MAKE) --no-print-directory demo
	@$(UV) sync --frozen --quiet --group docs --extra spark --python $(PYTHON)
	@$(RUN) tests.engines.spark_parity data/warehouse/warehouse.duckdb --on $(or $(ON),cluster) $(MODELS)

bench: $(READY_DEV) ## Measure: stages against bare SQL, 1x and 10x, first paint; prints JSON
	@$(RUN) tests.bench

bench-readers: $(READY_DEV) ## Measure: 25 readers at once, alone, beside publishing and beside whole runs (FLAGS="--data FOLDER"); prints JSON
	@$(RUN) tests.bench.readers $(FLAGS)

bench-impact: $(READY_DEV) ## Measure the impact library: to 200,000 staff, and beside lifelines and statsmodels; prints JSON
	@$(RUN) tests.bench.impact

bench-matching: $(READY_DEV) ## Measure the matching engine up to 100,000 x 20,000 against other programs; prints JSON
	@$(RUN) tests.bench.matching

bench-wishes: $(READY_DEV) ## Measure how often wishes in words are read as what they mean, beside TF-IDF of words; prints JSON
	@$(RUN) tests.bench.wishes

bench-million: $(READY_DEV) ## Measure: all models at a million employees, from the 10x company of bench-scale (FLAGS="--data FOLDER"); prints JSON
	@$(RUN) tests.bench.million $(FLAGS)

bench-scale: $(READY_DEV) ## Measure: each stage at 1x, 10x and 100x, exponents and memory (FLAGS="--scales 1 10" for fewer); prints JSON
	@$(RUN) tests.bench.scale --plot docs/images/scale.svg $(FLAGS)

bench-sources: $(READY_DEV) ## Measure: rows a second of the connectors against bare reads, memory, changes; prints JSON
	@$(RUN) tests.bench.sources

clean: ## Remove what make demo and make test made, except the environment; never the data of a workspace of your own
	rm -rf data/bench dbt_project/target dbt_project/logs logs artifacts mutants
	@own="$$(grep -lE '^workspace:' *.yaml 2>/dev/null || true)"; \
	if [ -n "$$own" ]; then echo "data/ is kept: it may belong to $$own. Move that file away to remove the demo's data."; \
	else rm -rf data/demo data/messages data/operations data/version.json data/landing data/fetched data/corrections data/warehouse data/vault data/history data/audit data/erasures data/serving data/bi data/reports data/dagster data/logs; fi
