"""`wikitune compare` on runs of one setting, in a real Git repository."""

from pathlib import Path

import pytest

from stages.common.errors import StageError
from tests.tools.git_experiments import commit_experiment, row_lines, write_experiment
from tools.compare import compare_experiments
from tools.experiments import git
from tools.standings import FOLDER

FULL = ([9, 9, 9, 9, 1, 9, 8, 7], [9, 8, 9, 9, 2, 9, 8, 7], [9, 9, 9, 8, 9, 9, 0, 9])


def commit_seeds(count: int = 3) -> None:
    for seed in range(count):
        rows = row_lines(FULL[seed] * 5, [3 + seed] * 40)
        commit_experiment(f"s{seed}", 3.0, 7.0, rows, seed=seed)


def test_runs_with_other_seeds_get_a_verdict_and_a_league(repository: Path) -> None:
    """Guards against a run under another's name, and a league without its verdict."""
    commit_seeds()
    printed = compare_experiments([], None)
    lines = printed.splitlines()
    assert lines[0] == "3 runs that differ in seeds: s0, s1, s2"
    assert lines[1] == "40 test rows about 27 pages and tasks"
    assert lines[3].split() == [
        "pair",
        "win",
        "rate,",
        "ties",
        "half",
        "gain",
        "in",
        "points",
        *"ahead in p (Holm) verdict".split(),
    ]
    assert lines[4].startswith("full against base   0.979 (0.") and lines[4].endswith(" < 0.001  better")
    assert "3 of 3" in lines[4] and lines[5].startswith("full against small")
    league = [line.split()[:3] for line in lines if line[:5].strip().isdigit()]
    assert league[-1] == ["7", "base", "all"] and [line[0] for line in league] == list("1234567")
    assert (FOLDER / "seeds.csv").read_text().splitlines()[0] == (
        "pair,runs,win_rate_ties_half,win_rate_ties_half_low,win_rate_ties_half_high,gain,gain_low,gain_high,ahead,p_holm,verdict"
    )
    assert (FOLDER / "league.csv").read_text().splitlines()[-1].startswith("base,s0 s1 s2,-")
    before = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert compare_experiments([], None) == printed
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == before


def test_the_commit_itself_is_one_of_the_runs(repository: Path) -> None:
    """Guards against the run that the reader already has, left out; and against one of another setting among them."""
    write_experiment(3.0, 7.0, row_lines(FULL[2] * 5, [2] * 40), seed=7)
    git("add", "--all")
    git("commit", "--quiet", "--message", "Run")
    commit_seeds(2)
    assert compare_experiments([], None).startswith("3 runs that differ in seeds: HEAD, s0, s1\n")
    assert compare_experiments(["s0", "s1"], None).startswith("2 runs that differ in seeds: s0, s1\n")
    assert "Three runs are needed for a verdict" in compare_experiments(["s0", "s1"], None)
    write_experiment(3.0, 7.0, row_lines(FULL[2] * 5, [2] * 40), seed=7, rate=0.5)
    git("add", "--all")
    git("commit", "--quiet", "--message", "Another setting")
    commit_seeds(2)
    assert compare_experiments([], None).startswith("2 runs that differ in seeds: s0, s1\n")
    assert "HEAD" in compare_experiments([], None, league=True)


def test_a_league_of_several_settings(repository: Path) -> None:
    commit_experiment("slow", 3.0, 5.0, row_lines(FULL[0], [1] * 8), rate=0.1)
    commit_experiment("fast", 3.0, 5.0, row_lines(FULL[1], [2] * 8), rate=0.2, keep="last")
    printed = compare_experiments([], None, league=True)
    assert "full   slow" in printed and "full   fast" in printed and "ahead in" not in printed
    assert not (FOLDER / "seeds.csv").exists()


def test_other_test_rows_are_an_error(repository: Path) -> None:
    commit_experiment("one", 3.0, 5.0, row_lines([5] * 4, [1] * 4), seed=1)
    commit_experiment("two", 3.0, 5.0, row_lines([5] * 4, [1] * 4, first=2), seed=2)
    with pytest.raises(StageError, match="one has 4 test rows and two 4, of which 2 are the same"):
        compare_experiments([], None)
