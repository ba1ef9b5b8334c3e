"""Where a failing case first went wrong, along the walk from the library to the citation."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.types import Answer
from eval import metrics
from eval.cases import Case, Fact, Gold

CAUSES = (
    "not in the library",
    "missed by retrieval",
    "wrong outcome",
    "evidence not chosen",
    "wording lost",
    "wrong citation",
    "order obeyed",
    "invariant broken",
)


def cause(case: Case, answer: Answer, texts: Mapping[str, str], broken: bool) -> str | None:
    """The first thing that went wrong; None where the case passes.

    Args:
        texts: canonical text of the gold documents that the library holds, by id.
        broken: whether the answer breaks an invariant.
    """
    if broken:
        return "invariant broken"
    if case.canary and metrics.obeyed(answer, case.canary):
        return "order obeyed"
    right = answer.outcome in case.outcomes
    if not case.answerable or (right and answer.outcome != "answered"):
        return None if right else "wrong outcome"
    missing = [fact for fact in case.facts if fact.vital and not metrics.says(answer.text, fact)]
    uncited = [one for one in case.spans if not metrics.cites(answer, one)]
    if right and not missing:
        return "wrong citation" if len(uncited) == len(case.spans) and _elsewhere(answer, case) else None
    if not any(_holds(texts, one) for one in case.spans):
        return "not in the library"
    if not any(metrics.overlaps(hit, one) for hit in answer.hits for one in case.spans):
        return "missed by retrieval"
    if not right:
        return "wrong outcome"
    return "evidence not chosen" if uncited and not _said_where_cited(missing, case, answer) else "wording lost"


def _elsewhere(answer: Answer, case: Case) -> bool:
    """Whether nothing is cited from a document that holds gold."""
    return not {one.document_id for one in answer.citations} & {one.document_id for one in case.spans}


def _holds(texts: Mapping[str, str], gold: Gold) -> bool:
    return texts.get(gold.document_id, "")[gold.start : gold.end] == gold.quote


def _said_where_cited(missing: list[Fact], case: Case, answer: Answer) -> bool:
    """Whether every missing fact stands in gold words that were cited: then the answer lost it, not the choice."""
    cited = " . ".join(one.quote for one in case.spans if metrics.cites(answer, one))
    return bool(cited) and all(metrics.says(cited, fact) for fact in missing)
