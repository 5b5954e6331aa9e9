"""curate: keeps the examples that no rule objects to, and writes the others to a file with reason and evidence.

The rules and their order are in stages/curation/rules.py. What passes them all goes to the auditor, a language model,
if there is one. `wikitune estimate curate` says what that may cost; `wikitune why ID` prints what each rule says about
one example.
"""

import gc
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from stages.common.errors import StageError, run_stage
from stages.common.files import iter_jsonl, write_csv, write_json, write_jsonl
from stages.common.instruction_sets import ExampleRow, MalformedRow, read_rows
from stages.common.params import load_params
from stages.common.records import Example, Page, RawRow, Rejection
from stages.curation.auditor import audit_request, batches, read_verdicts
from stages.curation.rules import ORDER, Curation, Thresholds, curate
from stages.llm.replies import stripped_counts
from stages.llm.request import LlmParams
from stages.llm.service import Service

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
CURATED = Path("data/curated.jsonl")
REJECTED = Path("data/rejected.jsonl")
FLOW = Path("reports/curation.csv")
METRICS = Path("reports/metrics/curate.json")


class Params(Thresholds):
    model_config = ConfigDict(extra="forbid")

    auditor: Literal["none", "gemini", "openai"]
    audit_batch: Annotated[int, Field(ge=1, le=100)]  # examples per request
    llm: LlmParams


def main() -> None:
    params = load_params("curate", Params)
    examples, malformed, without_input = read_synthetic()
    curation = curate(examples, params, page_texts())
    curation = Curation(curation.kept, malformed + curation.rejected)
    stripped: dict[str, int] = {}
    if curation.kept and params.auditor != "none":
        curation, stripped = audit(curation, params)
    if not curation.kept:
        reasons = dict(Counter(rejection.reason for rejection in curation.rejected))
        read = len(curation.rejected)
        raise StageError(f"{SYNTHETIC}: all {read} examples were rejected: {reasons}; see stages/curation/")
    write_jsonl(CURATED, curation.kept)
    write_jsonl(REJECTED, curation.rejected)
    write_csv(FLOW, flow_rows(curation))
    write_json(METRICS, curation_metrics(curation, without_input) | stripped)


def read_synthetic() -> tuple[list[Example], list[Rejection], int]:
    """The examples, rejections of the rows that are not examples, and how many examples had no `input` (read as "")."""
    rows = list(read_rows(SYNTHETIC, "synthetic"))
    if not rows:
        raise StageError(f"{SYNTHETIC} holds no example; at least 1 is needed")
    malformed = [
        Rejection(example=RawRow(place=row.place, text=row.raw), reason="malformed", evidence=row.reason)
        for row in rows
        if isinstance(row, MalformedRow)
    ]
    read = [row for row in rows if isinstance(row, ExampleRow)]
    return [row.example for row in read], malformed, sum(row.without_input for row in read)


def page_texts() -> dict[str, str]:
    """All that a teacher reads of each page, by title: the title itself, the headings and the texts."""
    return {
        page.title: "\n\n".join([page.title, *(part for s in page.sections for part in (s.heading, s.text))])
        for page in iter_jsonl(PAGES, Page)
    }


def audit(curation: Curation, params: Params) -> tuple[Curation, dict[str, int]]:
    """Also rejects the examples that the auditor rejects or has no verdict on. The counts are of what stood around the
    objects in its replies."""
    batched = batches(curation.kept, params.audit_batch)
    outcomes = auditor_service(params).ask([audit_request(batch, params.cutoff) for batch in batched])
    against: dict[str, tuple[str, str]] = {}
    for batch, outcome in zip(batched, outcomes, strict=True):
        against |= read_verdicts(batch, outcome)
    kept = [example for example in curation.kept if example.id not in against]
    rejected = [
        Rejection(example=example, reason=against[example.id][0], evidence=against[example.id][1])
        for example in curation.kept
        if example.id in against
    ]
    return Curation(kept, curation.rejected + rejected), stripped_counts(outcome.stripped for outcome in outcomes)


def auditor_service(params: Params) -> Service:
    if params.auditor == "none":
        raise StageError("params.yaml: curate.auditor is none, which costs nothing; choose gemini or openai")
    return Service("curate", params.auditor, params.llm)


def curation_metrics(curation: Curation, without_input: int) -> dict[str, object]:
    return {
        "read": len(curation.kept) + len(curation.rejected),
        "without_input": without_input,
        "kept": len(curation.kept),
        "rejected": len(curation.rejected),
        "reasons": count_reasons(curation),
    }


def count_reasons(curation: Curation) -> dict[str, int]:
    """How many examples were rejected for each reason: the rules in their order, then the auditor's reasons."""
    reasons = Counter(rejection.reason for rejection in curation.rejected)
    auditors = sorted(reason for reason in reasons if reason not in ORDER)
    return {reason: reasons[reason] for reason in (*ORDER, *auditors)}


def flow_rows(curation: Curation) -> list[dict[str, object]]:
    """A row for the kept examples and one for each rule that rejected any, with their numbers."""
    ends = count_reasons(curation) | {"kept": len(curation.kept)}
    return [{"from": "synthetic", "to": end, "count": count} for end, count in ends.items() if count]


if __name__ == "__main__":
    gc.disable()  # looking for cycles among millions of small objects, which have none, takes a quarter of the time
    run_stage(main)
