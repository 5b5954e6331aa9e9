"""In which form a server keeps best to a schema: found out by asking for one tiny answer in each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from stages.common.errors import StageError
from stages.llm.clients.schemas import PROBE, Form, honoured
from stages.llm.orders import make_order
from stages.llm.request import AttemptError, LlmParams, Reply, Request

Ask = Callable[[Request, Form], Awaitable[Reply]]
Finding = Literal["kept", "not_kept", "unclear"]
TRIES = 2  # of a form, where the first shows nothing
FOR_NOW = ", for now"  # behind a form's name: it counts for this run, and the next one probes anew


class Probe:
    """Sends probes as long as `room_usd` is enough for what they may cost."""

    def __init__(self, ask: Ask, params: LlmParams, endpoint: str, room_usd: float) -> None:
        self._ask, self._endpoint, self._room_usd = ask, endpoint, room_usd
        self._worst_usd = make_order(PROBE, params, "probe", "openai", endpoint).worst_usd

    async def strictest(self, forms: Sequence[Form]) -> tuple[Form, bool]:
        """The first form that the server keeps to, and whether that is sure: nothing that may have been a passing fault
        spoke against a stricter one. Raises AttemptError for what is no matter of the form."""
        sure = True
        for form in forms:
            finding = await self._find(form, last=form == forms[-1])
            if finding == "kept":
                return form, sure
            sure = sure and finding == "not_kept"
        raise AssertionError("the last form is always kept to")

    async def _find(self, form: Form, *, last: bool) -> Finding:
        for left in reversed(range(TRIES)):
            self._pay()
            try:
                reply = await self._ask(PROBE, form)
            except AttemptError as error:
                if error.reason == "bad_request" and not last:
                    return "not_kept"
                # llama.cpp answers 500 to a form that it doesn't take, and every server may when it is ill
                if error.reason != "server_error" or (last and not left):
                    raise
                continue
            if honoured(form, reply.raw):
                return "kept"
            if reply.finish in ("stop", "other") and reply.raw.strip():
                return "not_kept"
        return "unclear"

    def _pay(self) -> None:
        if self._worst_usd > max(self._room_usd, 0.0):
            raise StageError(
                f"budget_usd leaves ${max(self._room_usd, 0.0):.4f}, and one tiny request to {self._endpoint}, which "
                f"shows how it keeps to a schema, may cost ${self._worst_usd:.4f}.\n"
                "  Nothing was sent. Raise budget_usd in params.yaml, or lower max_output_tokens"
            )
        self._room_usd -= self._worst_usd
