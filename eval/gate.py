"""The gates of CI: `python -m eval.gate` fails where answers have become worse than the committed floors.

What it runs: the set's validity; the whole development split as the program comes, without a chat model (retrieval and
answers); then 40 of its cases, types in turn, with the embedded model drafting. The floors are in floors.toml, with the
date and the commit of their last raise. Some ten minutes on two cores, twenty on slow ones, nearly all the drafting.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from eval import run
from eval.cases import FOLDER, SPLITS, load
from eval.summary import METRICS
from ingest.sync import quiet
from settings import OutsourcingError, Settings
from settings import load as load_settings

FLOORS = Path(__file__).parent / "floors.toml"
DRAFTED = 40
DRAFT_S = 15.0
"""What writing may take, an answer: a slow machine drafts less. With the judging it is 17 minutes for all at most."""


def check(line: dict[str, Any], floors: dict[str, float], ceilings: dict[str, float]) -> list[str]:
    """What fails, a sentence each.

    Args:
        line: a line of a run's table.
        floors: least means by metric; a metric that the line lacks fails.
        ceilings: greatest means by metric.
    """
    failed = []
    for key, bound in (*floors.items(), *ceilings.items()):
        figure = line["metrics"].get(key)
        if figure is None:
            failed.append(f"{METRICS[key]}: not measured")
        elif key in floors and figure["mean"] < bound - 1e-9:
            failed.append(f"{METRICS[key]}: {figure['mean']:.3f} is under its floor {bound:.3f}")
        elif key in ceilings and figure["mean"] > bound + 1e-9:
            failed.append(f"{METRICS[key]}: {figure['mean']:.3f} is over its ceiling {bound:.3f}")
    if line["broken"]:
        failed.append(f"{line['broken']} invariants broken")
    return failed


def gates(settings: Settings) -> tuple[list[str], dict[str, Any]]:
    """(what fails, the figures).

    Raises:
        CaseError: a split does not fit the corpus.
    """
    for split in SPLITS:
        load(FOLDER / f"{split}.jsonl")
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    composed = run.evaluate(run.with_mode(settings, "composed", None), quiet, run.Selection())["table"][-1]
    drafting = run.with_mode(settings, "drafted", "local")
    drafting = drafting.model_copy(update={"draft": drafting.draft.model_copy(update={"time_limit_s": DRAFT_S})})
    drafted = run.evaluate(drafting, quiet, run.Selection(limit=DRAFTED))["table"][-1]
    figures = {"composed": composed, "drafted": drafted}
    failed = [
        f"{name}: {line}"
        for name, one in figures.items()
        for line in check(one, floors[name]["least"], floors[name]["most"])
    ]
    return failed, figures


def main() -> None:
    """Exit code 1 where a gate is closed, with a line for each."""
    try:
        failed, figures = gates(load_settings())
    except OutsourcingError as error:
        raise SystemExit(f"error: {error}") from error
    print(json.dumps(figures))
    for line in failed:
        print(f"gate: {line}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
