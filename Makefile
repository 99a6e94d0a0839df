# newswire-reprints: run `make` for the list of verbs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CONFIG ?= configs/nightly.toml

.DEFAULT_GOAL := help
.PHONY: help demo browser docs package test test-spark spark-kills check fix bench bench-full signatures whole scale quality kills thirty nights pages bombs fuzz nightly backfill answers clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The environment is made once, and again when pyproject.toml changes.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 2; }
	@echo "setting up $(VENV) (once, a minute or two)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@$(BIN)/python -m compileall -q pipeline  # as pip does for all that it copies
	@touch $@

demo: $(STAMP)  ## run the main job on the bundled wire day and show the result
	@rm -rf build/demo
	@$(BIN)/reprints run tests/golden/wire-day --store build/demo --config tests/golden/wire-day.toml
	@$(BIN)/reprints report --store build/demo --out build/demo.html

test: $(STAMP)  ## every test
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

SPARK_STAMP := $(VENV)/.installed-spark
$(SPARK_STAMP): $(STAMP)
	@echo "adding Spark to $(VENV) (once, some 400 MB)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]'
	@touch $@

test-spark: $(SPARK_STAMP)  ## the same tables from Spark as from this machine, night by night (minutes)
	@$(BIN)/python -m pytest -m spark

spark-kills: $(SPARK_STAMP)  ## an executor killed in the middle of a run, and the driver between two stages (minutes)
	@$(BIN)/python -m pytest -m spark_kills

scale: $(SPARK_STAMP)  ## a run on Spark beside one on this machine, and what goes between tasks: make scale [ARTICLES="20000 60000"]
	@$(BIN)/python -m benchmarks.scale $(if $(ARTICLES),--articles $(ARTICLES))

browser: $(STAMP)  ## the page of a demo store in headless Chromium, with pictures of it in build/browser
	@REPRINTS_PICTURES=build/browser $(BIN)/python -m pytest tests/report/test_browser.py -rs

DOCS_STAMP := $(VENV)/.installed-docs
$(DOCS_STAMP): $(STAMP)
	@echo "adding Sphinx to $(VENV) (once)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group docs
	@touch $@

# A fresh environment of Sphinx each time (-E): else a page that was warned of once would pass the next time.
docs: $(DOCS_STAMP)  ## the documentation as a site in build/docs, without a warning; writes its generated pages anew
	@$(BIN)/python -m docs.pages
	@$(BIN)/python -m sphinx -W --keep-going -n -q -E -d build/.doctrees -b html docs build/docs
	@echo "build/docs/index.html"

PACKAGE_STAMP := $(VENV)/.installed-package
$(PACKAGE_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group package
	@touch $@

package: $(PACKAGE_STAMP)  ## wheel and sdist in build/package, installed into a fresh environment and tried there (minutes)
	@$(BIN)/python -m benchmarks.package

check: $(STAMP)  ## lint, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

fix: $(STAMP)  ## format, and mend what the linter can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# A peer has an environment of its own. Where that cannot be set up, the page says so with the last line of its log.
PEERS := $(patsubst benchmarks/peers/%.txt,build/bench/venvs/%/.installed,$(wildcard benchmarks/peers/*.txt))
build/bench/venvs/%/.installed: benchmarks/peers/%.txt
	@echo "setting up $* for the benchmark (once)" >&2
	@mkdir -p build/bench/venvs && rm -rf $(@D)
	@{ $(PYTHON) -m venv $(@D) && $(@D)/bin/python -m pip install -qq --disable-pip-version-check --requirement $< && touch $@; } \
		2> $(@D).log || { echo "$* could not be set up:"; tail -n 1 $(@D).log; } >&2

bench: $(STAMP) $(PEERS)  ## the dedup core beside other tools, 100,000 articles (minutes)
	@$(BIN)/python -m benchmarks.core --articles 100000 --rounds 3

bench-full: $(STAMP) $(PEERS)  ## the same at three sizes, with more rounds (hours)
	@$(BIN)/python -m benchmarks.core --articles 10000 100000 500000 --rounds 5 --patience 240

signatures: $(STAMP)  ## signatures alone beside datasketch, bit for bit the same (a minute): make signatures [ARTICLES=20000]
	@$(BIN)/python -m benchmarks.signatures --articles $(or $(ARTICLES),20000)

whole: $(STAMP)  ## the whole run beside its core, stage by stage: make whole [ARTICLES="100000 500000"] (minutes)
	@$(BIN)/python -m benchmarks.whole --articles $(or $(ARTICLES),100000)

quality: $(STAMP)  ## how right it is on labelled articles: make quality [REPRINTS_DATA=FOLDER]; without it, by language
	@$(BIN)/python -m benchmarks.quality $(if $(REPRINTS_DATA),"$(REPRINTS_DATA)")

kills: $(STAMP)  ## runs killed at any moment, nothing torn and nothing lost (minutes): make kills [KILLS=200]
	@$(BIN)/python -m benchmarks.kills --kills $(or $(KILLS),200)

thirty: $(STAMP)  ## thirty nights of the demo by `make nightly`, as one batch would have them, byte for byte (minutes)
	@$(BIN)/python -m benchmarks.thirty $(if $(SEED),--seed $(SEED))

pages: $(STAMP)  ## pages of HTML from a WARC file, how many a second and in what memory: make pages [PAGES=500]
	@$(BIN)/python -m benchmarks.pages --pages $(or $(PAGES),500)

bombs: $(STAMP)  ## files that are far too large once they are opened, and what memory a run took (minutes)
	@$(BIN)/python -m benchmarks.bombs

fuzz: $(STAMP)  ## readers, clean and trace on inputs that had accidents, others every time: make fuzz [MINUTES=10] [SEED=n]
	@$(BIN)/python -m benchmarks.fuzz --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))

nights: $(STAMP)  ## what a night costs on a store with history, beside a batch: make nights [ARTICLES=10000] [NIGHTS=50] (long)
	@$(BIN)/python -m benchmarks.nights --articles $(or $(ARTICLES),10000) --nights $(or $(NIGHTS),50) --together $(or $(TOGETHER),7)

answers: $(STAMP)  ## what a query takes, step by step: make answers [ARTICLES=100000] (minutes)
	@$(BIN)/python -m benchmarks.answers --articles $(or $(ARTICLES),100000)

nightly: $(STAMP)  ## run a night: make nightly DATE=2026-11-24 [CONFIG=configs/nightly.toml]
	@test -n "$(DATE)" || { echo "which night? make nightly DATE=2026-11-24"; exit 2; }
	@$(BIN)/reprints nightly "$(DATE)" --config "$(CONFIG)"

backfill: $(STAMP)  ## run nights in order: make backfill FROM=2026-11-01 TO=2026-11-24 [CONFIG=configs/nightly.toml]
	@test -n "$(FROM)" -a -n "$(TO)" || { echo "which nights? make backfill FROM=2026-11-01 TO=2026-11-24"; exit 2; }
	@$(BIN)/reprints backfill "$(FROM)" "$(TO)" --config "$(CONFIG)"

clean:  ## remove what these targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
