"""curate: keeps the examples that no rule objects to, and writes the others to a file with reason and evidence.

The rules and their order are in stages/curation/rules.py. What passes them all may be sifted by difficulty, if it has
been scored, and then goes to the auditor, a language model, if there is one. `wikitune estimate curate` says what that
may cost; `wikitune why ID` prints what each rule says about one example.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from stages.common.errors import StageError, run_stage
from stages.common.files import iter_jsonl, write_csv, write_json, write_jsonl
from stages.common.instruction_sets import ExampleRow, read_rows
from stages.common.params import load_params
from stages.common.quality_scores import read_quality_scores
from stages.common.records import Example, Page, RawRow, Rejection
from stages.curation.at_scale import KeptExamples, RejectedExamples, curate_steps, write_examples, write_pages
from stages.curation.auditor import audit_request, batches, read_verdicts
from stages.curation.difficulty import sift_by_difficulty
from stages.curation.diversity import Diversity
from stages.curation.rules import ORDER, Curation, Thresholds, curate
from stages.engine.apart import check_engine, run_on_engine
from stages.engine.choice import EngineName, RayParams
from stages.engine.steps import kept_steps
from stages.llm.replies import stripped_counts
from stages.llm.request import LlmParams
from stages.llm.service import Service

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
CURATED = Path("data/curated.jsonl")
REJECTED = Path("data/rejected.jsonl")
FLOW = Path("reports/curation.csv")
METRICS = Path("reports/metrics/curate.json")
DIVERSITY = Path("reports/metrics/diversity.json")

# A difficulty, or `none`, which becomes None.
Difficulty = Annotated[
    Annotated[float, Field(ge=0)] | None, BeforeValidator(lambda value: None if value == "none" else value)
]


class Params(Thresholds):
    model_config = ConfigDict(extra="forbid")

    engine: EngineName
    ray: RayParams
    min_ifd: Difficulty  # of the scores that `wikitune score` wrote
    max_ifd: Difficulty
    auditor: Literal["none", "gemini", "openai"]
    audit_batch: Annotated[int, Field(ge=1, le=100)]  # examples per request
    llm: LlmParams


@dataclass(frozen=True)
class CuratedRows:
    """What became of the rows of the input, in their order; the malformed ones come first among the rejected."""

    kept: Iterable[Example]
    rejected: Iterable[Rejection]
    without_input: int  # examples that had no `input`, which was read as ""


class SyntheticRows:
    """The examples of the input, one by one. The rows that are not examples are known when all have been read."""

    def __init__(self) -> None:
        self.malformed: list[Rejection] = []
        self.without_input = 0  # examples that had no `input`, which was read as ""

    def __iter__(self) -> Iterator[Example]:
        empty = True
        for row in read_rows(SYNTHETIC, "synthetic"):
            empty = False
            if isinstance(row, ExampleRow):
                self.without_input += row.without_input
                yield row.example
            else:
                raw = RawRow(place=row.place, text=row.raw)
                self.malformed.append(Rejection(example=raw, reason="malformed", evidence=row.reason))
        if empty:
            raise StageError(f"{SYNTHETIC} holds no example; at least 1 is needed")

    def facts(self) -> dict[str, object]:
        malformed = [rejection.model_dump(mode="json") for rejection in self.malformed]
        return {"malformed": malformed, "without_input": self.without_input}


def main() -> None:
    params = load_params("curate", Params)
    with apply_rules_to_input(params) as outcome:
        kept, rejected = outcome.kept, outcome.rejected
        if params.min_ifd is not None or params.max_ifd is not None:
            kept, found = sift_by_difficulty(kept, read_quality_scores(), params.min_ifd, params.max_ifd)
            rejected = [*rejected, *found]
        stripped: dict[str, int] = {}
        if params.auditor != "none":
            curation, stripped = audit(Curation(list(kept), list(rejected)), params)
            kept, rejected = curation.kept, curation.rejected
        counts: Counter[str] = Counter()
        diversity = Diversity()
        write_jsonl(CURATED, count_kept(kept, rejected, counts, diversity))
        write_jsonl(REJECTED, count_rejected(rejected, counts))
    write_csv(FLOW, flow_rows(counts))
    write_json(METRICS, curation_metrics(counts, outcome.without_input) | stripped)
    write_json(DIVERSITY, diversity.metrics())


@contextmanager
def apply_rules_to_input(params: Params) -> Iterator[CuratedRows]:
    """Applies the rules in memory, or on an engine, whose results are then read from its files, one by one."""
    if params.engine == "local":
        examples, malformed, without_input = read_synthetic()
        curation = curate(examples, params, page_texts())
        yield CuratedRows(curation.kept, malformed + curation.rejected, without_input)
        return
    check_engine(params.engine)
    limits = Thresholds.model_validate(params.model_dump())
    with kept_steps("curate", [PAGES, SYNTHETIC], limits.model_dump_json()) as steps:
        write_pages(steps, titles_and_texts())
        rows = SyntheticRows()
        facts = write_examples(steps, rows, rows.facts)
        malformed = [Rejection.model_validate(row) for row in facts["malformed"]]
        if not facts["count"]:
            yield CuratedRows([], malformed, 0)
            return
        run_on_engine(params.engine, params.ray.address, curate_steps, steps, limits, facts["count"])
        yield CuratedRows(KeptExamples(steps), RejectedExamples(steps, malformed), facts["without_input"])


def read_synthetic() -> tuple[list[Example], list[Rejection], int]:
    """The examples, rejections of the rows that are not examples, and how many examples had no `input` (read as "")."""
    rows = SyntheticRows()
    return list(rows), rows.malformed, rows.without_input


def titles_and_texts() -> Iterator[tuple[str, str]]:
    """The title of each page, and all that a teacher reads of it: the title itself, the headings and the texts."""
    for page in iter_jsonl(PAGES, Page):
        yield page.title, "\n\n".join([page.title, *(part for s in page.sections for part in (s.heading, s.text))])


def page_texts() -> dict[str, str]:
    """All that a teacher reads of each page, by title."""
    return dict(titles_and_texts())


def count_kept(
    kept: Iterable[Example], rejected: Iterable[Rejection], counts: Counter[str], diversity: Diversity
) -> Iterator[Example]:
    """The kept examples. Raises StageError at the end if there are none."""
    for example in kept:
        counts["kept"] += 1
        diversity.add(example)
        yield example
    if not counts["kept"]:
        reasons = dict(Counter(rejection.reason for rejection in rejected))
        read = sum(reasons.values())
        raise StageError(f"{SYNTHETIC}: all {read} examples were rejected: {reasons}; see stages/curation/")


def count_rejected(rejected: Iterable[Rejection], counts: Counter[str]) -> Iterator[Rejection]:
    for rejection in rejected:
        counts[rejection.reason] += 1
        yield rejection


def audit(curation: Curation, params: Params) -> tuple[Curation, dict[str, int]]:
    """Also rejects the examples that the auditor rejects or has no verdict on. The counts are of what stood around the
    objects in its replies."""
    if not curation.kept:
        return curation, {}
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


def curation_metrics(counts: Mapping[str, int], without_input: int) -> dict[str, object]:
    """`counts` says how many examples were kept, and how many were rejected for each reason."""
    reasons = count_reasons(counts)
    rejected = sum(reasons.values())
    return {
        "read": counts["kept"] + rejected,
        "without_input": without_input,
        "kept": counts["kept"],
        "rejected": rejected,
        "reasons": reasons,
    }


def count_reasons(counts: Mapping[str, int]) -> dict[str, int]:
    """How many examples were rejected for each reason: the rules in their order, then those by score and the auditor's
    reasons."""
    others = sorted(reason for reason in counts if reason not in (*ORDER, "kept"))
    return {reason: counts.get(reason, 0) for reason in (*ORDER, *others)}


def flow_rows(counts: Mapping[str, int]) -> list[dict[str, object]]:
    """A row for the kept examples and one for each rule that rejected any, with their numbers."""
    ends = count_reasons(counts) | {"kept": counts["kept"]}
    return [{"from": "synthetic", "to": end, "count": count} for end, count in ends.items() if count]


if __name__ == "__main__":
    gc.disable()  # looking for cycles among millions of small objects, which have none, takes a quarter of the time
    run_stage(main)
