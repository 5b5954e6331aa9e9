"""What a parameter does: `python -m tools.compare [REV ...]` draws the experiments of a sweep against their parameter.

Without a revision it takes all experiments of the commit that is checked out. Experiments that differ in their seeds
alone become one point, with an interval. Writes reports/compare/KEY.svg and .png, the table (.csv) and the
settings that they share (.json), and prints the table.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from stages.common.errors import run_stage
from stages.common.files import write_csv, write_json
from tools.compare_experiments import find
from tools.compare_pictures import draw, rows, table
from tools.sweeps import points, settings, swept_key

FOLDER = Path("reports/compare")


def compare(revisions: Sequence[str], by: str | None) -> str:
    """The table, and where the picture is."""
    experiments = find(revisions)
    key = swept_key(experiments, by)
    found = points(experiments, key)
    draw(found, key, FOLDER / key)
    write_csv(FOLDER / f"{key}.csv", rows(found))
    write_json(FOLDER / f"{key}.json", settings(experiments, key))
    return f"{table(rows(found), key)}\n{FOLDER / key}.svg"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.compare", description=__doc__.splitlines()[0])
    parser.add_argument("revisions", nargs="*", metavar="REV", help="experiments, branches or commits")
    parser.add_argument("--by", metavar="KEY", help="the parameter, where it isn't the only one that differs")
    wanted = parser.parse_args()
    print(compare(wanted.revisions, wanted.by))  # noqa: T201


if __name__ == "__main__":
    run_stage(main)
