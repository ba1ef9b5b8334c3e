from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DocumentError
from ingest.load import article, canonical, user_file
from ingest.types import Asked

MATTER = """---
title: A title
slug: a-title
kind: definition
functions: [general]
aliases: [something]
reviewed: 2026-11-23
sources:
  - {key: x, title: X, publisher: P, kind: law, year: 2016, url: "https://example.org/x"}
  - {key: y, title: Y, publisher: Q, kind: vendor, year: 2020, url: "https://example.org/y"}
---
"""


def write(tmp_path: Path, text: str, name: str = "a-title.md") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_footnotes_and_links_are_taken_out_and_kept(tmp_path: Path) -> None:
    path = write(tmp_path, MATTER + "\n## In short\n\nIt is [so](kpo.md).[^x][^y] And so.[^y]\n")
    document = article(path)
    assert document.text == "## In short\n\nIt is so. And so.\n"
    start = document.text.index("It is so.")
    assert [source.key for source in document.sources_of(start, start + 9)] == ["x", "y"]
    assert [source.key for source in document.sources_of(start + 9, start + 17)] == ["y"]


def test_the_questions_of_an_article_lead_to_their_answers(tmp_path: Path) -> None:
    path = write(tmp_path, MATTER + "\n## In short\n\nPay is taxed.[^x] Tax is paid monthly.[^y]\n")
    bare = article(path)
    (tmp_path / "questions").mkdir()
    line = '{"question": " When do they want the money? ", "answers": ["paid monthly", "is taxed"]}\n'
    write(tmp_path / "questions", line, "a-title.jsonl")
    document = article(path)
    assert bare.questions == ()
    assert bare.content_hash != document.content_hash
    assert document.questions == (
        Asked("When do they want the money?", (document.text.index("paid monthly"), document.text.index("is taxed"))),
    )
    start = document.text.index("Tax is")
    assert document.questions_of(start, start + 20) == [0]
    assert document.questions_of(0, 5) == []


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", '{"question": "Why?"}', '{"question": "Why?", "answers": ["not said"]}',
        '{"question": "Why?", "answers": []}', '{"question": " ", "answers": ["Pay"]}',
        '{"question": 1, "answers": ["Pay"]}', '{"question": "Why?", "answers": [1]}',
    ],
)  # fmt: skip
def test_a_question_that_leads_nowhere_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, MATTER + "\n## In short\n\nPay is taxed.[^x][^y]\n")
    (tmp_path / "questions").mkdir()
    write(tmp_path / "questions", f"\n{line}", "a-title.jsonl")
    with pytest.raises(DocumentError, match=r"questions/a-title\.jsonl, line 2"):
        article(path)


@given(
    st.lists(st.sampled_from(["Text é𝒳. ", "[^a]", "[^b]", "[link](x.md) ", "\n\n", "[1] "]), max_size=30).map("".join)
)
def test_every_footnote_keeps_its_place(body: str) -> None:
    text, notes = canonical(body)
    assert "[^" not in text
    assert len(notes) == body.count("[^")
    rebuilt, last = "", 0
    for note in notes:
        rebuilt += text[last : note.offset] + f"[^{note.key}]"
        last = note.offset
    assert rebuilt + text[last:] == body.replace("[link](x.md)", "link")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title: A title\n", ""), "front matter: title"),
        (("kind: definition", "kind: essay"), "front matter: kind"),
        (("year: 2016", "year: long ago"), r"front matter: sources\.0\.year"),
        (("slug: a-title", "slug: other"), "is not the file's name"),
        (("reviewed: 2026-11-23\n", "reviewed: 2026-11-23\ncolour: red\n"), "front matter: colour"),
        (("---\ntitle", "title"), "no front matter"),
        (("title: A title", "title: [A"), "not YAML"),
    ],
)
def test_a_wrong_front_matter_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = write(tmp_path, MATTER.replace(*change, 1) + "Text.\n")
    with pytest.raises(DocumentError, match=message):
        article(path)


def test_a_footnote_without_a_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="footnotes without a source: z"):
        article(write(tmp_path, MATTER + "Text.[^z]\n"))


def test_a_users_file(tmp_path: Path) -> None:
    document = user_file(write(tmp_path, "# Our policy\r\n\r\nPayroll stays.\x00\r\n", "policy.md"), "mine")
    assert (document.title, document.collection) == ("Our policy", "mine")
    assert document.text == "# Our policy\n\nPayroll stays.\n"
    assert document.id.startswith("mine/")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"%PDF", "not read yet"),
        ("a.txt", b"\xff\xfe\xfa", "not UTF-8"),
        ("a.txt", b" \n", "no text in it"),
        ("missing.txt", None, "No such file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DocumentError, match=message):
        user_file(path, "mine")
