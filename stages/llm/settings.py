"""How patiently a server is asked, and at what price: settings that follow from whose server it is.

A server of one's own (on this machine or in a private network) may take minutes for an answer, answers few requests at
once, and costs nothing. A provider's server is fast, answers many, and has a price.
"""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from stages.common.errors import StageError
from stages.llm.request import LlmParams

MOST_AT_ONCE = 1024  # requests under way, if `concurrency` is auto
OTHER_FILES = 100  # that a process has open beside its connections: the journal, libraries, logs
LOCAL_START, HOSTED_START = 2, 8  # requests under way at first, if `concurrency` is auto
LOCAL_SECONDS, HOSTED_SECONDS = 1800.0, 180.0  # for one attempt, if `timeout_seconds` is auto
LITTLE_THINKING, MUCH_THINKING = 2048, 8192  # tokens up to which the effort is low, and medium
# Of a request in a batch job, as a share of the price: ai.google.dev/gemini-api/docs/batch-api and
# developers.openai.com/api/docs/guides/batch, read in November 2026. Cached input is counted like other input.
BATCH_PRICE = 0.5
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True)
class ServerSettings:
    """The values that count for one server, where params.yaml says `auto`."""

    local: bool
    start_at_once: int  # requests under way at first
    most_at_once: int  # requests under way, if the server answers them well
    timeout_seconds: float  # of one attempt
    usd_per_million_input: float
    usd_per_million_output: float
    usd_per_million_cached_input: float

    def usd(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float:
        """US dollars. The cached tokens are a part of the input tokens."""
        cached = min(cached_tokens, input_tokens)
        dollars = (input_tokens - cached) * self.usd_per_million_input + cached * self.usd_per_million_cached_input
        return (dollars + output_tokens * self.usd_per_million_output) / 1_000_000

    @property
    def is_free(self) -> bool:
        return not (self.usd_per_million_input or self.usd_per_million_output)


@lru_cache(maxsize=8)  # each of a stage's many requests asks for the same
def settings_for(params: LlmParams, endpoint: str) -> ServerSettings:
    local = is_local(endpoint) if params.local == "auto" else params.local
    cached = (
        params.usd_per_million_input
        if params.usd_per_million_cached_input == "same"
        else (params.usd_per_million_cached_input)
    )
    given = None if params.concurrency == "auto" else params.concurrency
    seconds = LOCAL_SECONDS if local else HOSTED_SECONDS
    return ServerSettings(
        local=local,
        start_at_once=given or (LOCAL_START if local else HOSTED_START),
        most_at_once=given or MOST_AT_ONCE,
        timeout_seconds=seconds if params.timeout_seconds == "auto" else params.timeout_seconds,
        usd_per_million_input=0.0 if local else params.usd_per_million_input,
        usd_per_million_output=0.0 if local else params.usd_per_million_output,
        usd_per_million_cached_input=0.0 if local else cached,
    )


def allowed_at_once(at_once: int, *, exact: bool) -> int:
    """How many connections this process may have open: `at_once`, or fewer if the system's hard limit on open files is
    lower. Raises the soft limit as far as needed. Raises StageError instead of a lower number if `exact`."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return at_once
    needed = at_once + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= needed:
        return at_once
    granted = needed if hard == unlimited else min(needed, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    except (OSError, ValueError):  # macOS has another limit below the hard one
        granted = soft
    if granted < needed and exact:
        raise StageError(
            f"llm.concurrency is {at_once}, and this process may open only {granted} files, {OTHER_FILES} of which it "
            f"needs for other things; set it to {max(1, granted - OTHER_FILES)}, or raise the limit "
            f"(`ulimit -n {needed}`)"
        )
    return min(at_once, max(1, granted - OTHER_FILES))


def effort_of(budget: int) -> Literal["low", "medium", "high"]:
    """The word for a number of tokens to think, at servers that take no number."""
    return "low" if budget <= LITTLE_THINKING else "medium" if budget <= MUCH_THINKING else "high"


def is_this_machine(endpoint: str) -> bool:
    """Whether an address is that of this machine itself."""
    host = _host(endpoint)
    address = _ip_address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def is_local(endpoint: str) -> bool:
    """Whether an address is that of this machine or of a private network. A name without a dot, such as that of a
    container, is one of those."""
    host = _host(endpoint)
    address = _ip_address(host)
    if address:
        return address.is_loopback or address.is_private or address.is_link_local
    return "." not in host or host.endswith(_LOCAL_ENDINGS)


def _host(endpoint: str) -> str:
    return (urlsplit(endpoint).hostname or "").rstrip(".")


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
