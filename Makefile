# Every target sets up what it needs first: nothing has to be installed but Python 3.11.

BRIEF = Why a rocket leans over: keep it warm, lively and to the point

.PHONY: help demo test lint bench lock clean

help:            ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo:            ## Make a sample shoot and direct it: out/demo/
	./cinema sample out/demo/footage
	./cinema direct out/demo/footage/*.mp4 --brief "$(BRIEF)" --out out/demo

test: setup-dev  ## Check style, types, architecture and generated files; run the tests
	scripts/test

lint: setup-dev  ## Put imports and layout right; say what else is wrong
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: setup-dev ## Measure speed and memory against the promises (minutes)
	.venv/bin/pytest tests/bench -o python_files="bench_*.py" --timeout=3600 --capture=no

lock: setup-dev  ## Write requirements/*.txt anew after a dependency has changed
	scripts/lock

clean:           ## Remove everything that can be made again
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: setup-dev
setup-dev:
	@scripts/setup dev
