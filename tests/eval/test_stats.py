from __future__ import annotations

import pytest

from eval.stats import estimate, mcnemar, paired_difference, quantile


def test_a_share_has_wilson_s_interval() -> None:
    made = estimate([1.0] * 8 + [0.0] * 2)
    assert made is not None
    assert (made.mean, made.n) == (0.8, 10)
    assert made.low == pytest.approx(0.4902, abs=1e-3)  # Wilson 1927, as in any table
    assert made.high == pytest.approx(0.9433, abs=1e-3)


def test_a_share_without_a_failure_is_still_uncertain() -> None:
    made = estimate([1.0] * 12)
    assert made is not None
    assert made.low < 0.8
    assert made.high == pytest.approx(1.0)


def test_a_mean_has_a_bootstrap_interval_that_narrows() -> None:
    few, many = estimate([0.2, 0.5, 0.9] * 3), estimate([0.2, 0.5, 0.9] * 100)
    assert few is not None
    assert many is not None
    assert few.mean == pytest.approx(many.mean)
    assert few.low < many.low < many.mean < many.high < few.high
    assert estimate([0.2, 0.5, 0.9] * 3) == few


def test_nothing_has_no_estimate() -> None:
    assert estimate([]) is None


def test_a_paired_difference_is_after_minus_before() -> None:
    made = paired_difference([0.1, 0.2, 0.3], [0.3, 0.4, 0.5])
    assert (made.mean, made.low, made.high) == (pytest.approx(0.2),) * 3
    assert paired_difference([1.0, 0.0] * 20, [0.0, 1.0] * 20).low < 0 < paired_difference([0.0], [1.0]).mean


@pytest.mark.parametrize(("before", "after"), [([1.0], []), ([], [])])
def test_what_cannot_be_paired_is_refused(before: list[float], after: list[float]) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer|no cases"):
        paired_difference(before, after)


def test_mcnemar_counts_only_what_changed() -> None:
    assert mcnemar([True] * 50, [True] * 50) == 1.0
    assert mcnemar([True] * 50 + [False] * 6, [True] * 50 + [True] * 6) == pytest.approx(2 * 0.5**6)
    assert mcnemar([True, False], [False, True]) == 1.0


def test_quantile() -> None:
    assert quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert quantile([], 0.5) != quantile([], 0.5)
