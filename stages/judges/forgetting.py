"""What tuning cost: the loss of each model on pages that none was tuned on, and how far it rose above base's.

A page that base has read before it was tuned shows what tuning forgot. One that it never read shows how well the model
predicts such text at all, and tuning may well improve that. So there are figures for each of the two, where it is known
which is which.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from stages.common.records import ROLES
from stages.judges.bootstrap import Bootstrap, Floats

PageLosses = Mapping[str, Mapping[str, float]]  # by title: tokens, and each model's summed loss in nats
Rises = dict[str, float | list[float]]
TUNED = tuple(role for role in ROLES if role != "base")


def forgetting_metrics(
    losses: PageLosses, pages_read: Mapping[str, bool], resamples: int, seed: int
) -> dict[str, Rises]:
    """The figures over all pages, over those that base has read, and over those that it hasn't; groups without pages
    are left out. `pages_read` says by title which it has read; {} if nobody knows."""
    titles = {
        "all": list(losses),
        "pages_read": [title for title in losses if pages_read.get(title) is True],
        "pages_unread": [title for title in losses if pages_read.get(title) is False],
    }
    return {name: _figures(losses, group, resamples, seed) for name, group in titles.items() if group}


def _figures(losses: PageLosses, titles: Sequence[str], resamples: int, seed: int) -> Rises:
    """Mean losses in nats per token, and how much that of a tuned model is above base's: a long page weighs more than a
    short one, as in every loss of this project. The interval draws whole pages, the same for both models."""
    tokens: Floats = np.array([losses[title]["tokens"] for title in titles], dtype=float)
    sums: dict[str, Floats] = {role: np.array([losses[title][role] for title in titles]) for role in ROLES}
    figures: Rises = {"pages": len(titles), "tokens": int(tokens.sum())}
    figures |= {role: float(values.sum() / tokens.sum()) for role, values in sums.items()}
    rises = {f"{role}_rise": sums[role] - sums["base"] for role in TUNED}
    largest = max(float((values / tokens).max()) for values in sums.values())  # a loss that a page was seen to have
    intervals = Bootstrap(titles, resamples, seed).ratios(rises, tokens, dict.fromkeys(rises, (-largest, largest)))
    for name, interval in intervals.items():
        figures |= {name: interval.mean, f"{name}_95": [interval.low, interval.high]}
    return figures
