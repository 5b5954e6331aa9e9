"""The metrics, from judgments made by hand."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stages.common.errors import StageError
from stages.common.records import Answers, Judgment, Source
from stages.judges.judge_statistics import BootstrapSettings, RowFacts, row_facts, summarize
from tests.stages.conftest import MakeExample
from tests.stages.judges.conftest import MakeJudgment


def both_orders(judged: MakeJudgment, row: int, **totals: int) -> list[Judgment]:
    return [judged(row, **totals), judged(row, **dict(reversed(totals.items())))]


def flat(metrics: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(metrics, dict):
        return {prefix: metrics}
    return {key: value for name in metrics for key, value in flat(metrics[name], f"{prefix}.{name}".strip(".")).items()}


def test_a_pair_by_hand(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a pair counted from the wrong side when the second model was shown first."""
    rows = [
        *both_orders(judged, 0, full=9, base=5),  # full wins by 4
        *both_orders(judged, 1, full=2, base=2),
        *both_orders(judged, 2, base=7, full=5),  # base wins by 2
        *both_orders(judged, 3, base=0, full=4),  # full wins by 4
        *(judged(4, full=5, base=0), judged(4, base=5, full=0)),  # the first wins by 5: a tie, and inconsistent
    ]
    metrics: Any = summarize(rows, settings)
    pair = metrics["pairs"]["full-base"]
    rates = {"win_rate": 0.4, "loss_rate": 0.2, "tie_rate": 0.4, "win_rate_ties_half": 0.6}
    assert {name: pair[name] for name in rates} == pytest.approx(rates)
    assert (pair["gain"], pair["gain_range"], pair["rows"]) == (pytest.approx(6 / 5), [-2.0, 4.0], 5)
    assert metrics["clusters"] == 3
    assert (pair["consistency"], pair["inconsistent"]) == (0.8, 1)
    assert pair["p_holm"] == 1.0  # of one page +0.5, of another 0, of the third 0
    assert (pair["verdict"], pair["length_fit"]) == ("unresolved", "constant")
    assert pair["rows_to_decide"] > 5
    assert (metrics["rows"], metrics["rows_left_out"], metrics["judgments"], metrics["failed"]) == (5, 0, 10, 0)
    assert (metrics["decided"], metrics["first_wins"]) == (8, 5 / 8)  # one of each two that agree, and both of row 4
    assert metrics["contradicted"] == 0


