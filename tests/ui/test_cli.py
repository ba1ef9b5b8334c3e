"""The command line as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.local_model import LocalModel
from ingest import weights
from settings import load
from tests.conftest import free_port

pytestmark = pytest.mark.models


class Shell:
    """Runs `outsourcing` with a data folder of its own and the machine's pulled models."""

    def __init__(self, data: Path) -> None:
        data.mkdir()
        (data / "models").symlink_to(load().models_dir)
        self.data = data
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("OUTSOURCING_")},
            "OUTSOURCING_DATA_DIR": str(data),
            "OUTSOURCING_OFFLINE": "1",
            "COLUMNS": "100",
        }

    def __call__(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ui.cli", *words],
            capture_output=True, text=True, env={**self.env, **env}, timeout=240, check=False,
        )  # fmt: skip

    def json(self, *words: str, **env: str) -> Any:
        done = self(*words, "--json", **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("cli") / "data")
    report = shell.json("ingest")
    assert report["failed"] == []
    assert report["embedded"] == report["passages"] >= 200
    return shell


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_help_loads_nothing_that_it_does_not_need(bare: Shell) -> None:
    """Seconds would tell only how fast the machine is."""
    done = bare("--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    assert all(
        name in done.stdout for name in ("ask", "search", "ingest", "sources", "remove", "chat", "eval", "doctor")
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert loaded.isdisjoint({"settings", "pydantic", "numpy", "langchain_core", "chromadb", "torch", "gradio"})


def test_a_second_ingest_does_nothing(shell: Shell) -> None:
    report = shell.json("ingest")
    assert (report["added"], report["replaced"], report["embedded"]) == (0, 0, 0)


CLAIMS = [
    ("What is BPO?", "reference/bpo", "third-party provider"),
    ("What is KPO?", "reference/kpo", "expertise"),
    ("What is the difference between BPO and KPO?", "reference/bpo-vs-kpo", "judgement"),
    ("Is LPO part of KPO?", "reference/lpo", "part of knowledge process outsourcing"),
    ("Is KPO a subset of BPO?", "reference/where-sources-disagree-on-bpo-and-kpo", "subset"),
    ("Which is better, BPO or KPO?", "reference/bpo-or-kpo-which-is-better", "depends on the tasks"),
    ("Is a BPO just a call centre?", "reference/bpo-and-kpo-misconceptions", "call centre"),
    ("Should we outsource market research?", "reference/should-we-outsource-market-research", "makes sense when"),
    ("Should we outsource payroll?", "reference/should-we-outsource-payroll", "makes sense when"),
    ("Should we outsource customer support?", "reference/should-we-outsource-customer-support", "makes sense when"),
    ("Should we outsource accounting?", "reference/should-we-outsource-accounting", "makes sense when"),
    ("Should we outsource analytics?", "reference/should-we-outsource-analytics", "makes sense when"),
    ("Should we outsource legal work?", "reference/should-we-outsource-contract-review", "makes sense when"),
]


def test_the_claims_are_answered_with_a_right_citation(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps({"question": question}) for question, *_ in CLAIMS), "utf-8")
    done = shell("ask", "--file", str(path), "--json", "--mode", "composed")
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for (question, document, words), answer in zip(CLAIMS, answers, strict=True):
        assert (answer["question"], answer["outcome"]) == (question, "answered")
        quotes = [c["quote"] for c in answer["citations"] if c["document_id"] == document]
        assert any(words in quote for quote in quotes), answer["text"]


def test_an_answer_with_the_embedded_chat_model(shell: Shell) -> None:
    answer = shell.json(
        "ask", "Should we outsource accounting?", OUTSOURCING_CHAT_MODEL="local", OUTSOURCING_DRAFT__TIME_LIMIT_S="120",
        OUTSOURCING_DRAFT__ANSWER_TOKENS="64",
    )  # fmt: skip
    assert answer["outcome"] == "answered"
    assert answer["model"] == weights.CHAT.name
    assert answer["mode"] == "drafted" or answer["dropped"] or "too little" in answer["notice"]
    assert answer["timings"]["composed_ms"] < answer["timings"]["total_ms"]


