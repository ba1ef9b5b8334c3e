"""The verifier against sentences labelled by hand: `python -m eval.verifier [--sealed] [--wice FILE]`.

Minimal pairs (`cases/pairs-open.jsonl`, and `-sealed`, which is for the end): a sentence that its sources support, and
one as near to it that they don't, written by somebody who had not seen the verifier. With `--wice`, the support score
on WiCE's claims (Kamoi et al., 2023; a line each: claim, evidence, label, split): AUC of supported against the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from assistant import nli
from assistant.chat_model import EmbeddedModel
from assistant.evidence import Candidate
from assistant.support import likelihood
from assistant.verify import Verifier
from eval.cases import FOLDER, CaseError
from ingest.load import article
from ingest.types import Document, Passage
from settings import CORPUS_DIR, OutsourcingError
from settings import load as load_settings


def judged(pairs: Iterable[dict[str, Any]], verifier: Verifier) -> dict[str, dict[str, int]]:
    """By kind of pair and in all: how many supported sentences were shown and how many unsupported ones, of how many.

    Raises:
        CaseError: a source is not in its article.
    """
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"pairs": 0, "right_shown": 0, "wrong_shown": 0})
    for pair in pairs:
        sources = [_candidate(source["slug"], source["text"]) for source in pair["sources"]]
        shown = [verifier.judge(pair[side], sources).support is not None for side in ("supported", "unsupported")]
        for kind in (pair["kind"], "all"):
            counts[kind]["pairs"] += 1
            counts[kind]["right_shown"] += shown[0]
            counts[kind]["wrong_shown"] += shown[1]
    return dict(counts)


def accuracy(count: dict[str, int]) -> float:
    """The share of a kind's sentences that were judged right: supported ones shown, the others not."""
    return (count["right_shown"] + count["pairs"] - count["wrong_shown"]) / (2 * count["pairs"])


def auc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Area under the ROC curve: how often a right one scores above a wrong one, ties half (Hanley & McNeil, 1982)."""
    from sklearn.metrics import roc_auc_score

    if len(set(right)) < 2:
        raise CaseError("an AUC needs claims of both labels")
    return float(roc_auc_score(right, scores))


def wice(rows: Iterable[dict[str, Any]]) -> dict[str, float]:
    """AUC of the support score, by split."""
    scores: dict[str, list[float]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        scores[row["split"]].append(likelihood(row["claim"], row["evidence"]))
        right[row["split"]].append(row["label"] == "supported")
    return {split: auc(scores[split], right[split]) for split in scores}


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file.

    Raises:
        CaseError: it cannot be read.
    """
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise CaseError(f"cannot read {path}: {error}") from error


def _candidate(slug: str, text: str) -> Candidate:
    document = _article(slug)
    start = document.text.find(text)
    if start < 0:
        raise CaseError(f"{slug} does not say {text!r}")
    before = [line for line in document.text[:start].splitlines() if line.startswith("## ")]
    heading = (before[-1].lstrip("# "),) if before else ()
    passage = Passage(f"{slug}-{start}", document.id, start, start + len(text), text, heading)
    return Candidate(document, passage, start, start + len(text), text, 0, "body")


@cache
def _article(slug: str) -> Document:
    return article(CORPUS_DIR / f"{slug}.md")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description="The verifier against sentences labelled by hand.")
    parser.add_argument("--sealed", action="store_true", help="the half of the pairs that is for the end")
    parser.add_argument("--wice", type=Path, help="the support score on WiCE's claims, JSON Lines")
    asked = parser.parse_args()
    settings = load_settings()
    half = "sealed" if asked.sealed else "open"
    judge = EmbeddedModel(settings) if settings.verifier == "local" else None
    print(f"minimal pairs, {half} half, verifier {settings.verifier}")
    for kind, count in judged(read(FOLDER / f"pairs-{half}.jsonl"), nli.chosen(settings, judge)).items():
        print(
            f"  {kind:10} judged right {accuracy(count):.2f}; of {count['pairs']} supported sentences "
            f"{count['right_shown']} shown, of as many unsupported ones {count['wrong_shown']}"
        )
    for split, value in (wice(read(asked.wice)) if asked.wice else {}).items():
        print(f"WiCE {split}: AUC {value:.3f}")


if __name__ == "__main__":
    try:
        main()
    except OutsourcingError as error:
        sys.exit(str(error))
