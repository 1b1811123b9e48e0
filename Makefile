# Needs python3 (3.11 or later, with venv), GNU make and git; `make help` lists the targets.
# The first run makes .venv and installs the pinned requirements there; later runs use it as it is.

PYTHON ?= python3
ARGS =

# Every path is relative, so that a checkout in a folder with blanks in its name works.
VENV := .venv
RUN_INSTALLED := $(VENV)/.run-installed
DEV_INSTALLED := $(VENV)/.dev-installed
LOCK_VENV := .venv-lock
PIP_TOOLS := pip-tools==7.6.2

TOOL := $(VENV)/bin/postfix-profiles
PIP = $(VENV)/bin/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help render check schema explain diff probe committed changes rollout sshkey deploy test e2e lint format docs bench catalogue roots lock clean

help: ## list the targets
	@echo 'usage: make TARGET [ARGS="..."] [PYTHON=python3.x]'
	@echo
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 12
	@echo
	@echo 'ARGS are options or profiles for the target, as in:'
	@echo '  make render ARGS="profiles/mail.example.com.yaml --format json"'

# --- the tool ---------------------------------------------------------------

render: $(TOOL) ## write generated/ from profiles/
	@$(TOOL) render $(ARGS)

check: $(TOOL) ## the same without writing: findings, and drift as a diff
	@$(TOOL) check $(ARGS)

schema: $(TOOL) ## print the JSON Schema of a profile
	@$(TOOL) schema $(ARGS)

explain: $(TOOL) ## say what a check, a key or a parameter means: ARGS="mx.tls"
	@$(TOOL) explain $(ARGS)

diff: $(TOOL) ## what deploying a host would change in a folder: ARGS="HOST /etc/postfix"
	@$(TOOL) diff $(ARGS)

probe: $(TOOL) ## hold a running host to its profile, over SMTP: ARGS="mail.example.com --from lan"
	@$(TOOL) probe $(ARGS)

# --- in a pipeline ----------------------------------------------------------

# The commit to compare with. A new branch has none before it (zeros), and one that was forced one
# that is not here: then every host is new. A name that is not here is mistyped.
base = $$(git rev-parse --quiet --verify '$(BASE)^{commit}' || { \
	    echo '$(BASE)' | grep -qxE '[0-9a-f]{40,64}' && echo 'note: $(BASE) is no commit here: every host is new' >&2 && \
	    git hash-object -t tree --stdin </dev/null; } || { \
	    echo 'error: BASE=$(BASE) is no commit here' >&2; exit 2; })
DEPLOY = $(MAKE) --no-print-directory deploy

committed: ## fail where generated/ is not in git as it is
	@changed=$$(git status --porcelain -- generated) && [ -z "$$changed" ] || { \
	    printf 'not committed:\n%s\nrun make render, and commit what it writes\n' "$$changed" >&2; \
	    exit 1; }

changes: BASE ?= origin/main
changes: $(TOOL) ## say what changes on each host since BASE (origin/main), for a comment
	@base=$(base) && TOOL='$(TOOL)' docs/pipelines/changes "$$base" '$(BASE)'

