"""`wikitune check`: what an experiment needs and costs, before it runs.

It looks at parameters, keys, servers, memory and disk, and sends nothing that has to be paid for. That takes seconds;
a judge that costs nothing is timed, which takes as long as one judgment.
"""

from collections.abc import Sequence
from pathlib import Path

from stages.common.errors import StageError
from stages.common.params import PARAMS, check_sections
from tools.check_experiment import Finding, changed_sections, check_pages, measure_workload, read_profile
from tools.check_machine import check_answering_memory, check_device, check_disk, check_memory, estimate_time
from tools.check_services import check_models, check_websites
from tools.columns import format_table


def print_findings(profiles: Sequence[Path], changes: Sequence[str]) -> bool:
    """Prints a table of what was found; returns whether the experiment can work."""
    findings = check_parameters(profiles, changes)
    rows = [(finding.verdict, finding.what, finding.text) for finding in findings]
    print(format_table(rows, "<<<"))
    return all(finding.verdict != "FAILS" for finding in findings)


def check_parameters(profiles: Sequence[Path], changes: Sequence[str]) -> list[Finding]:
    """The findings about params.yaml with profiles and changes (`key=value`). The first one is about the parameters
    themselves; if they are invalid, it is the only one."""
    names = " and ".join([str(PARAMS), *map(str, profiles), *changes])
    try:
        sections = changed_sections([*(change for path in profiles for change in read_profile(path)), *changes])
        check_sections(sections)
        workload = measure_workload(sections)
    except StageError as error:
        return [Finding("FAILS", "parameters", str(error))]
    device_finding, devices, precision = check_device(sections)
    return [
        Finding("ok", "parameters", names),
        *check_pages(sections, workload),
        *check_websites(sections),
        *check_models(sections, workload),
        device_finding,
        check_memory(sections, workload, devices["train"]),
        check_answering_memory(sections, workload, devices["infer"]),
        *check_disk(sections, workload),
        estimate_time(sections, workload, devices, precision),
    ]
