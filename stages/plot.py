"""plot: tables, charts, the report's pages, the cards and the manifest. It reads everything and decides nothing."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from stages.common.errors import name_in_errors, run_stage
from stages.common.params import SectionModel, load_params, read_sections
from stages.common.quality_scores import read_quality_scores
from stages.reporting.cards.write_cards import write_cards
from stages.reporting.charts import draw_charts
from stages.reporting.data_charts import data_charts
from stages.reporting.data_page import write_data_page
from stages.reporting.evidence import read_evidence
from stages.reporting.example_rows import read_example_fates
from stages.reporting.manifest import write_manifest
from stages.reporting.pages import write_page, write_report
from stages.reporting.tables import write_tables
from stages.reporting.wording import Language, Wording

# The sections of params.yaml whose settings the report and the cards name.
SHOWN = ("extract", "synth", "curate", "split", "base", "train", "infer", "judge")
DATA = Path("data")
REPORTS = Path("reports")


class Params(SectionModel):
    language: Language  # of labels and prose
    examples: Annotated[int, Field(ge=0)]  # test rows in report.md


def main() -> None:
    params = load_params("plot", Params)
    sections = read_sections()
    wording = Wording(params.language)
    evidence = read_evidence(DATA, REPORTS, {name: sections[name] for name in SHOWN})
    write_tables(evidence, REPORTS / "tables")
    fates = read_example_fates(DATA, read_quality_scores())
    with name_in_errors(REPORTS / "plots"):
        draw_charts(evidence, wording, REPORTS / "plots")
        draw_charts(evidence, wording, REPORTS / "plots", data_charts(fates))
    write_report(evidence, wording, REPORTS / "report.md", params.examples)
    write_page(evidence, wording, REPORTS / "plots", REPORTS / "index.html")
    write_data_page(fates, evidence, wording, REPORTS / "plots", REPORTS / "data.html")
    write_cards(DATA, REPORTS, evidence.metrics, evidence.params)
    write_manifest(sections)  # last: it hashes all of the above


if __name__ == "__main__":
    run_stage(main)