# All of them, since a rollout before may have ended halfway, or not have begun.
rollout: ## make deploy for each host, with BASE=COMMIT for those that differ; the first failure ends it
	@base=; [ -z '$(BASE)' ] || base=$(base) || exit; \
	for folder in generated/*/; do \
	    host=$${folder#generated/} host=$${host%/}; \
	    case $$host in [!a-z0-9]* | *[!a-z0-9.-]*) echo "error: $$folder is not named as a host is" >&2; exit 2 ;; esac; \
	    [ -z "$$base" ] || ! git diff --quiet "$$base" -- "$$folder" || continue; \
	    [ ! -f "$$folder/main.cf" ] || $(DEPLOY) HOST="$$host" || exit; \
	done

sshkey: ## write SSH_KEY and SSH_KNOWN_HOSTS to ~/.ssh, on the machine of a pipeline
	@: "$${SSH_KEY:?has to be the private key}" "$${SSH_KNOWN_HOSTS:?have to be the keys of the hosts}"; umask 077; key=~/.ssh/id_ed25519; \
	[ ! -e "$$key" ] || { echo "$$key is there already" >&2; exit 1; }; \
	mkdir -p ~/.ssh && printf '%s\n' "$$SSH_KEY" | tr -d '\r' >"$$key" && \
	printf '%s\n' "$$SSH_KNOWN_HOSTS" >>~/.ssh/known_hosts

# By ssh as root; TO= where the host is not called so, ARGS=--dry-run to see what would change.
TO = root@$(HOST)

deploy: ## put generated/HOST onto its host: HOST=mail.example.com [ARGS=--dry-run]
	@[ -n '$(HOST)' ] && [ -f 'generated/$(HOST)/main.cf' ] || { \
	    echo 'error: HOST=NAME has to name a folder of generated/' >&2; exit 2; }
	@folder=$$(ssh '$(TO)' mktemp -d) || exit; \
	scp -qrp deploy/apply 'generated/$(HOST)' "$(TO):$$folder" || { \
	    status=$$?; ssh '$(TO)' rm -rf "$$folder"; exit $$status; }; \
	ssh '$(TO)' "sh $$folder/apply $(ARGS) $$folder/$(HOST); status=\$$?; rm -rf $$folder; exit \$$status"

# --- development ------------------------------------------------------------

PYTEST = $(VENV)/bin/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

test: $(DEV_INSTALLED) ## run the tests, and print the coverage of src/
	@$(PYTEST) --cov $(ARGS)

e2e: $(DEV_INSTALLED) ## run the live tests only: real Postfix, real networks (root)
	@$(PYTEST) -m e2e $(ARGS)

lint: $(DEV_INSTALLED) ## ruff and mypy, and shellcheck for every shell script
	@status=0; for tool in 'ruff check .' 'ruff format --check .' mypy; do \
	    $(VENV)/bin/python -m $$tool || status=1; \
	done; \
	git grep -lzE --untracked '^#!.*[/ ](ba)?sh$$' -- ':!*.py' ':!*.j2' | \
	    xargs -0 $(VENV)/bin/shellcheck || status=1; \
	exit $$status

format: $(DEV_INSTALLED) ## format the code, and mend what ruff can mend
	@$(VENV)/bin/python -m ruff check --fix .
	@$(VENV)/bin/python -m ruff format .

docs: $(DEV_INSTALLED) ## write docs/ again from the checks and the schema
	@PYTHONPATH=src $(VENV)/bin/python -m tests.record_docs

bench: $(DEV_INSTALLED) ## measure how long commands take
	@PYTHONPATH=src $(VENV)/bin/python -m tests.bench $(ARGS)

catalogue: $(DEV_INSTALLED) ## measure real Postfix again, and write the catalogue
	@PYTHONPATH=src $(VENV)/bin/python -m tests.catalogue.measure $(ARGS)

roots: $(RUN_INSTALLED) ## build the root file systems of the live tests (root, debootstrap)
	@$(VENV)/bin/python -m tests.e2e.roots build $(ARGS)

# --- environments -----------------------------------------------------------

lock: $(LOCK_VENV)/.installed ## pin requirements/*.in again; ARGS=--upgrade for new versions
	@for name in run dev; do \
	    echo "requirements/$$name.txt"; \
	    CUSTOM_COMPILE_COMMAND='make lock' $(LOCK_VENV)/bin/python -m piptools compile \
	        --quiet --generate-hashes --no-strip-extras --no-emit-options --no-emit-index-url \
	        --no-emit-find-links --no-emit-trusted-host $(ARGS) \
	        --output-file "requirements/$$name.txt" "requirements/$$name.in" || exit 1; \
	done

clean: ## remove the environments, caches and build results
	rm -rf $(VENV) $(LOCK_VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last: without it an install that was interrupted starts again. It is older
# than its requirements when they change, and than the interpreter when that is replaced.
# All of this talks on stderr: the output of a target belongs to the tool.
define make-venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "error: Python 3.11 or later is needed ($(PYTHON) --version: $$($(PYTHON) --version 2>&1));" \
	         "name another one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "error: $(PYTHON) lacks venv; install it (Debian: apt install python3-venv)" >&2; exit 1; }
	@echo "setting up $(@D) ..." >&2
	@$(PYTHON) -m venv --clear $(@D) >&2
endef

$(RUN_INSTALLED): requirements/run.txt $(VENV)/bin/python
	$(make-venv)
	@$(PIP) install --require-hashes -r $< >&2
	@touch $@

$(DEV_INSTALLED): requirements/dev.txt $(RUN_INSTALLED)
	@echo "installing the development tools ..." >&2
	@$(PIP) install --require-hashes -r $< >&2
	@touch $@

$(LOCK_VENV)/.installed: Makefile
	$(make-venv)
	@$(@D)/bin/python -m pip --quiet --disable-pip-version-check install '$(PIP_TOOLS)'
	@touch $@

# The program, for every folder, and for its exit statuses: make makes a 2 of each that is not 0.
define program
here=$$(cd -- "$$(dirname -- "$$0")" >/dev/null && pwd) || exit
PYTHONPATH=$${here%/*/*}/src exec "$$here/python" -P -m postfix_profiles "$$@"
endef
export program

$(TOOL): $(RUN_INSTALLED)
	@printf '%s\n' '#!/bin/sh' "$$program" >$@ && chmod +x $@

# Nothing to do here: when it is missing, or leads nowhere, the stamps above are made again.
$(VENV)/bin/python: ;
