# What is done with this project, by people and by machines. GNU make 3.81 and a POSIX sh are enough.
# Variables of the environment (PORT, DATA_DIR, …) reach the commands; ARGS adds to the last one: make test ARGS="-k outbox".

.DEFAULT_GOAL := help
.PHONY: help run demo test prove bench check format lock clean

python := .venv/bin/python
# Tests and checks need settings but no deployment, and never touch the data of a run. They keep what Python compiled,
# whatever the shell says of that: some sixty processes begin in a run, and each would compile all of it.
for_tests := DEMO=1 DATA_DIR="$(CURDIR)/var/tests" PYTHONDONTWRITEBYTECODE=
templates := find . -name "*.html" -path "*/templates/*" -not -path "./.venv/*" -not -path "./node_modules/*"
compile := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

# Tests are handed out file by file, those that drive a browser first; three processes, as some wait while others work.
run_tests = exec env $(for_tests) $(python) -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=15

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## set up and serve the site on http://127.0.0.1:8000 (PORT changes it); Ctrl-C stops
	@scripts/set-up run
	@exec env DEMO=1 $(python) manage.py run_site --ends-with-parent $(ARGS)

demo: ## the same, with forty invented requests
	@scripts/set-up run
	@exec env DEMO=1 $(python) manage.py run_site --ends-with-parent --with-requests 40 $(ARGS)

test: ## set up and run the tests, in random order
	@scripts/set-up test
	@env $(for_tests) $(python) manage.py collectstatic --clear --no-input --verbosity 0
	@CHROMIUM=$$(scripts/chromium) && export CHROMIUM && $(run_tests) $(ARGS)

prove: ## list the long proofs; ARGS=part runs that part (up to 45 minutes) and writes its table into docs/proofs/
	@scripts/set-up test
ifeq ($(ARGS),)
	@$(python) -m tests.prove
else
	@env $(for_tests) $(python) manage.py collectstatic --clear --no-input --verbosity 0
	@CHROMIUM=$$(scripts/chromium) && export CHROMIUM && exec env $(for_tests) $(python) -m tests.prove $(ARGS)
endif

bench: ## measure what pages cost, forms, publishing, the desk among many requests, Lighthouse (needs node; 25 minutes; ARGS=part, SIZE=1000000)
	@scripts/set-up test
	@CHROME_PATH=$$(scripts/chromium) && export CHROME_PATH && exec env $(for_tests) $(python) -m bench $(ARGS)

check: ## check style, types, markup, settings and migrations
	@scripts/set-up test
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	@$(templates) -exec .venv/bin/djade --check --target-version 5.2 {} +
	.venv/bin/lint-imports --no-logo --no-cache
	@$(python) scripts/check_markup
	@env $(for_tests) $(python) -m mypy
	@env $(for_tests) $(python) manage.py check
	@env $(for_tests) $(python) manage.py makemigrations --check --dry-run
	@env $(for_tests) $(python) scripts/check_migrations

format: ## put style and templates in order
	@scripts/set-up test
	$(python) -m ruff check --fix .
	$(python) -m ruff format .
	@$(templates) -exec .venv/bin/djade --target-version 5.2 {} +

lock: ## pin the dependencies of pyproject.toml anew (ARGS=--upgrade takes the newest)
	@scripts/set-up test
	$(compile) $(ARGS) --output-file requirements.txt
	$(compile) $(ARGS) --output-file requirements-dev.txt --group dev --constraints requirements.txt

clean: ## remove .venv and caches; the data in var/ stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache var/tests
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
