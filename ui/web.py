"""The chat as a web page."""

import contextlib
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from assistant.assistant import Assistant, create
from assistant.errors import ChatModelError
from assistant.question import MAX_CHARACTERS
from assistant.types import Answered, Composed, SentenceReady, Turn
from settings import OutsourcingError, Settings
from ui import rendering

EXAMPLES = (
    "What is the difference between BPO and KPO?",
    "Should we outsource market research?",
    "Is a BPO just a call centre?",
    "What are the risks of outsourcing payroll?",
)
_HERE = Path(__file__).parent
_TROUBLE = "⚠ "
Message = dict[str, Any]


class PortError(OutsourcingError):
    """The address cannot be listened on."""


How = Literal["stop", "clear", "next"]


@dataclass
class Run:
    """One answer in the making, and whether its reader has ended it: by Stop, by Clear, or by the next question."""

    halted: How | None = None
    standing: str = ""
    """What would remain of the answer now, without the line on what is still to come."""


class Page:
    """What the page's handlers share: the assistant and how far its warming has come."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.trouble = ""
        self._library_ready = threading.Event()
        self._runs: dict[str, Run] = {}

    def warm(self) -> None:
        """Gets the library ready; for a thread of its own."""
        try:
            self.assistant.warm()
        except OutsourcingError as error:
            self.trouble = str(error)
        finally:
            self._library_ready.set()

    def warm_model(self) -> None:
        """Gets the chat model ready; for a thread of its own."""
        try:
            self.assistant.warm_model()
        except ChatModelError as error:
            self.trouble = self.trouble or f"Answers are quoted, not drafted: {error}"

    def status(self) -> str:
        """One line above the chat."""
        if self.trouble:
            return _TROUBLE + self.trouble
        if not self._library_ready.is_set():
            return "⏳ Loading the library …"
        if not self.assistant.ready:
            return "⏳ Ready to quote; the chat model is still warming up."
        return "Ready."

    @property
    def settled(self) -> bool:
        """Whether the status will not change any more."""
        return bool(self.trouble) or (self._library_ready.is_set() and self.assistant.ready)

    def halt(self, session: str, how: How) -> None:
        """Ends the answer that is being written for a session: keep what stands, or show no more of it."""
        if session in self._runs:
            self._runs[session].halted = how

    def answer(self, question: str, messages: list[Message], session: str = "") -> Iterator[tuple[list[Message], str]]:
        """(messages, panel) as the answer comes about; a stated error becomes a message.

        A question asked while another is being answered ends that answer: what stood of it stays.
        """
        before = self._runs.get(session)
        if before is not None:
            before.halted = "next"
            if before.standing and messages and messages[-1]["role"] == "assistant":
                messages = [*messages[:-1], {"role": "assistant", "content": before.standing}]
        run = self._runs[session] = Run()
        try:
            for screen in self._screens(question, messages, run):
                if run.halted in ("clear", "next"):
                    return
                yield screen
        finally:
            if self._runs.get(session) is run:
                del self._runs[session]

    def _screens(self, question: str, messages: list[Message], run: Run) -> Iterator[tuple[list[Message], str]]:
        history = _history(messages)
        shown = question if len(question) <= MAX_CHARACTERS else question[:200] + " …"
        messages = [*messages, {"role": "user", "content": _literal(shown)}]

        def screen(content: str) -> list[Message]:
            return [*messages, {"role": "assistant", "content": content}]

        drafted: list[str] = []
        try:
            for event in self.assistant.stream(question, history, stopped=lambda: run.halted is not None):
                if isinstance(event, Composed):
                    composed, panel = event.answer, rendering.sources_html(event.answer)
                    run.standing = rendering.answer_markdown(composed)
                    yield screen(rendering.answer_markdown(composed, _waiting(event, self))), panel
                elif isinstance(event, SentenceReady):
                    drafted.append(event.sentence.text)
                    yield screen(rendering.answer_markdown(composed, _literal(" ".join(drafted)) + " …")), panel
                elif isinstance(event, Answered):
                    yield screen(rendering.answer_markdown(event.answer)), rendering.sources_html(event.answer)
        except OutsourcingError as error:
            yield screen(f"{_TROUBLE}{_literal(str(error))}"), rendering.EMPTY

    def show_source(self, reference: str) -> str:
        """The document with the cited words marked; called by the page's script, so nothing of it is trusted."""
        try:
            document_id, start, end = (unquote(part) for part in str(reference).split("/"))
            document = self.assistant.library.document(document_id)
            first, last = int(start), int(end)
        except (OutsourcingError, ValueError):
            return rendering.message_html("This source cannot be shown.")
        if document is None:
            return rendering.message_html("This document is no longer in the library.")
        return rendering.document_html(document, max(0, first), min(len(document.text), last))


