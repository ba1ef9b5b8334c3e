from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from assistant.assistant import Assistant
from assistant.errors import QuestionError
from assistant.types import Citation, Dropped
from tests.conftest import BPO, FakeModel, make_document
from ui import cli, rendering, terminal
from ui.web import Page
from ui.wording import place

HOSTILE = 'Ignore <img src=x onerror="alert(1)"> & [9](javascript:alert(1)) rules.'


def test_every_marker_links_to_its_words(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant().ask("What is BPO?")
    text = rendering.answer_markdown(answer)
    links = re.findall(r"\[\\\[(\d+)\\\]\]\(#cite/([^)]+)\)", text)
    assert [int(number) for number, _ in links] == [citation.number for citation in answer.citations]
    first = answer.citations[0]
    assert unquote(links[0][1]) == f"{first.document_id}/{first.start}/{first.end}"
    assert text.endswith("</sub>")


def test_the_panel_lists_quotes_and_what_they_rest_on(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant().ask("What is BPO?")
    panel = rendering.sources_html(answer)
    assert panel.count("<li>") == len(answer.citations)
    assert "<blockquote>Business process outsourcing (BPO) is the running of" in panel
    assert '<a href="https://example.org/a"' in panel


def test_a_kept_answer_is_shown_as_it_was(
    make_assistant: Callable[..., Assistant], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = make_assistant().ask("What is BPO?")
    terminal.print_answer(answer, Console())
    said = capsys.readouterr().out
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(answer.to_json()), encoding="utf-8")
    cli.show(kept)
    shown = capsys.readouterr().out
    assert shown.startswith(f"What is BPO?\n\n{said}")
    assert answer.fingerprints.library in shown
    kept.write_text(json.dumps(answer.to_json(), indent=1), encoding="utf-8")
    cli.show(kept)
    assert capsys.readouterr().out == shown
    kept.write_text(2 * f"{json.dumps(answer.to_json())}\n", encoding="utf-8")  # as `ask --file --json` prints them
    cli.show(kept)
    assert capsys.readouterr().out == f"{shown}\n{shown}"


def test_the_terminal_repeats_no_words_that_the_answer_quotes(
    make_assistant: Callable[..., Assistant], capsys: pytest.CaptureFixture[str]
) -> None:
    assistant = make_assistant()
    terminal.show(assistant, "What is BPO?", (), Console(width=400), titled=True)
    said = capsys.readouterr().out
    first = assistant.ask("What is BPO?").citations[0]
    assert said.startswith("\nWhat is BPO?\n\n")
    assert said.count(first.quote) == 1
    assert f"{first.origin}, characters {first.start}–{first.end}" in said


def test_a_refusal_says_all_itself(
    make_assistant: Callable[..., Assistant], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = make_assistant().ask("hello")
    assert answer.outcome == "refused"
    assert rendering.answer_markdown(answer) == answer.text
    terminal.print_answer(answer, Console(width=400))
    assert capsys.readouterr().out.strip() == answer.text.replace("\\", "")


@pytest.mark.parametrize("text", ["[]", "{}", '{"question": "What is BPO?", "citations": [{}]}', "no JSON", "7", " \n"])
def test_a_file_that_holds_no_answer_is_refused(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError, match=r"kept\.json"):
        cli.show(kept)


def test_a_document_is_shown_with_its_words_marked() -> None:
    document = make_document("bpo", BPO, title="BPO")
    start = document.text.index("BPO can lock")
    shown = rendering.document_html(document, start, start + len("BPO can lock a client into one supplier."))
    assert '<mark tabindex="-1">BPO can lock a client into one supplier.</mark>' in shown
    assert "<h3>Risks</h3>" in shown
    assert shown.count("<mark") == 1


def test_hostile_text_is_shown_and_never_run() -> None:
    document = make_document("bad", f"# T <b>\n\n{HOSTILE}\n", title="<script>x</script>")
    shown = rendering.document_html(document, document.text.index("Ignore"), len(document.text))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in shown


@given(st.text(max_size=120), st.integers(-5, 130), st.integers(-5, 130))
def test_any_span_of_any_text_can_be_asked_for(text: str, start: int, end: int) -> None:
    document = make_document("any", text, title="T")
    shown = rendering.document_html(document, max(0, start), min(len(document.text), end))
    assert shown.count("<mark") == shown.count("</mark>")
    inside = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", shown, re.DOTALL))
    assert "<" not in inside


def page(make_assistant: Callable[..., Assistant], model: FakeModel | None = None) -> Page:
    return Page(make_assistant(model))


def test_the_composed_answer_comes_first_and_the_drafted_one_after(make_assistant: Callable[..., Assistant]) -> None:
    says = "Outsourcing payroll pays when one clerk knows everything, "
    says += "but not when good software already serves a small staff. "
    says += "Outsourced payroll exposes bank details of staff."
    screens = list(page(make_assistant, FakeModel(says)).answer("Should we outsource payroll?", []))
    contents = [messages[-1]["content"] for messages, _ in screens]
    assert contents[0].startswith("*Quoted from the library. The chat model is writing")
    assert "makes sense when pay rules are written down" in contents[0]
    assert contents[-1].startswith("Outsourcing payroll pays when one clerk knows everything, but not when")
    assert "2 sentences written by the model" in contents[-1]
    assert all(messages[0]["role"] == "user" for messages, _ in screens)


def test_a_stated_error_is_a_message(make_assistant: Callable[..., Assistant]) -> None:
    [(messages, _)] = list(page(make_assistant).answer("   ", []))
    assert messages[-1]["content"].startswith("⚠ the question is empty")
    [(messages, _)] = list(page(make_assistant).answer("x" * 100_000, []))
    assert "at most 4,000" in messages[-1]["content"]
    assert len(messages[0]["content"]) < 2_100


def test_what_was_left_out_is_said(make_assistant: Callable[..., Assistant]) -> None:
    answer = make_assistant(FakeModel("BPO costs 90 percent less.")).ask("What is BPO?")
    assert answer.dropped == (Dropped("BPO costs 90 percent less.", answer.dropped[0].reason),)
    assert "<details><summary>1 sentence of the model&#x27;s did not pass" in rendering.answer_markdown(answer)


def test_a_source_is_asked_for_by_anybody(make_assistant: Callable[..., Assistant]) -> None:
    shown = page(make_assistant)
    assert "<mark" in shown.show_source("reference%2Fbpo/13/60")
    for reference in ("", "a/b/c", "reference%2Fbpo/1", "reference%2Fbpo/x/2", "../../etc/passwd/0/9", "none/0/9"):
        assert "<mark" not in shown.show_source(reference)
    everything = shown.show_source("reference%2Fbpo/-9/99999999999999999999")
    assert everything.count("<mark") == everything.count("</mark>") == 6


def test_follow_ups_read_the_users_turns(make_assistant: Callable[..., Assistant]) -> None:
    history = [
        {"role": "user", "content": [{"type": "text", "text": "Should we outsource payroll?"}]},
        {"role": "assistant", "content": "…"},
    ]
    *_, (messages, panel) = page(make_assistant).answer("And the risks?", history)
    assert len(messages) == 4
    assert "Outsourced payroll exposes bank details" in panel


def test_the_status_tells_how_far_the_page_is(make_assistant: Callable[..., Assistant]) -> None:
    class Slow(FakeModel):
        ready = False  # type: ignore[assignment]

    slow = page(make_assistant, Slow())
    slow.warm_model()
    assert slow.status() == "⏳ Loading the library …"
    slow.warm()
    assert slow.status() == "⏳ Ready to quote; the chat model is still warming up."
    assert not slow.settled
    done = page(make_assistant, FakeModel())
    done.warm_model()
    done.warm()
    assert (done.status(), done.settled) == ("Ready.", True)


def test_a_title_is_not_said_again_as_a_heading() -> None:
    cited = Citation(1, "p", "mine/a", "Policy", "a.md", ("Policy", "Exit"), None, 0, 4, "Exit", ())
    assert place(cited) == ("Policy", "Exit")
    assert place(replace(cited, headings=("Exit",))) == ("Policy", "Exit")
