"""curate: keeps the examples that no rule speaks against; the others are kept too, with reason and evidence.

Order of the rules: malformed, not_english, after_cutoff, answer_in_input, exact_duplicate. The first that speaks
against an example is its reason; an example that is rejected is nobody's twin. What passes them all goes to the
auditor, a language model, where there is one; `python -m stages.curate --estimate` says what that may cost.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from tqdm import tqdm

from stages.curation.after_cutoff import after_cutoff
from stages.curation.answer_in_input import answer_in_input
from stages.curation.audited import audit_request, audited, batches
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.malformed import malformed
from stages.curation.not_english import not_english
from stages.errors import StageError, run_stage
from stages.files import read_jsonl, write_json, write_jsonl
from stages.llm.request import LlmParams
from stages.llm.service import Service
from stages.params import Fraction, Positive, SectionModel, load_params
from stages.records import Example, Rejection

SYNTHETIC = Path("data/synthetic.jsonl")
CURATED = Path("data/curated.jsonl")
REJECTED = Path("data/rejected.jsonl")
METRICS = Path("reports/metrics/curate.json")


class Params(SectionModel):
    cutoff: date  # nothing that happened after this day
    max_foreign: Fraction  # probability of another language than English
    max_input_words: Positive  # an input longer than this is a text to work on
    auditor: Literal["none", "gemini", "openai"]
    audit_batch: Annotated[int, Field(ge=1, le=100)]  # examples a request
    llm: LlmParams

    @field_validator("cutoff", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("must be a date such as 2022-12-31") from None


def main() -> None:
    params = load_params("curate", Params)
    examples = read_jsonl(SYNTHETIC, Example)
    kept, rejected = curate(tqdm(examples, unit="example", desc="curate", disable=None), params)
    if kept and params.auditor != "none":
        kept, against = audit(kept, params)
        rejected += against
    if not kept:
        reasons = dict(Counter(rejection.reason for rejection in rejected))
        raise StageError(f"{SYNTHETIC}: all {len(examples)} examples were rejected: {reasons}; see stages/curation/")
    write_jsonl(CURATED, kept)
    write_jsonl(REJECTED, rejected)
    write_json(METRICS, measure(kept, rejected))


def curate(examples: Iterable[Example], params: Params) -> tuple[list[Example], list[Rejection]]:
    """Every example is in exactly one of the two lists, in the order of the input."""
    kept: list[Example] = []
    rejected: list[Rejection] = []
    seen: dict[tuple[str, str], str] = {}
    for example in examples:
        for reason, evidence in speak_against(example, params, seen):
            if evidence is not None:
                rejected.append(Rejection(example=example, reason=reason, evidence=evidence))
                break
        else:
            seen[question_key(example)] = example.id
            kept.append(example)
    return kept, rejected


def audit(examples: list[Example], params: Params) -> tuple[list[Example], list[Rejection]]:
    """Those that the auditor keeps, and those that it rejects or has no verdict on."""
    grouped = batches(examples, params.audit_batch)
    outcomes = service(params).ask([audit_request(batch, params.cutoff) for batch in grouped])
    against: dict[str, tuple[str, str]] = {}
    for batch, outcome in zip(grouped, outcomes, strict=True):
        against |= audited(batch, outcome)
    kept = [example for example in examples if example.id not in against]
    rejected = [
        Rejection(example=example, reason=against[example.id][0], evidence=against[example.id][1])
        for example in examples
        if example.id in against
    ]
    return kept, rejected


def service(params: Params) -> Service:
    if params.auditor == "none":
        raise StageError("params.yaml: curate.auditor is none, which costs nothing; choose gemini or openai")
    return Service("curate", params.auditor, params.llm)


def speak_against(
    example: Example, params: Params, seen: dict[tuple[str, str], str]
) -> Iterator[tuple[str, str | None]]:
    """Each rule's name and its evidence against the example, or None; a rule runs when its turn comes."""
    yield "malformed", malformed(example)
    yield "not_english", not_english(example, params.max_foreign)
    yield "after_cutoff", after_cutoff(example, params.cutoff)
    yield "answer_in_input", answer_in_input(example, params.max_input_words)
    yield "exact_duplicate", exact_duplicate(example, seen)


def measure(kept: list[Example], rejected: list[Rejection]) -> dict[str, object]:
    reasons = Counter(rejection.reason for rejection in rejected)
    return {
        "read": len(kept) + len(rejected),
        "kept": len(kept),
        "rejected": len(rejected),
        "reasons": dict(sorted(reasons.items())),
    }


def estimate() -> None:
    """Prints what the auditor would be asked."""
    params = load_params("curate", Params)
    kept, _ = curate(read_jsonl(SYNTHETIC, Example), params)
    requests = [audit_request(batch, params.cutoff) for batch in batches(kept, params.audit_batch)]
    print(service(params).estimate(requests))  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m stages.curate", description="Keeps the examples that are good.")
    parser.add_argument("--estimate", action="store_true", help="print what asking the auditor may cost instead")
    run_stage(estimate if parser.parse_args().estimate else main)
