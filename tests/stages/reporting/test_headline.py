"""The answer in words, and what the report says it lacks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stages.judges.constant_answers import OWN_FRAME
from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.headline import (
    describe_certainty,
    describe_floor,
    describe_gaps,
    describe_pair,
    read_model_scores,
    read_pair_results,
)
from stages.reporting.wording import Wording
from tests.stages.reporting.conftest import ROWS
from tests.stages.reporting.made_run import pair_variants

Load = Callable[[Path], Evidence]


def test_a_models_scores_are_its_own(evidence: Evidence) -> None:
    """Guards against scores of another model or of answers judged alone."""
    figures = {"factual_correctness": 4.5}
    judge = dict(evidence.metrics["judge"])
    judge["models"] = judge["models"] | {"full": judge["models"]["full"] | figures}
    judge["solo"] = {"full": {"total": 7.25}}
    models = read_model_scores(replace(evidence, metrics={"judge": judge}))
    assert [model.role for model in models] == ["base", "small", "full"]
    full = models[2]
    assert full.criteria["factual_correctness"] == 4.5
    assert full.percent == pytest.approx(11.6 / 0.15)
    assert (full.total.value, full.alone) == (11.6, Measurement(7.25))
    assert models[0].alone is None


def test_the_floor_is_in_points(evidence: Evidence, wording: Wording) -> None:
    """Guards against a share of the points taken for points, and a floor of a check that was not made."""
    assert describe_floor(evidence, wording) == (
        "The floor: one answer to everything gets 3.15 at best, here “The answer is yes.”, measured on 20 rows."
    )
    frame = {"text": OWN_FRAME, "measured": 0.02, "rows": 200}
    assert describe_floor(replace(evidence, metrics={"judge": {"checks": {"constant": frame}}}), wording) == (
        "The floor: one answer to everything gets 0.30 at best, here the form of the reference without its content, "
        "measured on 200 rows."
    )
    assert describe_floor(replace(evidence, metrics={"judge": {"checks": {}}}), wording) == ""


def test_a_pair_is_described_from_its_first_model(evidence: Evidence, wording: Wording) -> None:
    """Guards against wins in the place of losses, and a number of rows that would decide what is decided."""
    pairs = {pair.name: pair for pair in read_pair_results(evidence)}
    assert describe_pair(pairs["small-base"], wording) == (
        "Small beats base. Of 24 test rows small wins 70.0% (95%: 64.0% to 76.0%), ties 15.0% (95%: 10.0% to 20.0%) "
        "and loses 15.0% (95%: 10.0% to 20.0%). Its win rate with ties as half is 77.5% (95%: 73.0% to 82.0%). Its "
        "gain is +5.80 (95%: +5.20 to +6.40) of 15 points."
    )
    undecided = describe_pair(pairs["full-small"], wording)
    assert undecided.startswith("Whether full is better than small is unresolved.")
    assert list(describe_certainty(pairs["small-base"], wording)) == [
        "By the sign test, p < 0.001, corrected for the 3 pairs compared (Holm)."
    ]
    assert list(describe_certainty(pairs["full-small"], wording)) == [
        "By the sign test, p = 0.210, corrected for the 3 pairs compared (Holm).",
        "About 940 test rows would decide it.",
    ]


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            0,
            ["Its interval alone would decide it; but by the sign test, p = 0.061, and a verdict needs at most 5%."],
        ),
        (1, ["p = 0.061", "The interval of the gain in points excludes 0 all the same: points also count how much"]),
        (2, ["p = 0.061", "choices in 50 rows show them, the win rate is 60.0%", "By that, full beats base."]),
        (3, ["p < 0.001", "the win rate is 40.0% (95%: 35.0% to 45.0%)", "By that, full is worse than base."]),
        (4, ["p < 0.001", "the win rate is 50.0%", "By that, it is open which is better."]),
        (5, ["p < 0.001", "3 labels by people are too few", "without the 4 of 140 pages and tasks that speak most"]),
        (6, ["p < 0.001", "gain in points does not agree"]),
    ],
)
def test_a_verdict_says_how_far_to_trust_it(
    evidence: Evidence, wording: Wording, changes: int, sentences: list[str]
) -> None:
    """Guards against "unresolved" beside a gain above 0 without a word, and a result that hangs on four pages."""
    judge = dict(evidence.metrics["judge"])
    judge["pairs"] = {"full-base": judge["pairs"]["full-base"] | pair_variants()[changes]}
    [pair] = read_pair_results(replace(evidence, metrics={"judge": judge}))
    said = list(describe_certainty(pair, wording))
    assert len(said) == len(sentences)
    assert [expected for expected, text in zip(sentences, said, strict=True) if expected not in text] == []


def test_few_pages_are_said(evidence: Evidence, wording: Wording) -> None:
    judge = evidence.metrics["judge"] | {"clusters": 15}
    for pair in read_pair_results(replace(evidence, metrics={"judge": judge})):
        assert any("about only 15 pages and tasks" in text for text in describe_certainty(pair, wording))


@pytest.mark.parametrize(("hangs_on", "clusters", "said"), [(15, 60, True), (16, 60, False), (16, 160, True)])
def test_few_pages_are_fifteen_or_a_tenth(
    evidence: Evidence, wording: Wording, hangs_on: int, clusters: int, said: bool
) -> None:
    pair = replace(read_pair_results(evidence)[0], hangs_on=hangs_on, clusters=clusters)
    assert any("hangs on few rows" in text for text in describe_certainty(pair, wording)) == said


@pytest.mark.parametrize(("rows", "few"), [(9, True), (10, False)])
def test_few_rows_are_a_gap(evidence: Evidence, wording: Wording, rows: int, few: bool) -> None:
    sentences = list(describe_gaps(replace(evidence, rows=evidence.rows[:rows]), wording))
    assert any("With so few test rows" in sentence for sentence in sentences) == few


@pytest.mark.parametrize(
    ("emptied", "sentence"),
    [
        (["data/judgments.jsonl"], "There are no judgments: nothing is known about who is better."),
        (["reports/curves/small.csv"], "There is no training curve of small."),
        (["reports/metrics/judge.json", "reports/metrics/base.json"], "There are no metrics of: base, judge."),
        (["data/answers.jsonl", "data/judgments.jsonl"], "There are no answers to the test rows."),
        (["data/splits/full/test.jsonl", "data/answers.jsonl", "data/judgments.jsonl"], "There are no test rows."),
    ],
)
@pytest.mark.parametrize("how", ["empty", "missing"])
def test_what_is_missing_is_said(
    run: Path, load: Load, wording: Wording, emptied: list[str], sentence: str, how: str
) -> None:
    """Guards against a report that stops, or is silent, where a part of the run isn't there."""
    for name in emptied:
        (run / name).write_text("") if how == "empty" else (run / name).unlink()
    assert sentence in list(describe_gaps(load(run), wording))


