from __future__ import annotations

import pytest

from assistant.types import Answer, Citation
from eval.own import SETS, judged, read


@pytest.mark.parametrize("name", SETS)
def test_every_gold_sentence_stands_in_a_document(name: str) -> None:
    data = read(name)
    texts = [one["text"] for one in data["documents"]]
    kinds = [case["kind"] for case in data["cases"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"own": 20, "both": 10, "general": 20, "missing": 10}
    for case in data["cases"]:
        assert bool(case["gold"]) == (case["kind"] in ("own", "both")), case["q"]
        for gold in case["gold"]:
            assert any(gold in text for text in texts), gold


def citation(document: str, quote: str) -> Citation:
    return Citation(1, "p", document, "T", "o", (), None, 0, len(quote), quote, ())


def test_what_is_counted_as_shown() -> None:
    answer = Answer(
        "q", "q", (), "answered", None, "lookup", "composed", "", citations=(citation("own-a/0", "We pay."),)
    )
    assert judged(answer, ["We pay."], "own-a") == {"answered": True, "documents quoted": True, "gold shown": True}
    assert judged(answer, ["We do not pay."], "own-a")["gold shown"] is False
    assert judged(answer, [], "own-b") == {"answered": True, "documents quoted": False}