def test_a_follow_up(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    turns = [{"role": "user", "content": "Should we outsource market research?"}, {"role": "assistant", "content": "…"}]
    path.write_text(json.dumps(turns), "utf-8")
    answer = shell.json("ask", "What about payroll?", "--history", str(path), "--mode", "composed")
    assert answer["standalone_question"] == "Should we outsource payroll?"
    assert answer["citations"][0]["document_id"] == "reference/should-we-outsource-payroll"


def test_in_a_pipe_the_answer_and_its_sources(shell: Shell) -> None:
    done = shell("ask", "What is KPO?", "--mode", "composed")
    assert done.returncode == 0
    assert "Sources" in done.stdout
    assert "rests on:" in done.stdout
    assert "quoted word for word" in done.stdout


def test_outside_the_library_is_refused(shell: Shell) -> None:
    answer = shell.json("ask", "What is the capital of France?", "--mode", "composed")
    assert (answer["outcome"], answer["citations"]) == ("refused", [])
    assert answer["missing"]


def test_search(shell: Shell) -> None:
    hits = shell.json("search", "who is liable for payroll taxes", "-k", "3")["hits"]
    assert hits[0]["document_id"] == "reference/should-we-outsource-payroll"
    assert len(hits) == 3


def test_a_users_file_comes_and_goes(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "policy.md"
    path.write_text("# Zebra policy\n\nZebra grooming is outsourced to Savannah Ltd until 2031.\n", "utf-8")
    assert shell.json("ingest", str(path))["added"] == 1
    answer = shell.json("ask", "Who does our zebra grooming until 2031?", "--mode", "composed")
    assert answer["citations"][0]["quote"] == "Zebra grooming is outsourced to Savannah Ltd until 2031."
    [mine] = [d for d in shell.json("sources")["documents"] if d["collection"] == "mine"]
    assert shell("remove", mine["document_id"]).returncode == 0
    assert [d for d in shell.json("sources")["documents"] if d["collection"] == "mine"] == []
    assert "no document mine/none" in one_line(shell("remove", "mine/none"))


def test_evaluation_prints_a_table_and_writes_json(shell: Shell) -> None:
    result = shell.json("eval", "--limit", "6")
    assert [line["type"] for line in result["table"]][-1] == "all"
    assert result["table"][-1]["broken"] == 0
    assert json.loads(Path(result["file"]).read_text("utf-8"))["cases"] == result["cases"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ask", "  "), "the question is empty"),
        (("ask", "x" * 100_000), "at most 4,000 are read"),
        (("ask", "\x01\x02"), "the question is empty"),
        (("ask", "--file", "missing.jsonl"), "cannot read missing.jsonl"),
        (("ingest", "missing.md"), "there is no such file"),
        (("ingest", "https://example.org/page"), "web addresses are not read yet"),
        (("eval", "--beir", "missing"), "not a BEIR folder"),
    ],
)
def test_bad_input_is_one_plain_line(shell: Shell, words: tuple[str, ...], message: str) -> None:
    assert message in one_line(shell(*words))


def test_control_characters_around_a_question_do_no_harm(shell: Shell) -> None:
    answer = shell.json("ask", "What\x07 is \x1b[31mKPO?\u202e", "--mode", "composed")
    assert answer["outcome"] == "answered"
    assert answer["standalone_question"] == "What is KPO?"


@pytest.mark.parametrize("words", [("ask",), ("ask", "a", "--file", "b"), ("nonsense",), ("search",)])
def test_wrong_usage_is_exit_code_2(bare: Shell, words: tuple[str, ...]) -> None:
    assert bare(*words).returncode == 2


def test_a_missing_library(bare: Shell) -> None:
    assert "run `outsourcing ingest`" in one_line(bare("ask", "What is KPO?", "--mode", "composed"))
    assert "run `outsourcing ingest`" in bare("doctor").stdout


def test_missing_models(bare: Shell) -> None:
    (bare.data / "models").unlink()
    assert "run `outsourcing models pull`" in one_line(bare("ask", "What is KPO?"))
    assert "OUTSOURCING_OFFLINE forbids the network" in one_line(bare("models", "pull"))
    assert bare("doctor").returncode == 1


def test_a_corrupt_chat_model_is_deleted_and_the_composed_answer_stands(shell: Shell, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / weights.EMBEDDING.name).symlink_to(load().models_dir / weights.EMBEDDING.name)
    file = weights.CHAT.files[0]
    broken = models / weights.CHAT.name / file.path
    broken.parent.mkdir()
    with broken.open("wb") as stream:
        stream.truncate(file.size)
    other = tmp_path / "data"
    other.mkdir()
    (other / "models").symlink_to(models)
    (other / "library").symlink_to(shell.data / "library")
    answer = shell.json("ask", "What is KPO?", OUTSOURCING_CHAT_MODEL="local", OUTSOURCING_DATA_DIR=str(other))
    assert (answer["outcome"], answer["mode"]) == ("answered", "composed")
    assert "damaged" in answer["notice"]
    assert "outsourcing models pull" in answer["notice"]
    assert not broken.exists()


def test_an_unreachable_chat_server_leaves_the_composed_answer(shell: Shell) -> None:
    answer = shell.json(
        "ask", "What is KPO?", OUTSOURCING_CHAT_MODEL="openai:any", OUTSOURCING_CHAT_API_KEY="x",
        OUTSOURCING_CHAT_BASE_URL=f"http://127.0.0.1:{free_port()}/v1",
    )  # fmt: skip
    assert (answer["outcome"], answer["mode"]) == ("answered", "composed")
    assert "does not answer" in answer["notice"]


def test_a_chat_server_of_ones_own_writes_the_whole_answer(shell: Shell) -> None:
    """The path of every hosted or self-hosted model, walked with the embedded one as the server."""
    folder = weights.ready(weights.CHAT, shell.data / "models")
    server = LocalModel(folder / weights.CHAT.files[0].path)
    server.start()
    try:
        answer = shell.json(
            "ask", "What is KPO?", OUTSOURCING_CHAT_MODEL="openai:any", OUTSOURCING_CHAT_API_KEY=server.key,
            OUTSOURCING_CHAT_BASE_URL=f"{server.url}/v1", OUTSOURCING_ANSWER_MODE="drafted",
            OUTSOURCING_DRAFT__TIME_LIMIT_S="200", OUTSOURCING_DRAFT__ANSWER_TOKENS="64",
        )  # fmt: skip
    finally:
        server.close()
    assert answer["outcome"] == "answered"
    assert answer["notice"] in (None, "too little of what it wrote passed the checks")
    assert answer["model"] == "openai:any"
    assert answer["dropped"] or answer["notice"] or answer["mode"] == "drafted"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("OUTSOURCING_COLOUR", "red", "OUTSOURCING_COLOUR: unknown"),
        ("OUTSOURCING_RETRIEVAL__HITS", "0", "retrieval.hits"),
        ("OUTSOURCING_ANSWER_MODE", "loud", "answer_mode"),
        ("OUTSOURCING_CHROMA", "nonsense", "settings: chroma"),
        ("OUTSOURCING_CHROMA", "http://example.org:8000", "OUTSOURCING_OFFLINE forbids the Chroma server"),
        ("OUTSOURCING_CONFIG", "missing.toml", "cannot read the settings file"),
    ],
)
def test_wrong_settings_are_named(shell: Shell, name: str, value: str, message: str) -> None:
    assert message in one_line(shell("search", "KPO", **{name: value}))


def test_a_port_in_use(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in one_line(shell("chat", "--port", str(port)))


def test_a_library_that_cannot_be_written(bare: Shell) -> None:
    (bare.data / "library").write_text("a file where a folder should be")
    assert "cannot write to" in one_line(bare("ingest"))
