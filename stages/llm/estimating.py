"""What a stage would ask and what that may cost, before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stages.llm.journal import Journal
from stages.llm.orders import cost, input_tokens, make_order
from stages.llm.outcomes import known
from stages.llm.request import LlmParams, Provider, Request


@dataclass(frozen=True)
class Estimate:
    stage: str
    model: str
    requests: int  # that differ
    in_journal: int  # of them, and not asked again
    input_tokens: int  # of those still to ask
    output_tokens: int  # at most
    usd: float  # with so many output tokens
    spent_usd: float  # by this stage so far
    budget_usd: float

    @property
    def to_ask(self) -> int:
        return self.requests - self.in_journal


def estimate(
    requests: Sequence[Request], params: LlmParams, *, stage: str, provider: Provider, endpoint: str, journal: Journal
) -> Estimate:
    """Counts the requests as `ask_all` would send them; retries of lost answers and repairs come on top."""
    orders = {one.key: one for one in (make_order(request, params, stage, provider, endpoint) for request in requests)}
    missing = [one for one in orders.values() if known(journal, one).outcome is None]
    tokens_in = sum(input_tokens(one.request) for one in missing)
    tokens_out = len(missing) * params.max_output_tokens
    return Estimate(
        stage=stage,
        model=params.model,
        requests=len(orders),
        in_journal=len(orders) - len(missing),
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        usd=cost(params, tokens_in, tokens_out),
        spent_usd=journal.spent(stage),
        budget_usd=params.budget_usd,
    )


def together(estimates: Sequence[Estimate]) -> Estimate:
    """Of several rounds that one stage asks of one model."""
    return replace(
        estimates[0],
        requests=sum(one.requests for one in estimates),
        in_journal=sum(one.in_journal for one in estimates),
        input_tokens=sum(one.input_tokens for one in estimates),
        output_tokens=sum(one.output_tokens for one in estimates),
        usd=sum(one.usd for one in estimates),
    )
