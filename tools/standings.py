"""What `wikitune compare` prints and writes about runs on the same test rows: verdicts over seeds, and the league."""

from collections.abc import Sequence
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import write_csv
from stages.judges.bootstrap import Interval
from tools.columns import format_table
from tools.experiments import Experiment, read_experiment
from tools.league import LeagueLine, make_league
from tools.same_rows import SharedRows, read_shared_rows
from tools.seeds import SeedsVerdict, check_other_trainings, verdicts_over_seeds
from tools.sweeps import swept_keys

FOLDER = Path("reports/compare")
HEAD = "HEAD"


def with_head(experiments: Sequence[Experiment], of_one_setting: bool) -> list[Experiment]:
    """The experiments and the commit that they start from, if it has been run, and none of them is the same run; with
    `of_one_setting`, only if it differs from them in seeds alone."""
    try:
        head = read_experiment(HEAD, HEAD)
    except StageError:  # it has never been run
        return list(experiments)
    same = any(head.params == experiment.params for experiment in experiments)
    if same or (of_one_setting and swept_keys([head, *experiments])):
        return list(experiments)
    return [head, *experiments]


def compare_seeds(experiments: Sequence[Experiment], folder: Path = FOLDER) -> str:
    """The verdict on each pair over the seeds, and the league. Writes seeds.csv and league.csv.

    Raises StageError for a training that is there twice, and as `read_shared_rows` does.
    """
    check_other_trainings(experiments)
    shared = read_shared_rows(experiments)
    verdicts = verdicts_over_seeds(shared)
    write_csv(folder / "seeds.csv", [_verdict_row(found) for found in verdicts])
    names = ", ".join(experiment.name for experiment in experiments)
    lines = [["pair", "win rate, ties half", "gain in points", "ahead in", "p (Holm)", "verdict"]]
    for found in verdicts:
        p = "< 0.001" if found.p_holm < 0.001 else f"{found.p_holm:.3f}"
        win, gain = _with_interval(found.win, ".3f"), _with_interval(found.gain, "+.2f")
        ahead = f"{found.ahead} of {found.runs}"
        lines.append([found.pair.replace("-", " against "), win, gain, ahead, p, found.verdict])
    few = "\nThree runs are needed for a verdict; there are two." if len(experiments) == 2 else ""
    return (
        f"{len(experiments)} runs that differ in seeds: {names}\n{shared.describe()}\n\n"
        f"{format_table(lines, '<<<<><')}{few}\n\n{print_league(shared, folder)}\n{folder / 'seeds.csv'}"
    )


def compare_all(experiments: Sequence[Experiment], folder: Path = FOLDER) -> str:
    """The league of runs with any settings. Writes league.csv. Raises StageError as `read_shared_rows` does."""
    shared = read_shared_rows(experiments)
    return f"{shared.describe()}\n\n{print_league(shared, folder)}"


def print_league(shared: SharedRows, folder: Path) -> str:
    league = make_league(shared)
    write_csv(folder / "league.csv", [_league_row(line) for line in league])
    lines = [["place", "model", "run", "strength", "total"]]
    for place, line in enumerate(league, start=1):
        runs = "all" if len(line.runs) == len(shared.experiments) else ", ".join(line.runs)
        strength = f"{line.strength:+.2f} ({line.low:+.2f} to {line.high:+.2f})"
        lines.append([str(place), line.model, runs, strength, f"{line.total:.2f}"])
    return f"{format_table(lines, '><<<>')}\n{folder / 'league.csv'}"


def _with_interval(found: Interval, form: str) -> str:
    return f"{found.mean:{form}} ({found.low:{form}} to {found.high:{form}})"


def _verdict_row(found: SeedsVerdict) -> dict[str, object]:
    numbers = {"win_rate_ties_half": found.win, "gain": found.gain}
    ends = {
        f"{name}{end}": round(value, 4)
        for name, interval in numbers.items()
        for end, value in (("", interval.mean), ("_low", interval.low), ("_high", interval.high))
    }
    return {"pair": found.pair, "runs": found.runs, **ends, "ahead": found.ahead} | {
        "p_holm": round(found.p_holm, 4),
        "verdict": found.verdict,
    }


def _league_row(line: LeagueLine) -> dict[str, object]:
    figures = {"strength": line.strength, "low": line.low, "high": line.high, "total": line.total}
    return {"model": line.model, "runs": " ".join(line.runs), **{name: round(x, 4) for name, x in figures.items()}}