def test_rows_that_were_not_to_be_judged_are_no_gap(evidence: Evidence, wording: Wording) -> None:
    """Guards against a trial of 20 rows that warns of all the others, and hides its failures behind them."""
    judged = [replace(row, judgments=()) if number % 2 else row for number, row in enumerate(evidence.rows)]
    planned = sum(number % 2 for number in range(ROWS))
    left_out = sum(not row.counts for row in judged) - planned
    metrics = {**evidence.metrics, "judge": evidence.metrics["judge"] | {"rows_not_judged": planned}}
    *_, last = describe_gaps(replace(evidence, rows=tuple(judged), metrics=metrics), wording)
    assert last.startswith(f"{left_out} of {ROWS} test rows are left out of all figures")


def test_a_whole_run_lacks_only_its_failed_judgments(evidence: Evidence, wording: Wording) -> None:
    """Guards against warnings that are always there, which nobody reads."""
    failed = sum(judgment.status == "failed" for row in evidence.rows for judgment in row.judgments)
    left_out = sum(not row.counts for row in evidence.rows)
    assert list(describe_gaps(evidence, wording)) == [
        f"{failed} of {6 * ROWS} judgments failed.",
        f"{left_out} of {ROWS} test rows are left out of all figures: a judgment of theirs failed, or there is none.",
    ]
