"""`wikitune estimate`: what a stage would ask a language model, and what that may cost. Nothing is sent."""

from collections.abc import Iterator

from stages.common.errors import StageError
from stages.common.files import iter_jsonl, read_jsonl
from stages.common.params import load_params
from stages.common.records import Answers, Page
from stages.llm.service import CostEstimate


def print_estimates(stage: str) -> None:
    """Prints an estimate for each language model of the stage. Raises StageError if the stage asks none."""
    estimates = {"synth": estimate_synth, "curate": estimate_curate, "judge": estimate_judge}[stage]()
    print("\n".join(map(format_estimate, estimates)))


def estimate_synth() -> list[CostEstimate]:
    """One request for each page that has text."""
    from stages import synth

    params = load_params("synth", synth.Params)
    service = synth.teacher_service(params)
    return [service.estimate_cost(synth.requests(iter_jsonl(synth.PAGES, Page), params))]


def estimate_curate() -> list[CostEstimate]:
    """The auditor reads the examples that pass all rules, so this applies the rules first."""
    from stages import curate
    from stages.curation.auditor import audit_request, batches
    from stages.curation.rules import curate as curate_examples

    params = load_params("curate", curate.Params)
    service = curate.auditor_service(params)
    kept = curate_examples(curate.read_synthetic()[0], params, curate.page_texts()).kept
    return [service.estimate_cost([audit_request(batch, params.cutoff) for batch in batches(kept, params.audit_batch)])]


def estimate_judge() -> list[CostEstimate]:
    """An estimate for each judge that is a language model, all repeats together."""
    from stages import judge
    from stages.judges.llm_judge import judge_request
    from stages.judges.panel import estimate_member

    params = load_params("judge", judge.Params)
    members = [member for member in params.members if member.judge != "rubric"]
    if not members:
        raise StageError("params.yaml: judge.judge is rubric, which costs nothing; choose gemini or openai")
    sheets = judge.all_sheets(read_jsonl(judge.ANSWERS, Answers), params)
    requests = [judge_request(sheet, params.shown_characters) for sheet in sheets]
    return [estimate_member(requests, member, params.repeats) for member in members]


def format_estimate(estimate: CostEstimate) -> str:
    """The estimate as lines to read, the same on every terminal."""
    return "\n".join(_lines(estimate))


def _lines(estimate: CostEstimate) -> Iterator[str]:
    yield f"{estimate.stage} asks {estimate.model}"
    yield f"  requests            {estimate.requests:>14,}"
    yield f"  in the journal      {estimate.in_journal:>14,}"
    yield f"  still to ask        {estimate.to_ask:>14,}"
    yield f"  input tokens, about {estimate.input_tokens:>14,}  (4 bytes a token)"
    yield f"  output tokens       {estimate.output_tokens:>14,}  at most"
    yield f"  cost                {_usd(estimate.usd):>14}  about, with output tokens at most and without repairs"
    if estimate.usd:
        how = f"{'as batch is true' if estimate.batch else 'with batch: true'}, within a day"
        yield f"  in batch jobs       {_usd(estimate.batch_usd):>14}  about, {how}; repairs at the whole price"
    yield f"  spent so far        {_usd(estimate.spent_usd):>14}  of budget_usd {estimate.budget_usd:g}"
    if estimate.spent_usd + estimate.planned_usd > estimate.budget_usd:
        yield "  This may pass the budget; the stage stops before it does, and keeps what it bought"


def _usd(amount: float) -> str:
    return f"${amount:,.4f}"
