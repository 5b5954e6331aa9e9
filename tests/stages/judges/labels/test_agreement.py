"""Agreement and Cohen's kappa, by hand and against scikit-learn."""

from typing import Any

import numpy as np
import pytest

from stages.judges.bootstrap import most_unseen
from stages.judges.labels.agreement import agreement, agreement_rates, cohen_kappa
from stages.judges.labels.choices import Choices, Key, Labels

SAYS: Any = {"f": "full", "b": "base", "t": "tie"}


def choices(letters: str) -> Choices:
    """One rater's choices of the pair full-base: f, b or t for each row, "-" for none."""
    return {(f"row {row}", "full-base"): SAYS[letter] for row, letter in enumerate(letters) if letter != "-"}


def alone(*raters: Choices) -> dict[str, str]:
    """Every row a cluster of its own."""
    return {row: row for choices in raters for row, _ in choices}


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # observed 35/50, expected (25 * 30 + 25 * 20) / 2500 = 0.5
        ([[20, 5], [10, 15]], 0.4),
        # observed 0.7, expected 0.5 * 0.6 + 0.3 * 0.3 + 0.2 * 0.1 = 0.41
        ([[45, 3, 2], [10, 18, 2], [5, 9, 6]], 0.28 / 0.59),
        ([[7, 0], [0, 3]], 1.0),
        ([[0, 5], [5, 0]], -1.0),
        ([[0, 5], [0, 0]], 0.0),
        ([[5, 0], [0, 0]], np.nan),
        ([[0, 0], [0, 0]], np.nan),
    ],
)
def test_kappa_by_hand(table: list[list[int]], kappa: float) -> None:
    """Guards against chance agreement from the wrong margins, and against 1 or 0 for what is undefined."""
    counts = np.array(table)
    assert cohen_kappa(counts) == pytest.approx(kappa, nan_ok=True)
    assert cohen_kappa(np.stack([counts, counts.T])) == pytest.approx([kappa, kappa], nan_ok=True)


def test_kappa_is_that_of_scikit_learn() -> None:
    """Guards against another statistic than Cohen's. The value is that of sklearn.metrics.cohen_kappa_score (1.9.1)."""
    first = choices("ffbbttfbtfbtffbbtf")
    second = choices("fbbbtffttfbtfbbbtt")
    figures: Any = agreement_rates([(first, second)], alone(first), resamples=100, seed=1)
    assert figures["agreement"] == pytest.approx(13 / 18)
    assert figures["kappa"] == pytest.approx(0.5852534562211982)


def test_pairs_of_models_share_their_categories() -> None:
    """Guards against `small` as one category: it is the better trained model of one pair and the worse of another."""
    keys: list[Key] = [("r", "full-small"), ("r", "small-base"), ("s", "full-small"), ("s", "small-base")]
    better: Choices = dict(zip(keys, ("full", "small", "full", "small"), strict=True))
    mixed: Choices = dict(zip(keys, ("small", "small", "full", "base"), strict=True))
    figures: Any = agreement_rates([(better, mixed)], {"r": "r", "s": "s"}, resamples=100, seed=1)
    assert (figures["agreement"], figures["kappa"], figures["labels"]) == (0.5, 0.0, 4)


def test_what_only_one_rater_compared_does_not_count() -> None:
    """Guards against a missing choice that counts as a disagreement."""
    figures: Any = agreement_rates(
        [(choices("fb-tt"), choices("fbf-b"))], alone(choices("fffff")), resamples=100, seed=1
    )
    assert figures["labels"] == 3
    assert figures["agreement"] == pytest.approx(2 / 3)
    assert agreement_rates([(choices("f-"), choices("-f"))], {}, resamples=100, seed=1) == {"labels": 0}


def test_several_raters_count_alike_whatever_they_compared() -> None:
    """Guards against a mean over labels, in which the rater with the most labels counts most."""
    many, few, judge = choices("f" * 8 + "bb"), choices("fb"), choices("f" * 9 + "b")
    figures: Any = agreement_rates([(many, judge), (few, judge)], alone(judge), resamples=100, seed=1)
    assert figures["agreement"] == pytest.approx((0.9 + 0.5) / 2)
    assert figures["kappa"] == pytest.approx((cohen_kappa(np.array([[8, 0], [1, 1]])) + 0) / 2)