def build(page: Page) -> Any:
    """The Gradio page."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    def refresh() -> tuple[Any, Any]:
        return gr.update(value=page.status()), gr.Timer(active=not page.settled)

    def show_source(reference: str) -> str:
        return page.show_source(reference)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    with gr.Blocks(title="Outsourcing assistant", analytics_enabled=False, fill_width=True) as demo:
        gr.HTML(
            "<h1>Outsourcing assistant</h1><p>Answers in the sources’ own words. Click a number to read them "
            "where they stand.</p>",
            elem_id="head",
        )
        status = gr.Markdown(page.status(), elem_id="status")
        timer = gr.Timer(1.0)
        timer.tick(refresh, None, [status, timer], **private)
        with gr.Row():
            with gr.Column(scale=3, min_width=420):
                chat = gr.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    label="Conversation",
                    height="calc(100vh - 270px)",
                    layout="panel",
                    feedback_options=None,
                    latex_delimiters=[],
                    buttons=["copy"],
                    autoscroll=False,
                    group_consecutive_messages=False,
                    examples=[{"text": text} for text in EXAMPLES],
                    placeholder="**Ask about outsourcing**, in plain language.",
                )
                with gr.Row():
                    box = gr.Textbox(
                        placeholder="Ask a question …",
                        label="Your question",
                        show_label=False,
                        scale=6,
                        autofocus=True,
                        elem_id="question",
                        max_lines=4,
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="ask")
                    stop = gr.Button("Stop", scale=1, min_width=80, elem_id="stop")
                    clear = gr.Button("Clear", scale=1, min_width=80, elem_id="clear")
            with gr.Column(scale=2, min_width=320):
                panel = gr.HTML(
                    rendering.EMPTY,
                    elem_id="panel",
                    apply_default_css=False,
                    js_on_load=(_HERE / "page.js").read_text(encoding="utf-8"),
                    server_functions=[show_source],
                )

        def run(
            question: str, messages: list[Message], request: gr.Request
        ) -> Iterator[tuple[Any, list[Message], str]]:
            box_text: Any = ""  # cleared once: what is typed while the answer is written stays
            for shown, sources in page.answer(question, messages, request.session_hash or ""):
                rejected = _text(shown[-1]["content"]).startswith(_TROUBLE)
                yield question if rejected else box_text, shown, sources
                box_text = gr.skip()

        def run_example(
            messages: list[Message], request: gr.Request, event: gr.SelectData
        ) -> Iterator[tuple[Any, list[Message], str]]:
            yield from run(str(event.value["text"]), messages, request)

        def end(request: gr.Request) -> None:
            page.halt(request.session_hash or "", "stop")

        def wipe(request: gr.Request) -> tuple[list[Message], str]:
            page.halt(request.session_hash or "", "clear")
            return [], rendering.EMPTY

        shown = [box, chat, panel]
        private["concurrency_limit"] = 8
        gr.on([box.submit, send.click], run, [box, chat], shown, trigger_mode="multiple", **private)
        chat.example_select(run_example, chat, shown, **private)
        stop.click(end, None, None, queue=False, **private)
        clear.click(wipe, None, [chat, panel], queue=False, **private)
    return demo


def serve(settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serves until Ctrl-C, then ends the chat model's process too.

    Raises:
        OutsourcingError: the library or the embedding model is not there.
    """
    assistant = create(settings)
    page = Page(assistant)
    try:
        assistant.library.require()
        threads = [threading.Thread(target=warm, daemon=True) for warm in (page.warm, page.warm_model)]
        threads[0].start()
        import gradio as gr

        demo = build(page)
        demo.queue(default_concurrency_limit=8, api_open=False)
        demo.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            show_error=True,
            footer_links=[],
            theme=gr.themes.Soft(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
            css_paths=[_HERE / "page.css"],
            ssr_mode=False,
        )
        threads[1].start()  # once the page is up: loading beside it made the page ten seconds later
        say(f"Outsourcing assistant: http://{host}:{port} (Ctrl-C ends it)")
        _wait()
        say("closing")
        demo.close(verbose=False)
        assistant.end_model()
        for thread in threads:  # a thread still inside torch when Python ends would abort the process
            thread.join(timeout=5)
    finally:
        assistant.close()


def _wait() -> None:
    """Until Ctrl-C or a request to end."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.is_set():
        time.sleep(0.2)


def require_free(host: str, port: int) -> None:
    """Checks that the address can be listened on, before anything long begins.

    Raises:
        PortError: something else listens there.
    """
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortError(
                f"cannot listen on {host}:{port} ({error.strerror}): end what uses it, or give another --port"
            ) from error


def _waiting(event: Composed, page: Page) -> str:
    if not event.drafting:
        return ""
    if not page.assistant.ready:
        return "Quoted from the library. The chat model is still warming up; its words follow if they come in time."
    return "Quoted from the library. The chat model is writing; each sentence is checked before it is shown …"


def _history(messages: list[Message]) -> list[Turn]:
    """The turns before this question, as they were typed; a question that was rejected is none of them."""
    turns: list[Turn] = []
    for message in messages:
        text = _plain(_text(message["content"]))
        if message["role"] == "assistant" and text.startswith(_TROUBLE):
            turns.pop()
        else:
            turns.append(Turn(message["role"], text))
    return turns


def _text(content: Any) -> str:
    """A message's text; Gradio gives a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(_text(part.get("text", "")) if isinstance(part, dict) else str(part) for part in content)
    return ""


_MARKS = "\\`*_[]<>#"


def _literal(text: str) -> str:
    """Text as Markdown shows it literally."""
    return "".join("\\" + character if character in _MARKS else character for character in text)


def _plain(text: str) -> str:
    """The inverse of `_literal`."""
    return re.sub(r"\\([" + re.escape(_MARKS) + "])", r"\1", text)
