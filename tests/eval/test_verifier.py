from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.evidence import Candidate
from assistant.verify import Verdict
from eval import verifier
from eval.cases import FOLDER, CaseError
from ingest.load import article
from settings import CORPUS_DIR


@pytest.mark.parametrize("half", ["open", "sealed"])
def test_the_pairs_rest_on_the_articles(half: str) -> None:
    pairs = verifier.read(FOLDER / f"pairs-{half}.jsonl")
    assert Counter(pair["kind"] for pair in pairs) == dict.fromkeys(
        ("swap", "negation", "reversed", "joined", "subject"), 15
    )
    for pair in pairs:
        assert pair["supported"] != pair["unsupported"]
        for source in pair["sources"]:
            assert source["text"] in article(CORPUS_DIR / f"{source['slug']}.md").text, pair["id"]


class Says:
    """Shows the sentences that it is given."""

    def __init__(self, *shown: str) -> None:
        self.shown = shown

    def judge(self, sentence: str, sources: Sequence[Candidate]) -> Verdict:
        assert all(source.document.text[source.start : source.end] == source.text for source in sources)
        return Verdict("supported" if sentence in self.shown else None, 1.0, ())


def test_both_sides_count() -> None:
    (text,) = re.findall(r"Business process outsourcing \(BPO\) means [^.]+\.", article(CORPUS_DIR / "bpo.md").text)[:1]
    pairs = [
        {
            "kind": kind,
            "sources": [{"slug": "bpo", "text": text}],
            "supported": f"{n} right",
            "unsupported": f"{n} wrong",
        }
        for n, kind in enumerate(("swap", "swap", "joined"))
    ]
    counts = verifier.judged(pairs, Says("0 right", "1 wrong", "2 right"))
    assert counts["swap"] == {"pairs": 2, "right_shown": 1, "wrong_shown": 1}
    assert counts["all"] == {"pairs": 3, "right_shown": 2, "wrong_shown": 1}
    assert verifier.accuracy(counts["swap"]) == 0.5
    assert verifier.accuracy(counts["joined"]) == 1.0


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert verifier.auc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    with pytest.raises(CaseError):
        verifier.auc([0.9], [True])


def test_wice_is_counted_by_split(tmp_path: Path) -> None:
    rows = [
        {"split": split, "claim": claim, "evidence": ["The firm was sold in 2008."], "label": label}
        for split in ("dev", "test")
        for claim, label in (("The firm was sold in 2008.", "supported"), ("It rained in Rome.", "not_supported"))
    ]
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert verifier.wice(verifier.read(path)) == {"dev": 1.0, "test": 1.0}
    with pytest.raises(CaseError, match="cannot read"):
        verifier.read(tmp_path / "none.jsonl")
