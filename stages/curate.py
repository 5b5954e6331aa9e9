"""curate: keeps the examples that no rule objects to, and writes the others to a file with reason and evidence.

The rules and their order stand in stages/curation/rules.py. What passes them all goes to the auditor, a language
model, where there is one; `python -m stages.curate --estimate` says what that may cost. `--why ID` tells what each
rule says about one example.
"""

import argparse
import gc
from collections import Counter
from collections.abc import Iterable
from functools import partial
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
from stages.llm.request import LlmParams
from stages.llm.service import Service
from tools.sample import as_text
from tools.why import story

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
CURATED = Path("data/curated.jsonl")
REJECTED = Path("data/rejected.jsonl")
GENERAL_REJECTED = Path("data/splits/general_rejected.jsonl")  # of split, which curates the general ones
FLOW = Path("reports/curation.csv")
METRICS = Path("reports/metrics/curate.json")


class Params(Thresholds):
    model_config = ConfigDict(extra="forbid")

    auditor: Literal["none", "gemini", "openai"]
    audit_batch: Annotated[int, Field(ge=1, le=100)]  # examples a request
    llm: LlmParams


def main() -> None:
    params = load_params("curate", Params)
    examples, malformed, without_input = read_synthetic()
    curation = curate(examples, params, page_texts())
    curation = Curation(curation.kept, malformed + curation.rejected)
    if curation.kept and params.auditor != "none":
        curation = audit(curation, params)
    if not curation.kept:
        reasons = dict(Counter(rejection.reason for rejection in curation.rejected))
        read = len(curation.rejected)
        raise StageError(f"{SYNTHETIC}: all {read} examples were rejected: {reasons}; see stages/curation/")
    write_jsonl(CURATED, curation.kept)
    write_jsonl(REJECTED, curation.rejected)
    write_csv(FLOW, flow_rows(curation))
    write_json(METRICS, curation_metrics(curation, without_input))


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
    """The texts of the pages by title."""
    return {page.title: "\n\n".join(section.text for section in page.sections) for page in iter_jsonl(PAGES, Page)}


def audit(curation: Curation, params: Params) -> Curation:
    """Also rejects the examples that the auditor rejects or has no verdict on."""
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
    return Curation(kept, curation.rejected + rejected)


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
    """How many examples went where, for the report's picture."""
    ends = count_reasons(curation) | {"kept": len(curation.kept)}
    return [{"from": "synthetic", "to": end, "count": count} for end, count in ends.items() if count]


def estimate() -> None:
    """Prints what the auditor would be asked."""
    params = load_params("curate", Params)
    kept = curate(read_synthetic()[0], params, page_texts()).kept
    requests = [audit_request(batch, params.cutoff) for batch in batches(kept, params.audit_batch)]
    print(auditor_service(params).estimate(requests))  # noqa: T201


def verdict(id: str, rejected: Iterable[Rejection]) -> str:
    """What was said of the example or the row. Raises StageError where there is none of this name."""
    for one in rejected:
        example = one.example
        if isinstance(example, RawRow) and example.place == id:
            return f"{id} {example.text}\nrejected: {one.reason}: {one.evidence}"
        if isinstance(example, Example) and example.id == id:
            return f"{id} {as_text(example)}\nrejected by split: {one.reason}: {one.evidence}"
    raise StageError(
        f"{SYNTHETIC} holds no example with the id {id!r}, and split rejected no general one; an id has 16 hexadecimal "
        f"digits, and a row that is no example is known by its place, such as {SYNTHETIC}:1"
    )


def has_lines(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def why(id: str) -> None:
    """Prints what each rule says about an example; of a rejected general one, or a row that is no example, the verdict.

    Such a row is known by its place, FILE:LINE or FILE[INDEX].
    """
    params = load_params("curate", Params)
    examples, no_examples, _ = read_synthetic()
    if id not in {example.id for example in examples}:
        general = iter_jsonl(GENERAL_REJECTED, Rejection) if has_lines(GENERAL_REJECTED) else ()
        print(verdict(id, [*no_examples, *general]))  # noqa: T201
        return
    print(story(id, examples, params, page_texts()))  # noqa: T201
    if params.auditor != "none" and REJECTED.exists():
        for one in iter_jsonl(REJECTED, Rejection):
            if isinstance(one.example, Example) and one.example.id == id and one.reason not in ORDER:
                print(f"then {one.reason}: {one.evidence}")  # noqa: T201


if __name__ == "__main__":
    gc.disable()  # looking for cycles among millions of small objects, which have none, takes a quarter of the time
    parser = argparse.ArgumentParser(prog="python -m stages.curate", description="Keeps the examples that are good.")
    parser.add_argument("--estimate", action="store_true", help="print what asking the auditor may cost instead")
    parser.add_argument("--why", metavar="ID", help="print what is said against this example, or row, instead")
    wanted = parser.parse_args()
    run_stage(estimate if wanted.estimate else main if wanted.why is None else partial(why, wanted.why))
