"""The rules of corpus/README.md, article by article."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from eval.cases import FOLDER, SPLITS, load
from ingest import sentences
from ingest.load import article, front_matter
from ingest.types import Document, Source
from settings import CORPUS_DIR
from tests.corpus.contents import README, coverage, with_contents

PATHS = sorted(path for path in CORPUS_DIR.glob("*.md") if path.name != "README.md")
SELLS_NOTHING = {"law", "regulator", "standard", "academic", "encyclopedia"}
DECISION = [
    "In short", "What the work is", "When it pays", "When it does not pay", "Risks", "What to keep in-house",
    "What to measure", "Data and law", "Bottom line",
]  # fmt: skip
FUNCTIONS = set(
    (
        "accounting/analytics/claims/customer support/cybersecurity/data entry/data protection/engineering/"
        "finance/general/hr/internal audit/investment research/it/it helpdesk/legal/logistics/manufacturing/"
        "market research/marketing/medical billing/patent search/payroll/procurement/recruitment/research/"
        "software development/tax"
    ).split("/")
)
LEANING = re.compile(
    r"^(It|Its|They|Their|This|These|Those|That|Such|He|She|However|Therefore|Thus|Hence|Also|In addition|"
    r"For example|For instance|By contrast|Moreover|Furthermore|First|Second|Third|Finally|But|And|Or|So)\b"
    r"|\btherefore\b|\b(?:this|the) article\b|\barticle on\b|\bthe latter\b|\bthe former\b|\b(?:above|below)\b[.,]"
)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def document(path: Path) -> Document:
    return article(path)


def quoted(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in sentences.split(document.text)]


def headings(document: Document) -> list[str]:
    return re.findall(r"^## (.+)$", document.text, re.MULTILINE)


def test_there_are_enough_articles() -> None:
    assert len(PATHS) >= 80


def test_every_source_is_used_and_every_footnote_resolves(document: Document) -> None:
    assert {note.key for note in document.footnotes} == {source.key for source in document.sources}


def test_two_publishers_one_of_which_sells_nothing(document: Document) -> None:
    assert len({source.publisher for source in document.sources}) >= 2
    assert {source.kind for source in document.sources} & SELLS_NOTHING


def test_functions_are_of_the_list(document: Document) -> None:
    assert set(document.functions) <= FUNCTIONS


def test_it_opens_with_in_short_of_two_to_four_sentences(document: Document) -> None:
    assert headings(document)[0] == "In short"
    body = document.text.split("## ")[1].removeprefix("In short")
    assert 2 <= len(sentences.split(body)) <= 4


def test_a_decision_article_has_its_nine_sections(document: Document) -> None:
    if document.kind == "decision":
        assert headings(document) == DECISION


def test_length(document: Document) -> None:
    assert 400 <= len(document.text.split()) <= 1000


def test_sentences_are_short_and_stand_alone(document: Document) -> None:
    for sentence in quoted(document):
        assert len(sentence.split()) <= 35, sentence
        assert not LEANING.search(sentence), sentence
        assert sentence[-1] in ".?!", sentence


def test_figures_and_years_carry_a_footnote(document: Document) -> None:
    for start, end in sentences.split(document.text):
        sentence = document.text[start:end]
        if re.search(r"\b(?:1[89]|20)\d\d\b|\d\s*%|\d per cent", sentence) and "illustrat" not in sentence:
            assert document.sources_of(start, end), sentence


def test_no_markup_but_headings_lists_and_links(document: Document) -> None:
    assert not re.search(r"[*_`|<>\[\]]|^#(?!# )|^###", document.text, re.MULTILINE)


def test_links_lead_to_articles(path: Path) -> None:
    _, body = front_matter(path.read_text(encoding="utf-8"), path.name)
    for target in re.findall(r"\]\(([^)]+)\)", body):
        assert (CORPUS_DIR / target).is_file(), target
        assert target != path.name


def test_no_two_sentences_alike_across_the_library() -> None:
    seen: dict[str, str] = {}
    for path in PATHS:
        document = article(path)
        for sentence in quoted(document):
            key = " ".join(re.findall(r"\w+", sentence.lower()))
            assert key not in seen, f"{sentence} (in {path.stem} and {seen[key]})"
            seen[key] = path.stem


def test_no_two_paragraphs_alike_across_the_library() -> None:
    """Alike: more than half of the word 5-grams of the shorter one stand in the other."""
    owners: dict[tuple[str, ...], set[int]] = {}
    paragraphs: list[tuple[str, str, set[tuple[str, ...]]]] = []
    for path in PATHS:
        for paragraph in re.split(r"\n\n+", article(path).text):
            words = re.findall(r"\w+", paragraph.lower())
            grams = set(zip(*(words[shift:] for shift in range(5)), strict=False))
            if len(grams) >= 8:
                for gram in grams:
                    owners.setdefault(gram, set()).add(len(paragraphs))
                paragraphs.append((path.stem, paragraph, grams))
    for number, (stem, paragraph, grams) in enumerate(paragraphs):
        shared = Counter(other for gram in grams for other in owners[gram] if other != number)
        for other, count in shared.most_common(3):
            assert count <= len(grams) / 2, f"{stem} and {paragraphs[other][0]}: {paragraph}"


def test_one_document_is_one_source_everywhere() -> None:
    seen: dict[str, tuple[Source, str]] = {}
    for path in PATHS:
        for source in article(path).sources:
            first, where = seen.setdefault(source.key, (source, path.stem))
            assert source == first, f"{path.stem} and {where}"


def test_every_subject_has_its_article_and_every_article_its_subject() -> None:
    slugs = [slug for subjects in coverage().values() for slug in subjects.values()]
    assert len(slugs) == len(set(slugs)) >= 80
    assert set(slugs) == {path.stem for path in PATHS}


def test_the_table_of_contents_is_current() -> None:
    readme = README.read_text(encoding="utf-8")
    assert with_contents(readme) == readme, "run `make contents`"


def test_every_article_has_questions_that_lead_to_most_of_its_sentences(document: Document) -> None:
    asked = [question.text for question in document.questions]
    assert len({text.lower() for text in asked}) == len(asked) >= 20
    spans = sentences.split(document.text)
    for question in document.questions:
        for at in question.answers:
            assert any(start <= at < end for start, end in spans), question.text
    reached = sum(bool(document.questions_of(start, end)) for start, end in spans)
    assert reached >= 0.6 * len(spans)


def test_no_question_of_the_evaluation_stands_in_the_library() -> None:
    def plain(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.lower()))

    held = {plain(question.text) for path in PATHS for question in article(path).questions}
    for split in SPLITS:
        assert held.isdisjoint(plain(case.question) for case in load(FOLDER / f"{split}.jsonl")), split
