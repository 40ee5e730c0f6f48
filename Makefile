# Two commands do everything: `make demo` and `make test`. Both make .venv when it is missing.
# Python 3.11 or newer and git are all that a machine needs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help features demo run hub test check format golden bench bench-voice bench-hub bench-program soak proof reliability chaos fuzz audit screenshot lock example clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "kds-tui needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 1; }
	@echo "making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing kds-tui (about 200 MB the first time, most of it for voice) ..."
	@$(PIP) install --constraint constraints.txt --editable '.[voice]' \
		|| { echo "the voice packages do not install here: going on without voice"; \
		     $(PIP) install --constraint constraints.txt --editable .; }
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "installing the development tools ..."
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --constraint constraints.txt --group dev
	@touch $@

demo: $(VENV)/.installed  ## a live, busy kitchen on this machine, nothing else needed
	@$(BIN)/kds-tui demo $(ARGS)

run: $(VENV)/.installed  ## the kitchen display, with your config
	@$(BIN)/kds-tui run $(ARGS)

hub: $(VENV)/.installed  ## the order server alone
	@$(BIN)/kds-tui hub $(ARGS)

test: $(VENV)/.installed-dev  ## the whole test suite
	@$(BIN)/python -m pytest -n auto -q $(ARGS)

check: $(VENV)/.installed-dev  ## lint, format, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --warnings
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.installed-dev  ## mend what lint and format can mend by themselves
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

golden: $(VENV)/.installed-dev  ## draw the golden screens again; read the diff before committing
	@KDS_GOLDEN_UPDATE=1 $(BIN)/python -m pytest -q tests/ui tests/voice/ui -k golden

bench: $(VENV)/.installed-dev  ## speed, against a naive board in the same run
	@$(BIN)/python -m benchmarks.render $(ARGS)

bench-voice: $(VENV)/.installed-dev  ## accuracy of the recognisers (needs espeak-ng, flite, festival, sox)
	@$(BIN)/python -m benchmarks.voice $(ARGS)

features: $(VENV)/.installed-dev  ## docs/features.md and its pictures, from the running program
	@$(BIN)/python -m pictures $(ARGS)

bench-hub: $(VENV)/.installed-dev  ## the hub's fan-out to 1,000 displays, beside a bare websockets server
	@$(BIN)/python -m benchmarks.hub $(ARGS)

bench-program: $(VENV)/.installed-dev  ## the whole program, from the wire to the terminal
	@$(BIN)/python -m benchmarks.program $(ARGS)

MINUTES ?= 125

soak: $(VENV)/.installed-dev  ## a kitchen at work for MINUTES=125: does anything grow?
	@$(BIN)/python -m benchmarks.soak --minutes $(MINUTES) $(ARGS)

SEEDS ?= 10
COMMANDS ?= 10000

chaos: $(VENV)/.installed-dev  ## SEEDS=10 kitchens in which everything breaks: is anything lost?
	@$(BIN)/python -m tests.chaos --seeds $(SEEDS) --commands $(COMMANDS) $(ARGS)

FIGURES := docs/figures

proof: $(VENV)/.installed-dev  ## docs/reliability.md from new runs of everything: hours
	@$(BIN)/python -m tests.chaos --seeds $(SEEDS) --commands $(COMMANDS) --report $(FIGURES)/chaos.json
	@$(BIN)/python -m benchmarks.soak --minutes $(MINUTES) --report $(FIGURES)/soak.json
	@$(BIN)/python -m tests.hostile.fuzz --report $(FIGURES)/fuzz.json
	@$(BIN)/python -m benchmarks.times --report $(FIGURES)/times.json
	@$(BIN)/python -m benchmarks.reliability

reliability: $(VENV)/.installed-dev  ## likewise, but chaos, soak and fuzz as they were recorded last
	@$(BIN)/python -m benchmarks.reliability $(ARGS)

fuzz: $(VENV)/.installed-dev  ## a million hostile texts and 100,000 bad frames (ARGS=--inputs 1000)
	@$(BIN)/python -m tests.hostile.fuzz $(ARGS)

# In a venv of its own: what audits the dependencies must not become one of them.
audit: $(BIN)/python  ## known vulnerabilities in the pinned dependencies
	@test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit \
		&& $(VENV)/audit/bin/python -m pip --quiet --disable-pip-version-check install 'pip-audit>=2.10,<3'; } \
		|| echo "pip-audit cannot be installed here"
	@$(BIN)/python .ci/audit.py $(VENV)/audit/bin/pip-audit constraints.txt

screenshot: $(VENV)/.installed  ## docs/screen.svg from the running program
	@$(BIN)/kds-tui demo --headless --seconds 60 --screenshot docs/screen.svg

example: $(VENV)/.installed  ## config.example.toml from the settings model
	@$(BIN)/kds-tui config example > config.example.toml

lock: $(VENV)/.installed-dev  ## choose the pinned versions again
	@$(PIP) install uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		--upgrade --extra voice --group dev pyproject.toml --output-file constraints.txt

clean:  ## remove what the targets made
	@rm -rf $(VENV) .pytest_cache .hypothesis .ruff_cache demo-output
