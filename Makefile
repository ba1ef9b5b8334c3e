# make chat   install, pull the embedding model, ingest the corpus, serve the chat at http://127.0.0.1:7860
# make test   install, pull the models, run every test

PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
DONE := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install models chat-model ingest chat test test-fast lint eval speed gate contents learn lock clean

help:
	@echo "make chat       the chat at http://127.0.0.1:$(PORT)"
	@echo "make test       every test, with the real models, in a headless browser too"
	@echo "make test-fast  the tests that need no models"
	@echo "make lint       style and types"
	@echo "make eval       the evaluation set"
	@echo "make speed      waits and memory, beside the plain tutorial pipeline"
	@echo "make gate       fails where answers are worse than the committed floors"
	@echo "make contents   the table of contents of corpus/README.md"
	@echo "make learn      makes again what is made from articles and questions, after a change of these"
	@echo "make clean      deletes .venv and caches; the library and the models stay"

$(DONE): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v >= (3, 11) else "Python 3.11 or later is needed, this is %d.%d: make PYTHON=python3.11" % v)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(DONE)

install: $(DONE)

models: $(DONE)
	$(BIN)/outsourcing models pull

chat-model: $(DONE)
	OUTSOURCING_CHAT_MODEL=local $(BIN)/outsourcing models pull

ingest: models
	$(BIN)/outsourcing ingest

chat: $(DONE)
	$(BIN)/outsourcing chat --port $(PORT)

test: chat-model
	@./tests/browser.sh
	$(BIN)/python -m pytest

test-fast: $(DONE)
	$(BIN)/python -m pytest -m "not models and not browser"

lint: $(DONE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: ingest
	$(BIN)/outsourcing eval

speed: chat-model ingest
	$(BIN)/python -m eval.speed

gate: chat-model ingest
	$(BIN)/python -m eval.gate

contents: $(DONE)
	$(BIN)/python -m tests.corpus.contents

learn: models
	$(BIN)/python -m ingest.shipped
	$(BIN)/python -m assistant.adapter
	$(BIN)/python -m assistant.intent

lock:
	$(BIN)/python -m pip freeze --all --exclude pip --exclude-editable | sed 's/+cpu$$//' > requirements.lock

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
