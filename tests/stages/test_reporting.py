"""The report from records and metrics made by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.errors import StageError
from stages.files import write_csv, write_json, write_jsonl
from stages.judges.panel import by_rubric
from stages.judges.rows import row_facts
from stages.judges.sheets import pair_sheets
from stages.judges.statistics import Sampling, summarize
from stages.records import Answers, Teacher
from stages.reporting.charts import CHARTS, STYLE
from stages.reporting.evidence import METRICS, Evidence, gather
from stages.reporting.pages import findings, markdown_text, write_pages
from tests.stages.conftest import MakeExample

ATTACK = '<script>alert("x")</script> | ![t](http://example.org) {{ 7 * 7 }}'


@pytest.fixture
def evidence(tmp_path: Path, make: MakeExample, answers: Callable[..., Answers]) -> Evidence:
    """A run of four test rows, in which full is right and small and base are not, with an attack in every text."""
    examples = [make(f"{ATTACK} {i}", f"It is blue. {i}") for i in range(4)]
    rows = [
        answers(one.output, one.instruction, one.id, full=one.output, small=ATTACK, base="\n\n") for one in examples
    ]
    sheets = pair_sheets(rows, ["full-base", "full-small"], 2000)
    judgments = list(by_rubric(sheets, Teacher(name="rubric"), 0))
    write_jsonl(tmp_path / "data/splits/full/test.jsonl", examples)
    write_jsonl(tmp_path / "data/answers.jsonl", rows)
    write_jsonl(tmp_path / "data/judgments.jsonl", judgments)
    for size in ("full", "small"):
        points = [
            {"step": step, "epoch": step / 2, "val_loss": 5.0 - step, "val_response_loss": 4.0} for step in range(3)
        ]
        write_csv(tmp_path / f"reports/curves/{size}.csv", points)
    sides = {"train": 32, "val": 4, "test": 4}
    losses = dict.fromkeys(("val_loss_before", "val_loss", "val_response_loss_before", "val_response_loss"), 1.5)
    metrics: dict[str, Any] = {name: {} for name in METRICS} | {
        "extract": {"pages_kept": 2, "words": 400},
        "synth": {"examples": 20, "kinds": {"when": 20}},
        "curate": {"kept": 19, "rejected": 1, "reasons": {"malformed": 1}},
        "split": {"synthetic_drawn": 19, "general_drawn": 21, "general_rejected": 2, "full": sides, "small": sides}
        | dict.fromkeys((f"{what}_on_two_sides" for what in ("questions", "pages", "word_runs", "near_duplicates")), 0)
        | {"test_examples_that_leak": 0},
        "base": {"parameters": 1000, "vocab_size": 300},
        "train_full": {"steps": 9} | losses,
        "train_small": {"steps": 3} | losses,
        "judge": summarize(judgments, Sampling(row_facts(rows, examples, 2000), 200, 1)),
    }
    for name, values in metrics.items():
        write_json(tmp_path / f"reports/metrics/{name}.json", values)
    params = {"judge": {"judge": "rubric"}, "train": {"loss_on": "all", "epochs": 1}}
    return gather(tmp_path / "data", tmp_path / "reports", params)


@pytest.mark.parametrize(
    ("leaking", "said"),
    [
        (0, "0 runs of eight words and 0 pairs of near-duplicates: no test example shares content with train or val."),
        (3, "near-duplicates: 3 of the 4 test examples share content with train or val, so the scores partly measure"),
    ],
)
def test_the_report_says_whether_the_split_leaks(evidence: Evidence, tmp_path: Path, leaking: int, said: str) -> None:
    """Guards against scores of a leaking split that read like any other."""
    (tmp_path / "reports/plots").mkdir()
    for name in CHARTS:
        (tmp_path / f"reports/plots/{name}.svg").write_text("<svg/>")
    split = evidence.metrics["split"] | {"test_examples_that_leak": leaking}
    write_pages(replace(evidence, metrics={**evidence.metrics, "split": split}), tmp_path / "reports", examples=2)
    for name in ("index.html", "report.md"):
        assert said in " ".join((tmp_path / "reports" / name).read_text().split())


def test_untrusted_text_stays_text(evidence: Evidence, tmp_path: Path) -> None:
    """Guards against answers that act in the reader's browser, or break a table."""
    (tmp_path / "reports/plots").mkdir()
    for name in CHARTS:
        (tmp_path / f"reports/plots/{name}.svg").write_text("<svg/>")
    write_pages(evidence, tmp_path / "reports", examples=2)
    page = (tmp_path / "reports/index.html").read_text()
    report = (tmp_path / "reports/report.md").read_text()
    assert "<script" not in page and "&lt;script&gt;alert" in page
    assert page.count("(nothing)") == 4
    assert "<script" not in report.replace("\\<script", "") and "![t]" not in report
    assert "49" not in report.split("## Some answers")[1]
    assert report.split("## Some answers")[1].count("It is blue") == 2 * 2  # reference and full, of two rows


