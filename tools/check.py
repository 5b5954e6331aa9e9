"""What an experiment needs and costs, before it runs: `python -m tools.check --profile profiles/report.args`.

Looks at parameters, keys, servers, memory and disk, in seconds, without sending anything that is paid. Ends with status
1 where something can't work.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stages.common.errors import StageError, run_stage
from stages.common.params import PARAMS, check_sections
from tools.check_experiment import measure
from tools.check_findings import Finding, table
from tools.check_machine import device, disk, memory, time_taken
from tools.check_profiles import changed_sections, read_profile
from tools.check_services import models, websites


def check(profiles: Sequence[Path], changes: Sequence[str]) -> list[Finding]:
    """What was found; the first finding is about the parameters, and where they are bad it is the only one."""
    names = " and ".join([str(PARAMS), *map(str, profiles), *changes])
    try:
        sections = changed_sections([*(one for path in profiles for one in read_profile(path)), *changes])
        check_sections(sections)
        sizes = measure(sections)
    except StageError as error:
        return [Finding("FAILS", "parameters", str(error))]
    trains, name, precision = device(sections)
    return [
        Finding("ok", "parameters", names),
        *websites(sections),
        *models(sections, sizes),
        trains,
        memory(sections, sizes, name),
        *disk(sections, sizes),
        time_taken(sections, sizes, name, precision),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--profile", nargs="+", type=Path, default=[], metavar="FILE", help="such as profiles/gpt2.args"
    )
    parser.add_argument("-S", action="append", default=[], metavar="KEY=VALUE", help="a change, as of dvc exp run")
    wanted = parser.parse_args()
    findings = check(wanted.profile, wanted.S)
    print(table(findings))  # noqa: T201
    sys.exit(int(any(one.verdict == "FAILS" for one in findings)))


if __name__ == "__main__":
    run_stage(main)
