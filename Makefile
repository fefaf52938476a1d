# One command each: `make serve`, `make test`. Set-up is part of both.
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve build check test test-fast lint format docs dist figures bench clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

serve: .venv/.ready ## set up, build the graph and serve it on 127.0.0.1 (PORT=8000)
	@.venv/bin/scograph build
	@.venv/bin/scograph serve --port $(PORT)

build: .venv/.ready ## set up and build a release of the graph
	@.venv/bin/scograph build

check: .venv/.ready ## set up and check the graph
	@.venv/bin/scograph check

test: .venv/.ready-dev ## set up and run every test, the linters and the type checker
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-fast: .venv/.ready-dev ## what needs no server, no browser and no build of this repository
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/python -m pytest -q -m "not (process or repository or slow or alone)"

lint: .venv/.ready-dev ## run the linters and the type checker alone
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: .venv/.ready-dev ## let ruff format the code
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

docs: .venv/.ready ## write what of docs/ is generated anew
	@.venv/bin/python tools/docs.py

dist: .venv/.ready-dev ## make wheel and sdist in dist/
	@rm -rf dist
	@.venv/bin/python -m hatchling build -d dist

figures: .venv/.ready ## measure the README's table of figures
	@.venv/bin/python tools/figures.py

bench: .venv/.ready-bench ## measure reasoning and serving beside others (SIZES=10000,35000: a short run)
	@.venv/bin/python -m bench.run $(if $(SIZES),--sizes $(SIZES))

clean: ## remove what set-up and builds have made
	@rm -rf .venv dist releases .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/.ready: pyproject.toml tools/setup.sh
	@sh tools/setup.sh

.venv/.ready-dev: pyproject.toml tools/setup.sh
	@sh tools/setup.sh dev

.venv/.ready-bench: pyproject.toml tools/setup.sh
	@sh tools/setup.sh bench
