"""Whether the judge prefers longer answers, and the win rate if both answers had the same length.

After Dubois et al., 2024, "Length-Controlled AlpacaEval": the outcome is a logistic function of a, the difference in
strength between the two models, and of the difference in length: log odds = a + b tanh(words / standard deviation). The
length-controlled win rate is the fitted rate for no difference in length. Their term for the difficulty of an
instruction is left out, as it needs several pairs. A tie is an outcome of 0.5 (Papke and Wooldridge, 1996, "Econometric
Methods for Fractional Response Variables"). Standard errors are clustered (Cameron and Miller, 2015, "A Practitioner's
Guide to Cluster-Robust Inference", equation 11, with its correction for few clusters).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from stages.judges.bootstrap import CONFIDENCE, Floats, Interval, Ints

Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
STEPS = 100  # at most, of Newton's method; it usually needs about six
TOLERANCE = 1e-10
LARGEST = 30.0  # log odds, one in ten trillion; no test set has enough rows for a larger coefficient

# extrapolated: the same model's answer is longer in every row, so the controlled rate depends on the curve's shape
# separated: the lengths separate wins from losses without an error, or there are only wins or only losses, so that
#   there is no best curve (Albert and Anderson, 1984); or almost so, and the best curve is absurdly steep
# constant: the difference in length is the same in every row
# too_few: rows or clusters
Fit = Literal["ok", "extrapolated", "separated", "constant", "too_few"]


@dataclass(frozen=True)
class LengthEffect:
    fit: Fit
    slope: Interval | None = None  # b: what a much longer answer adds to the log odds
    controlled: Interval | None = None  # the win rate for answers of the same length


def length_effect(outcomes: Floats, words: Floats, clusters: Ints) -> LengthEffect:
    """Arguments have shape [rows]: the outcome (1, 0.5 or 0), the difference in words, and the cluster's number.

    The intervals are there only if the fit is `ok` or `extrapolated`.
    """
    count = len(np.unique(clusters))
    if len(outcomes) < 3 or count < 2:
        return LengthEffect("too_few")
    if np.ptp(words) == 0:
        return LengthEffect("constant")
    if is_separated(outcomes, words):
        return LengthEffect("separated")
    design = np.stack([np.ones(len(words)), np.tanh(words / words.std())], axis=1)  # [rows, 2]
    coefficients = fit_logistic(design, outcomes)
    if coefficients is None or np.abs(coefficients).max() > LARGEST:
        return LengthEffect("separated")
    errors = np.sqrt(np.diag(_covariance(design, outcomes, coefficients, clusters)))
    (strength, slope), (strength_error, slope_error) = coefficients, errors
    low, rate, high = logistic(strength + strength_error * np.array([-Z, 0.0, Z]))
    return LengthEffect(
        fit="ok" if words.min() <= 0 <= words.max() else "extrapolated",
        slope=Interval(
            float(slope), float(slope - Z * slope_error), float(slope + Z * slope_error), float(slope_error)
        ),
        controlled=Interval(float(rate), float(low), float(high), float(rate * (1 - rate) * strength_error)),
    )


def is_separated(outcomes: Floats, words: Floats) -> bool:
    """Whether some length separates the rows won from the rows lost. A tie counts as both."""
    won, lost = words[outcomes > 0], words[outcomes < 1]
    if not len(won) or not len(lost):
        return True
    return bool(won.max() <= lost.min() or lost.max() <= won.min())


def fit_logistic(design: Floats, outcomes: Floats) -> Floats | None:
    """The maximum-likelihood coefficients, [columns]; None if Newton's method doesn't converge."""
    coefficients = np.zeros(design.shape[1])
    for _ in range(STEPS):
        rates = logistic(design @ coefficients)
        information = design.T @ (design * (rates * (1 - rates))[:, None])
        if np.linalg.cond(information) > 1 / np.finfo(np.float64).eps:
            return None
        step = np.linalg.solve(information, design.T @ (outcomes - rates))
        while _likelihood(design, outcomes, coefficients + step) < _likelihood(design, outcomes, coefficients) - 1e-9:
            step = step / 2
        coefficients = coefficients + step
        if np.abs(step).max() < TOLERANCE:
            return coefficients
    return None


def logistic(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-x)), in a form that doesn't overflow."""
    rates: Floats = 0.5 * (1 + np.tanh(log_odds / 2))
    return rates


def _likelihood(design: Floats, outcomes: Floats, coefficients: Floats) -> float:
    log_odds = design @ coefficients
    return float((outcomes * log_odds - np.logaddexp(0, log_odds)).sum())


def _covariance(design: Floats, outcomes: Floats, coefficients: Floats, clusters: Ints) -> Floats:
    """The cluster-robust (sandwich) covariance of the coefficients, [columns, columns]."""
    rows, columns = design.shape
    rates = logistic(design @ coefficients)
    inverse = np.linalg.inv(design.T @ (design * (rates * (1 - rates))[:, None]))
    scores = design * (outcomes - rates)[:, None]
    sums = np.stack([np.bincount(clusters, weights=column) for column in scores.T], axis=1)  # [clusters, columns]
    count = len(np.unique(clusters))
    correction = count / (count - 1) * (rows - 1) / (rows - columns)
    covariance: Floats = correction * inverse @ (sums.T @ sums) @ inverse
    return covariance