def test_raters_who_always_say_the_same_have_no_kappa() -> None:
    """Guards against NaN in the metrics, which JSON can't hold, and against a kappa of 1 for two raters who never
    distinguish anything."""
    figures: Any = agreement_rates([(choices("fff"), choices("fff"))], alone(choices("fff")), resamples=100, seed=1)
    assert figures == {
        "labels": 3,
        "agreement": 1.0,
        "agreement_95": pytest.approx([1 - most_unseen(3), 1.0]),  # three rows prove little
        "kappa_undefined": 100,
    }


def test_interval_is_that_of_the_normal_law() -> None:
    """Guards against an interval that doesn't shrink with the square root of the labels."""
    first, second = choices("f" * 200 + "b" * 200), choices("f" * 160 + "b" * 200 + "f" * 40)
    figures: Any = agreement_rates([(first, second)], alone(first), resamples=4000, seed=1)
    half = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert figures["agreement"] == 0.8
    assert figures["agreement_95"][0] == pytest.approx(0.8 - half, abs=0.005)
    assert figures["agreement_95"][1] == pytest.approx(0.8 + half, abs=0.005)
    # Kappa is 2 * agreement - 1 where both use two categories evenly, so its interval is nearly twice as wide.
    assert figures["kappa"] == pytest.approx(0.6)
    assert float(np.ptp(figures["kappa_95"])) == pytest.approx(4 * half, rel=0.06)
    assert figures == agreement_rates([(first, second)], alone(first), resamples=4000, seed=1)


def test_rows_of_one_cluster_are_drawn_together() -> None:
    """Guards against rows of one page that count as independent, and an interval that is too narrow."""
    first, second = choices("fb" * 100), choices(("fb" * 4 + "bb") * 20)
    tens = {row: str(int(row.split()[1]) // 10) for row, _ in first}
    by_half = {row: str(int(row.split()[1]) % 10 == 8) for row, _ in first}
    agreeing: Any = agreement_rates([(first, second)], tens, resamples=500, seed=1)
    unseen = most_unseen(20)  # the twenty clusters all agree alike
    assert agreeing["agreement"] == 0.9
    assert agreeing["agreement_95"] == pytest.approx([0.9 - 0.9 * unseen, 0.9 + 0.1 * unseen])
    halves: Any = agreement_rates([(first, second)], by_half, resamples=500, seed=1)
    assert halves["agreement_95"][0] == 0.0


def test_the_judge_and_the_people_in_one_summary() -> None:
    """Guards against people compared with the judge but not with one another, which shows how much to expect."""
    people = [choices("fbtf"), choices("fbt")]
    verdicts = choices("fbb")
    summary: Any = agreement(Labels(people, 0), verdicts, alone(people[0]), resamples=100, seed=1)
    assert [summary[key] for key in ("labellers", "labels", "labels_without_verdict", "rows")] == [2, 6, 1, 3]
    assert summary["agreement"] == pytest.approx(2 / 3)
    assert (summary["people"]["labels"], summary["people"]["agreement"], summary["people"]["kappa"]) == (3, 1, 1)
    assert "people" not in agreement(Labels(people[:1], 2), verdicts, alone(people[0]), resamples=100, seed=1)
    assert agreement(Labels([], 0), verdicts, {}, resamples=100, seed=1) == {}


def test_every_choice_of_every_pair_has_a_category() -> None:
    pairs = {"full-base": ("full", "base"), "full-small": ("full", "small"), "small-base": ("small", "base")}
    keys: Any = {(f"row {i}", pair): who for pair, models in pairs.items() for i, who in enumerate((*models, "tie"))}
    figures: Any = agreement_rates([(keys, keys)], {f"row {i}": "one" for i in range(3)}, resamples=100, seed=1)
    assert (figures["agreement"], figures["kappa"], figures["labels"]) == (1, 1, 9)
