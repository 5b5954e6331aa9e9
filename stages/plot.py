"""plot: pictures, report.md and index.html; reads everything, decides nothing."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from stages.errors import naming, run_stage
from stages.params import SectionModel, load_params, read_sections
from stages.reporting.charts import draw_all
from stages.reporting.evidence import gather
from stages.reporting.pages import write_pages

SHOWN = ("train", "judge")  # the sections of params.yaml that the report names settings of
DATA = Path("data")
REPORTS = Path("reports")


class Params(SectionModel):
    examples: Annotated[int, Field(ge=0)]  # test rows in report.md


def main() -> None:
    params = load_params("plot", Params)
    sections = read_sections()
    evidence = gather(DATA, REPORTS, {name: sections[name] for name in SHOWN})
    with naming(REPORTS / "plots"):
        draw_all(evidence, REPORTS / "plots")
    write_pages(evidence, REPORTS, params.examples)


if __name__ == "__main__":
    run_stage(main)