def test_findings_state_the_verdict_with_its_numbers(evidence: Evidence) -> None:
    """Guards against a verdict beside the numbers of something else."""
    [full_base, full_small] = findings(evidence)
    assert full_base.startswith(
        "Full beats base: full wins 100.0%, loses 0.0% and ties 0.0% of 4 test rows; with ties as half, its win "
        "rate is 100.0% (95% interval 100.0% to 100.0%), its gain +15.00 of 15 points"
    )
    assert full_small.startswith("Full beats small: full wins 100.0%")
    scores = {"win_rate": 0.4, "loss_rate": 0.4, "tie_rate": 0.2, "win_rate_ties_half": 0.5, "rows": 10}
    scores |= {
        "win_rate_ties_half_low": 0.3,
        "win_rate_ties_half_high": 0.7,
        "gain": -0.25,
        "gain_low": -1,
        "gain_high": 0.5,
    }
    unsure = {"judge": {"pairs": {"small-base": scores | {"verdict": "unresolved"}}}}
    [sentence] = findings(Evidence({}, unsure, {}, ()))
    assert sentence.startswith("Whether small is better than base is unresolved: small wins 40.0%")
    assert sentence.endswith("its gain -0.25 of 15 points (-1.00 to +0.50).")


def test_pictures_show_the_numbers(evidence: Evidence) -> None:
    """Guards against a picture of other numbers: axes, labels and series are compared with the metrics."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    axes = {}
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        for name, draw in CHARTS.items():
            axes[name] = Figure().subplots()
            draw(evidence, axes[name])
    losses = axes["loss_curves"]
    assert [line.get_label() for line in losses.lines][:2] == ["full: all tokens", "full: response only"]
    assert losses.lines[0].get_ydata().tolist() == [5.0, 4.0, 3.0]  # type: ignore[union-attr]
    assert losses.get_ylabel() == "cross-entropy (nats a token)"
    heights = {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes["score_distribution"].containers}
    assert heights["full"] == [0] * 15 + [4]
    assert heights["base"] == [4] + [0] * 15
    assert [label.get_text() for label in axes["percent_range"].get_xticklabels()] == ["base", "small", "full"]
    assert [label.get_text() for label in axes["win_rates"].get_yticklabels()] == [
        "full against small",
        "full against base",
    ]
    assert axes["win_rates"].get_xlim() == (0, 100)


def test_records_of_different_runs_are_refused(evidence: Evidence, tmp_path: Path) -> None:
    lines = (tmp_path / "data/answers.jsonl").read_text().splitlines()
    (tmp_path / "data/answers.jsonl").write_text("\n".join(lines[1:]))
    lost = json.loads(lines[0])["id"]
    with pytest.raises(StageError, match=f"lack test example {lost}; run `dvc repro` again"):
        gather(tmp_path / "data", tmp_path / "reports", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", r"a \| b"),
        (r"a\|b", r"a\\\|b"),
        ("two\nlines", "two lines"),
        ("", "(nothing)"),
        ("x" * 200, "x" * 160 + "..."),
        ("<b>", r"\<b\>"),
    ],
)
def test_markdown_text(text: str, expected: str) -> None:
    assert markdown_text(text) == expected
