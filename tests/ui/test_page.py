"""The page as a reader uses it: the real server with the real models, in headless Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from settings import load
from tests.conftest import free_port

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.models, pytest.mark.browser]
if CHROMIUM is None and not os.environ.get("CI"):
    pytestmark.append(pytest.mark.skip(reason="Debian's chromium is not installed (apt-get install chromium)"))

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
CITES = '#chat a[href*="#cite/"]'


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in done.stdout.split()]


class Server:
    """`outsourcing chat` on a free port, with a library of its own."""

    def __init__(self, data: Path, **settings: str) -> None:
        env = {**os.environ, "OUTSOURCING_DATA_DIR": str(data), "OUTSOURCING_OFFLINE": "1", **settings}
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "ingest"], env=env, check=True, capture_output=True, timeout=240
        )
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        begin = time.monotonic()
        self.log = (data / f"log-{port}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "chat", "--port", str(port)], env=env, stdout=self.log, stderr=self.log
        )
        while not self._up():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - begin < 60, self.said()
            time.sleep(0.1)

    def _up(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def said(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text("utf-8")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        self.log.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "data"
    folder.mkdir()
    (folder / "models").symlink_to(load().models_dir)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    """As the program comes: without a chat model."""
    server = Server(data)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser_page(server: Server, browser: Browser) -> Page:
    return opened(server, browser)


@pytest.fixture(scope="module")
def drafting(data: Path) -> Iterator[Server]:
    """With the embedded chat model."""
    server = Server(data, OUTSOURCING_CHAT_MODEL="local", OUTSOURCING_DRAFT__ANSWER_TOKENS="64")
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture(scope="module")
def drafting_page(drafting: Server, browser: Browser) -> Page:
    page = opened(drafting, browser)
    expect(page.locator("#status")).to_have_text("Ready.", timeout=90_000)
    return page


def opened(server: Server, browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.goto(server.url)
    page.wait_for_selector("#question textarea")
    return page


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def settled(page: Page, answers: int) -> None:
    """Until that many answers are complete: each then closes with its note."""
    expect(page.locator("#chat sub")).to_have_count(answers, timeout=90_000)


def test_the_page_says_when_it_is_ready(server: Server, browser_page: Page) -> None:
    expect(browser_page.locator("#status")).to_have_text("Ready.", timeout=90_000)


def test_a_cited_answer_stands_at_once(browser_page: Page) -> None:
    ask(browser_page, "Should we outsource market research?")
    browser_page.wait_for_selector(CITES, timeout=20_000)  # how soon is measured by `make speed`: tests share a machine
    expect(browser_page.locator("#chat")).to_contain_text("Outsourcing market research makes sense when")
    settled(browser_page, 1)
    expect(browser_page.locator("#chat sub")).to_contain_text("quoted word for word")
    expect(browser_page.locator("#panel")).to_contain_text("Rests on:")


def test_every_citation_opens_on_its_exact_words(browser_page: Page) -> None:
    links = browser_page.locator(CITES)
    for index in range(links.count()):
        number = links.nth(index).inner_text().strip("[]")
        links.nth(index).click()
        mark = browser_page.locator("#panel mark")
        expect(mark).to_have_count(1)
        expect(mark).to_be_in_viewport()
        browser_page.locator("#panel button.link", has_text="all sources").click()
        item = browser_page.locator("#panel li", has_text=f"[{number}]").first
        quote = item.locator("blockquote").inner_text()
        item.locator("button.link").click()
        expect(browser_page.locator("#panel mark")).to_have_text(quote)
        browser_page.locator("#panel button.link", has_text="all sources").click()
    assert links.count() >= 5


def test_a_comparison_is_a_table(browser_page: Page) -> None:
    ask(browser_page, "What is the difference between BPO and KPO?")
    settled(browser_page, 2)
    table = browser_page.locator("#chat table").last
    assert table.locator("th").all_inner_texts() == ["", "BPO", "KPO"]
    assert table.locator("tbody tr").count() >= 3


def test_a_wrong_question_gets_a_visible_message(browser_page: Page) -> None:
    ask(browser_page, "x" * 100_000)
    expect(browser_page.locator("#chat")).to_contain_text("at most 4,000 are read")
    assert len(browser_page.locator("#question textarea").input_value()) == 100_000  # nothing typed is lost


def test_clear_and_an_example_question(browser_page: Page) -> None:
    browser_page.click("#clear")
    expect(browser_page.locator(CITES)).to_have_count(0)
    browser_page.get_by_text("Is a BPO just a call centre?").click()
    settled(browser_page, 1)
    expect(browser_page.locator("#chat")).to_contain_text("call centre")


def test_stop_leaves_the_composed_answer(drafting_page: Page) -> None:
    before = drafting_page.locator(CITES).count()
    ask(drafting_page, "Should we outsource payroll?")
    drafting_page.wait_for_function("([s, n]) => document.querySelectorAll(s).length > n", arg=[CITES, before])
    drafting_page.click("#stop")
    time.sleep(1)
    expect(drafting_page.locator("#chat")).to_contain_text("Outsourcing payroll makes sense when")
    assert drafting_page.locator("#question textarea").is_enabled()


def test_what_is_typed_while_an_answer_is_written_stays_and_can_be_asked(drafting_page: Page) -> None:
    answers = drafting_page.locator("#chat sub").count()
    before = drafting_page.locator(CITES).count()
    ask(drafting_page, "Should we outsource analytics?")
    drafting_page.wait_for_function("([s, n]) => document.querySelectorAll(s).length > n", arg=[CITES, before])
    drafting_page.fill("#question textarea", "What does LPO mean?")
    time.sleep(2)
    expect(drafting_page.locator("#question textarea")).to_have_value("What does LPO mean?")
    drafting_page.keyboard.press("Enter")
    settled(drafting_page, answers + 2)
    expect(drafting_page.locator("#question textarea")).to_have_value("")
    text = drafting_page.locator("#chat").inner_text()
    assert text.index("Outsourcing analytics") < text.index("Legal process outsourcing (LPO)")
    assert "The chat model is writing" not in text


def test_one_chat_model_however_many_ask_and_none_after_ctrl_c(drafting: Server, drafting_page: Page) -> None:
    assert len(children(drafting.process.pid)) == 1
    [model] = children(drafting.process.pid)
    drafting.stop()
    assert drafting.process.returncode == 0
    assert not Path(f"/proc/{model}").exists()
    said = Path(drafting.log.name).read_text("utf-8")
    assert f"Outsourcing assistant: {drafting.url}" in said
    assert "Traceback" not in said
