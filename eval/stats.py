"""How sure a figure is: intervals and paired tests; the arithmetic is scipy's."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

_RESAMPLES = 5000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` cases with its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float]) -> Estimate | None:
    """Of a share: Wilson's interval (1927). Of other means: the percentile bootstrap (Efron, 1979). None of nothing."""
    if not values:
        return None
    mean = statistics.fmean(values)
    if set(values) <= {0.0, 1.0}:
        interval = stats.binomtest(round(sum(values)), len(values)).proportion_ci(method="wilson")
        return Estimate(mean, float(interval.low), float(interval.high), len(values))
    low, high = _bootstrap(values)
    return Estimate(mean, low, high, len(values))


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Estimate:
    """The mean of after minus before, case by case, with its bootstrap interval.

    Raises:
        ValueError: not the same number of cases, or none.
    """
    differences = [b - a for a, b in zip(before, after, strict=True)]
    if not differences:
        raise ValueError("no cases")
    low, high = _bootstrap(differences)
    return Estimate(statistics.fmean(differences), low, high, len(differences))


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> float:
    """McNemar's exact test (1947) on pass or fail: the chance of so lopsided a change if none were real.

    Raises:
        ValueError: not the same number of cases.
    """
    lost = sum(a and not b for a, b in zip(before, after, strict=True))
    won = sum(b and not a for a, b in zip(before, after, strict=True))
    return float(stats.binomtest(won, lost + won).pvalue) if lost + won else 1.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies; nan of nothing."""
    return float(np.quantile(values, share)) if values else math.nan


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    sample = np.asarray(values, dtype=float)
    picks = np.random.default_rng(0).integers(0, len(sample), (_RESAMPLES, len(sample)))
    low, high = np.quantile(sample[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
