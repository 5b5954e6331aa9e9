"""The tables behind the charts."""

from dataclasses import replace
from pathlib import Path

from stages.common.records import ROLES, Scores
from stages.common.yaml_files import read_yaml
from stages.reporting import tables
from stages.reporting.evidence import Evidence
from tests.conftest import ROOT


def test_halves_of_a_point_count_upwards(evidence: Evidence) -> None:
    """Guards against means of two orders that all fall on even totals, as rounding to even has it."""
    row = next(row for row in evidence.rows if row.counts)
    forth, back = row.comparisons("full", "base")
    rows = []
    for low in range(4):
        totals = [
            Scores(factual_correctness=n, instruction_adherence=0, clarity_and_usefulness=0, total=n)
            for n in (low, low + 1)
        ]
        judged = [
            judgment.model_copy(update={"scores": dict.fromkeys(judgment.models, total)})
            for judgment, total in zip((forth, back), totals, strict=True)
        ]
        rows.append(replace(row, judgments=tuple(judged)))
    table = tables.score_table(replace(evidence, rows=tuple(rows)))
    assert list(table["full"][:6]) == [0, 1, 1, 1, 1, 0]


def test_tables_hold_what_pictures_show(evidence: Evidence, tmp_path: Path) -> None:
    """Guards against `dvc plots` of other numbers than the report's."""
    folder = tmp_path / "tables"
    tables.write_tables(evidence, folder)
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.csv" for name in sorted(tables.TABLES)]
    assert (folder / "outcomes.csv").read_text().splitlines()[:2] == [
        "figure,pair,outcome,percent,low,high",
        "full against base: win,full-base,win,74.5,68.5,80.5",
    ]
    lines = tables.outcome_table(evidence).round(9).to_dict("records")
    rates = {(line["pair"], line["outcome"]): (line["percent"], line["low"], line["high"]) for line in lines}
    assert rates["full-base", "loss"] == (11.5, 6.5, 16.5)
    assert rates["small-base", "tie"] == (15, 10, 20)
    assert (folder / "rejections.csv").read_text().splitlines()[:3] == [
        "reason,synthetic,general,rejected",
        "malformed,2,0,2",
        "too_short,14,30,44",
    ]
    assert (folder / "percents.csv").read_text().splitlines()[0] == "model,percent,low,high"
    assert (folder / "exact.csv").read_text().splitlines()[:4] == [
        "rows,model,count,percent,low,high",
        "all,base,24,1.0,0.5,1.5",
        "all,small,24,12.0,6.0,18.0",
        "all,full,24,31.0,15.5,46.5",
    ]


def test_dvc_plots_names_columns_that_are_there(evidence: Evidence, run: Path) -> None:
    """Guards against a plot in reports/dvc.yaml that draws nothing."""
    tables.write_tables(evidence, run / "reports/tables")
    plots = read_yaml(ROOT / "reports/dvc.yaml")["plots"]
    files = set()
    for [(title, plot)] in (named.items() for named in plots):
        assert plot["x_label"] and plot["y_label"], title
        for name, columns in plot["y"].items():
            header = (run / "reports" / name).read_text().splitlines()[0].split(",")
            x = plot["x"] if isinstance(plot["x"], str) else plot["x"][name]
            assert {x, *([columns] if isinstance(columns, str) else columns)} <= set(header), title
            files.add(name)
    assert files == {f"tables/{name}.csv" for name in tables.TABLES.keys() - {"rows", "exact"}} | {
        "curves/full.csv",
        "curves/small.csv",
    }


def test_each_row_with_its_totals_and_outcomes(evidence: Evidence) -> None:
    """Guards against rows that `wikitune compare` would take for 0 points, and outcomes of the wrong side."""
    table = tables.row_table(evidence)
    exact = [f"exact_{role}" for role in ROLES]
    assert list(table) == ["id", "page", *ROLES, "full-base", "full-small", "small-base", *exact]
    assert list(table["id"]) == [row.example.id for row in evidence.rows]
    for line, row in zip(table.to_dict("records"), evidence.rows, strict=True):
        assert line["page"] == (row.example.source.title or "")
        assert [line[name] for name in exact] == [int(row.exact[role]) for role in ROLES]
        if not row.counts:
            assert {line[name] for name in list(table)[2:-3]} == {""}
            continue
        assert (
            line["full-base"]
            == {-1: 0.0, 0: 0.5, 1: 1.0}[(line["full"] > line["base"]) - (line["full"] < line["base"])]
        )
    assert 0 < (table["full"] == "").sum() < len(table)
