# One target for each thing people do here. `make rehearse` and `make test` need Python 3.11 or newer and make, no more.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
UV_LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --strip-extras
ROOMS  := handlers sanitizer components rehearsal bench workflows docs policy/sanitizedpolicy __main__.py
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help rehearse bench test check format lint types imports docs docs-current definitions lock clean
.PHONY: workflows masking-diff stacks preview up image scan sbom comment

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

rehearse: $(VENV)/rehearsal.installed  ## watch one whole run on this machine: no AWS account, real PostgreSQL or MariaDB (ARGS="--help")
	@$(PY) -m rehearsal $(ARGS)

test: $(VENV)/development.installed  ## the tests (ARGS="-k isolation")
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

bench: $(VENV)/development.installed  ## what masking costs against other ways, on the servers of this machine (ARGS="--help")
	@$(PY) -m bench $(ARGS)

check: lint types imports docs-current definitions workflows test  ## what CI runs

format: $(VENV)/development.installed  ## write the code in its one format
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

lint: $(VENV)/development.installed
	@$(VENV)/bin/ruff format --check . && $(VENV)/bin/ruff check .

types: $(VENV)/development.installed
	@MYPYPATH=policy $(PY) -m mypy $(ROOMS)

imports: $(VENV)/development.installed
	@$(VENV)/bin/lint-imports

docs: $(VENV)/development.installed  ## write the generated pages anew
	@$(PY) -m docs.generate

docs-current: $(VENV)/development.installed
	@$(PY) -m docs.generate --check

definitions: $(VENV)/development.installed node_modules/.package-lock.json
	@$(PY) -m tests.definitions build/definitions
	@for file in build/definitions/*.json; do node_modules/.bin/asl-validator --json-path $$file || exit 1; done

workflows: $(VENV)/development.installed  ## are the workflows valid, and is nothing in them dangerous?
	@$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(VENV)/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(VENV)/bin/zizmor --quiet --no-progress --offline --strict-collection .github

# What follows is what .github/workflows calls: docs/pull-requests.md. Their answers come by environment, never as text of a command.
BASE ?= origin/main
export BASE STACK IMAGE

masking-diff: $(VENV)/sanitizer.installed  ## what a branch changes in masking/*.yaml, into build/masking-diff.md (BASE=origin/main)
	@$(PY) -m workflows.masking_diff

stacks: $(VENV)/sanitizer.installed  ## the stacks that a branch's changes deploy, as JSON (BASE=origin/main)
	@$(PY) -m workflows.stacks

preview: $(VENV)/program.installed policy/.venv/pack.installed  ## pulumi preview with the policy pack, into build/preview-STACK.md (STACK=prod)
	@$(PY) -m workflows.deployment preview

up: $(VENV)/program.installed policy/.venv/pack.installed  ## pulumi up with the policy pack, without asking (STACK=prod)
	@$(PY) -m workflows.deployment up

image:  ## build and push the sanitizer's image, its digest into build/image-digest (IMAGE=repository)
	@$(PYTHON) -m workflows.image

scan: $(VENV)/development.installed  ## known vulnerabilities of everything that is required
	@failed=; for room in . sanitizer policy rehearsal; do \
		echo "$$room/requirements.txt"; \
		$(VENV)/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r $$room/requirements.txt || failed=yes; \
	done; test -z "$$failed"

sbom: $(VENV)/development.installed  ## what the sanitizer's image holds of Python, as CycloneDX: build/sbom.json
	@mkdir -p build
	@$(VENV)/bin/cyclonedx-py requirements --output-reproducible --spec-version 1.6 --output-format JSON -o build/sbom.json sanitizer/requirements.txt

comment:  ## build/*.md as the one comment of a pull request (PULL_REQUEST, GITHUB_REPOSITORY, GH_TOKEN)
	@$(PYTHON) -m workflows.comment

lock: $(VENV)/development.installed  ## pin every dependency anew, with hashes
	@$(PY) -m pip install --quiet uv
	@$(UV_LOCK) --upgrade requirements-dev.in -o requirements-dev.txt
	@for room in . sanitizer policy rehearsal; do $(UV_LOCK) -c requirements-dev.txt $$room/requirements.in -o $$room/requirements.txt || exit 1; done

clean:  ## remove what the targets made
	rm -rf $(VENV) policy/.venv build node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

node_modules/.package-lock.json: package-lock.json
	@npm ci --silent && touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/program.installed: requirements.txt | $(VENV)/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/sanitizer.installed: sanitizer/requirements.txt | $(VENV)/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r sanitizer/requirements.txt
	@touch $@

policy/.venv/pack.installed: policy/requirements.txt
	@$(PYTHON) -m venv policy/.venv
	@policy/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r policy/requirements.txt
	@touch $@

$(VENV)/rehearsal.installed: rehearsal/requirements.txt | $(VENV)/bin/python
	@echo "installing what the rehearsal needs into $(VENV) (about two minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r rehearsal/requirements.txt
	@touch $@

$(VENV)/development.installed: requirements-dev.txt $(VENV)/rehearsal.installed
	@echo "installing what the tests need into $(VENV)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
