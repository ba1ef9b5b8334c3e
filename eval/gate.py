"""The gates of CI: `python -m eval.gate` fails where answers have become worse than the committed floors.

What it runs: the set's validity, retrieval on the whole development split, and a stratified part of it answered as the
program comes, without a chat model. The floors are in floors.toml, with the date and the commit of their last raise.
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
ANSWERS = 40


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
    found = run.evaluate(settings, quiet, run.Selection(retrieval_only=True))["table"][-1]
    answered = run.evaluate(settings, quiet, run.Selection(limit=ANSWERS))["table"][-1]
    failed = check(found, floors["retrieval"], {}) + check(answered, floors["answers"], floors["ceilings"])
    return failed, {"retrieval": found, "answers": answered}


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