def test_a_model_by_hand(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a row that counts twice because it was judged twice."""
    rows = [
        judged(0, full=12, base=1),
        judged(0, full=10, small=0),
        judged(0, small=4, full=8),
        judged(1, full=3, base=0),
    ]
    metrics: Any = summarize(rows, settings)
    full = metrics["models"]["full"]
    assert (full["rows"], full["total"]) == (2, (10 + 3) / 2)  # of row 0 the mean of 12, 10 and 8
    assert full["factual_correctness"] == (5 + 3) / 2
    assert full["instruction_adherence"] == pytest.approx((5 + 5 + 3) / 3 / 2)
    assert full["clarity_and_usefulness"] == pytest.approx((2 + 0 + 0) / 3 / 2)
    assert full["total_range"] == [3.0, 10.0]
    assert list(metrics["models"]) == ["base", "small", "full"]


def test_solo_answers_have_numbers_of_their_own(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a solo score that enters the comparison, or the other way round."""
    rows = [*both_orders(judged, 0, full=12, base=2), judged(0, full=6), judged(0, base=4)]
    metrics: Any = summarize(rows, settings)
    assert {role: metrics["solo"][role]["total"] for role in metrics["solo"]} == {"base": 4.0, "full": 6.0}
    assert {role: metrics["models"][role]["total"] for role in metrics["models"]} == {"base": 2.0, "full": 12.0}
    assert "solo" not in summarize(rows[:2], settings)


def test_a_row_with_a_failed_judgment_is_left_out_for_all_models(
    judged: MakeJudgment, settings: BootstrapSettings
) -> None:
    """Guards against failures that become ties, or vanish, and models compared on different rows."""
    rows = [
        *both_orders(judged, 0, full=9, base=1),
        *both_orders(judged, 0, full=9, small=9),
        *both_orders(judged, 1, full=9, base=9),
        *(judged(1, full=3, small=3, failed="not_json"), judged(1, small=3, full=3, failed="timed_out")),
    ]
    metrics: Any = summarize(rows, settings)
    assert (metrics["rows"], metrics["rows_left_out"], metrics["judgments"], metrics["failed"]) == (1, 1, 8, 2)
    assert (metrics["failed_not_json"], metrics["failed_timed_out"]) == (1, 1)
    assert {metrics["models"][role]["rows"] for role in metrics["models"]} == {1}
    assert metrics["pairs"]["full-base"]["rows"] == metrics["pairs"]["full-small"]["rows"] == 1
    assert metrics["pairs"]["full-base"]["win_rate"] == 1.0
    with pytest.raises(StageError, match="each of the 1 test rows has a failed judgment"):
        summarize(rows[4:], settings)


def test_a_winner_against_the_scores_is_counted(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    rows = both_orders(judged, 0, full=9, base=1)
    contradicted = rows[0].model_copy(update={"declared": "tie"})
    metrics: Any = summarize([contradicted, rows[1]], settings)
    assert (metrics["contradicted"], metrics["pairs"]["full-base"]["win_rate"]) == (1, 1.0)


def test_an_always_first_judge_gets_half_and_no_consistency(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a model that wins because it was shown first."""
    rows = [judgment for n in range(50) for judgment in (judged(n, full=9, base=3), judged(n, base=9, full=3))]
    metrics: Any = summarize(rows, settings)
    pair = metrics["pairs"]["full-base"]
    assert (pair["win_rate_ties_half"], pair["tie_rate"], pair["consistency"], pair["inconsistent"]) == (0.5, 1, 0, 50)
    assert (metrics["first_wins"], metrics["first_wins_95"]) == (1.0, pytest.approx([0.867, 1.0], abs=1e-3))
    assert pair["verdict"] == "unresolved" and "rows_to_decide" not in pair
    assert pair["gain"] == 0.0


def test_a_model_against_itself_is_at_one_half_within_its_interval(
    judged: MakeJudgment, settings: BootstrapSettings
) -> None:
    """Guards against intervals so narrow, or a count so lopsided, that random totals have a winner."""
    import random

    outside = 0
    for seed in range(40):
        rng = random.Random(seed)
        rows = []
        for n in range(100):
            rows += both_orders(judged, n, full=rng.randint(0, 15), small=rng.randint(0, 15))
        pair: Any = summarize(rows, BootstrapSettings(settings.facts, 200, seed))["pairs"]
        outside += pair["full-small"]["verdict"] != "unresolved"
    assert outside <= 6  # 2 are expected of 40 at 95%; more than 6 have a chance of 0.3%


def test_rows_about_one_page_count_less(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against an interval that treats the two rows of each page as independent."""
    rows = [judgment for n in range(100) for judgment in both_orders(judged, n, full=9 * (n // 2 % 2), base=4)]
    by_page: Any = summarize(rows, settings)["pairs"]
    alone = {row: type(fact)(row, fact.words) for row, fact in settings.facts.items()}
    by_row: Any = summarize(rows, BootstrapSettings(alone, 500, 1))["pairs"]
    wide, narrow = (float(np.ptp(pairs["full-base"]["gain_95"])) for pairs in (by_page, by_row))
    assert wide == pytest.approx(2**0.5 * narrow, rel=0.15)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("totals", [(0, 0), (15, 0), (7, 8)])
def test_metrics_are_numbers_and_words(
    judged: MakeJudgment, settings: BootstrapSettings, count: int, totals: tuple[int, int]
) -> None:
    """Guards against NaN and null, which readers of metrics can't parse, from few or equal scores."""
    rows = [judgment for n in range(count) for judgment in both_orders(judged, n, full=totals[0], base=totals[1])]
    values = flat(summarize(rows, settings))
    json.dumps(values, allow_nan=False)
    for name, value in values.items():
        assert isinstance(value, str) or all(map(math.isfinite, value if isinstance(value, list) else [value])), name
        assert not isinstance(value, list) or value[0] < value[1] or name.endswith("_range"), name  # "0.0% to 0.0%"
    assert ("first_wins" in values) == (totals != (0, 0))


def test_facts_of_a_row(answers: Callable[..., Answers], make: MakeExample) -> None:
    """Guards against rows about different pages in one cluster, and words that the judge wasn't shown."""
    about_paris = Source(kind="synthetic", title="Paris")
    examples = [make(f"Question {n}?", "Blue.", source=about_paris) for n in range(2)]
    examples += [make(f"Task {n}.", "Blue.", source=Source(kind="general")) for n in range(2)]
    rows = [answers("Blue.", example.instruction, example.id, full="one two three", base="") for example in examples]
    facts = row_facts(rows, examples, shown_characters=7)
    assert [facts[row.id].cluster for row in rows] == ["page: Paris"] * 2 + [f"row: {row.id}" for row in rows[2:]]
    assert (facts[rows[0].id].words["full"], facts[rows[0].id].words["base"]) == (2, 0)
    with pytest.raises(StageError, match=rf"has the row {rows[0].id}, which the test split lacks \(2 in all\)"):
        row_facts(rows, examples[2:], 7)


def test_the_length_effect_is_that_of_the_first_model(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a difference in length taken the wrong way round: here the longer answer wins more often."""
    rows = []
    facts = {}
    for n in range(40):
        longer, wins = n % 2 == 0, n % 8 != n % 2  # three of four are won by the longer
        full_wins = longer == wins
        rows += both_orders(judged, n, full=9 if full_wins else 3, base=6)
        facts[f"row {n}"] = RowFacts(cluster=f"row {n}", words={"full": 20 if longer else 10, "base": 15, "small": 1})
    metrics: Any = summarize(rows, BootstrapSettings(facts, 200, 1))
    pair = metrics["pairs"]["full-base"]
    assert pair["length_fit"] == "ok"
    assert pair["length_effect"] > 0


def test_ties_are_no_losses_in_the_sign_test(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    rows = [judgment for n in range(0, 20, 2) for judgment in both_orders(judged, n, full=9, base=3)]
    rows += [judgment for n in range(20, 28) for judgment in both_orders(judged, n, full=6, base=6)]
    metrics: Any = summarize(rows, settings)
    pair = metrics["pairs"]["full-base"]
    assert pair["p_holm"] == pytest.approx(2 / 2**10)
    assert (pair["verdict"], pair["hangs_on"], pair["rows_to_decide"]) == ("better", 5, 0)  # of six, 2 / 2^6 is left


def test_verdicts_are_corrected_for_their_number(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against three chances of a winner: what decides one pair alone is not enough beside two others."""
    alone = [judgment for n in range(0, 12, 2) for judgment in both_orders(judged, n, full=9, base=3)]
    others = [
        judgment
        for n in range(0, 12, 2)
        for pair in ({"full": 9, "small": 9}, {"small": 3, "base": 3})
        for judgment in both_orders(judged, n, **pair)
    ]
    metrics: Any = summarize(alone + others, settings)
    pair = metrics["pairs"]["full-base"]
    assert pair["p_holm"] == pytest.approx(3 * 2 / 2**6)
    assert pair["verdict"] == "unresolved" and pair["win_rate_ties_half_95"][0] > 0.5
    assert "hangs_on" not in pair and pair["rows_to_decide"] == 7


def test_what_people_add_stands_beside_its_pair(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    metrics: Any = summarize(both_orders(judged, 0, full=9, base=5), settings, {"full-base": {"labels": 3}})
    assert metrics["pairs"]["full-base"]["labels"] == 3


def test_consistency_is_a_share_of_all_repeats(judged: MakeJudgment, settings: BootstrapSettings) -> None:
    """Guards against a consistency above 1, or one that counts only whole rows."""
    rows = [
        *(judged(0, full=9, base=3), judged(0, base=3, full=9)),
        *(judged(0, full=9, base=3, repeat=1), judged(0, base=9, full=3, repeat=1)),
        *(judged(1, full=9, base=3), judged(1, base=3, full=9)),
        *(judged(1, full=9, base=3, repeat=1), judged(1, base=3, full=9, repeat=1)),
    ]
    metrics: Any = summarize(rows, settings)
    assert (metrics["pairs"]["full-base"]["consistency"], metrics["pairs"]["full-base"]["inconsistent"]) == (3 / 4, 1)
