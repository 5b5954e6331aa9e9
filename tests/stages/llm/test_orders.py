"""What makes a request another one, and what is set aside and booked for it."""

import json
import math
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from stages.llm.clients.schemas import schema_for
from stages.llm.journal import Journal, JournalEntry
from stages.llm.orders import AROUND, Order, input_tokens, make_order
from stages.llm.replies import ParsedReply, repair_request
from stages.llm.request import Provider, Reply, Request
from tests.stages.llm.plain_client import Words, make_params, make_request

HOSTED, LOCAL = "https://api.openai.com/v1", "http://localhost:11434/v1"


def order(
    provider: Provider = "openai", endpoint: str = LOCAL, request: Request | None = None, **changes: Any
) -> Order:
    return make_order(request or make_request("a"), make_params(**changes), "synth", provider, endpoint)


class Verdict(BaseModel):
    """A verdict on one example."""

    number: int
    verdict: Literal["keep", "reject"]


class Audit(BaseModel):
    verdicts: list[Verdict]


AUDIT = Request(
    name="row 1", system="You judge.", prompt="Judge this: naïve \U0001f30a", schema=Audit, items=("verdicts", 2)
)


@pytest.mark.parametrize(
    ("provider", "endpoint", "changes", "key"),
    [
        ("openai", LOCAL, {}, "ae44f0f77d4a55acef1dbcffbf1e94f74426c52f1b82555913f2dccc262ec175"),
        ("openai", HOSTED, {}, "a3b70bfa9b3fcb6b1ba2d11f02e6df55ddd5a926785d74c60387e9201510a329"),
        (
            "gemini",
            "https://generativelanguage.googleapis.com",
            {"temperature": 0.7, "seed": 5},
            "7313b2913597086b810dac73b688edeb5f4a18b4a5af6f529124ec4b6268ca41",
        ),
    ],
)
def test_known_requests_keep_their_keys(provider: Provider, endpoint: str, changes: dict[str, Any], key: str) -> None:
    """Guards against buying all answers again: the journals of earlier versions hold these keys."""
    assert order(provider, endpoint, AUDIT, **changes).key_with_limit == key


def test_a_known_repair_keeps_its_key() -> None:
    """Guards against buying all repairs again for another wording of the prompt that asks for them."""
    first = order(request=AUDIT)
    repair = first.of(repair_request(AUDIT, ParsedReply('{"verdicts": 7}', None, "wrong_shape", "verdicts: no list")))
    assert repair.key_with_limit == "8520637c0d9933eedf7da129003581a349845fb04915def0e21930df6b5abaee"


@pytest.mark.parametrize(
    ("provider", "endpoint", "sent"), [("gemini", HOSTED, False), ("openai", HOSTED, False), ("openai", LOCAL, True)]
)
def test_the_context_counts_where_it_may_be_sent(provider: Provider, endpoint: str, sent: bool) -> None:
    """Guards against buying all of Gemini's answers again for a setting of which Gemini is never told."""
    keys = {order(provider, endpoint, context_tokens=tokens).key for tokens in (1000, 2000)}
    assert len(keys) == (2 if sent else 1)


def test_the_name_of_a_schemas_class_changes_no_key() -> None:
    """Guards against buying all answers again for a renamed class, of which no server is told."""

    class First(BaseModel):
        word: str

    class Second(BaseModel):
        word: str

    class Third(BaseModel):
        words: str

    keys = [order(request=Request("a", "", "Say a word.", schema)).key for schema in (First, Second, Third)]
    assert keys[0] == keys[1] != keys[2]
    longer = [Request("a", "", "Say words.", First, ("word", number)) for number in (2, 3)]
    assert order(request=longer[0]).key != order(request=longer[1]).key


def test_no_vocabulary_needs_more_than_is_set_aside() -> None:
    """Guards against a budget that a server passes whose vocabulary has a token for every byte."""
    plain, chinese = (
        order(request=make_request(letter * 400), usd_per_million_input=1_000_000.0) for letter in ("a", "字")
    )
    assert plain.worst_usd > 400 + AROUND
    assert chinese.worst_usd - plain.worst_usd == 800


def test_what_a_server_does_not_tell_is_booked_as_it_was_set_aside() -> None:
    """Guards against answers for nothing: fifty of them passed a budget for ten."""
    priced = order(usd_per_million_input=1.0, usd_per_million_output=10.0)
    assert priced.usd(Reply("{}", "stop", None, None)) == priced.worst_usd
    assert priced.usd(Reply("{}", "stop", 7, None)) == pytest.approx(7e-6 + 100 * 1e-5)
    assert priced.usd(Reply("{}", "stop", 0, 0)) == 0.0
    with Journal() as journal:
        assert journal.record(priced, Reply("{}", "stop", None, None)).reply == Reply("{}", "stop", None, None)
        assert journal.latest(priced) is not None
        assert journal.spent("synth") == priced.worst_usd


def test_tokens_are_estimated_from_bytes() -> None:
    """Guards against estimates that leave out instructions or schema, or take a Chinese page for a short one."""
    plain, chinese = make_request("a" * 400), make_request("字" * 400)
    schema = len(json.dumps(schema_for(Words)))
    assert input_tokens(plain) == math.ceil((400 + len("\nSay it in capitals." + "Repeat.") + schema) / 4)
    assert input_tokens(chinese) - input_tokens(plain) == 200


def test_how_much_a_model_thinks_makes_another_request() -> None:
    """Guards against answers of a model that thought, where it was told not to; `auto` keeps the keys of before."""
    keys = [order(thinking=thinking).key for thinking in ("auto", "off", 500)]
    assert len(set(keys)) == 3 and keys[0] == order().key


def test_the_limit_of_tokens_counts_only_for_answers_that_it_cut() -> None:
    """Guards against a thousand answers that are bought again, because two of them needed a higher limit."""
    low, high = order(max_output_tokens=100), order(max_output_tokens=200)
    assert low.key == high.key and low.key_with_limit != high.key_with_limit
    cut, whole = Reply("{", "length", 10, 100), Reply("{}", "stop", 10, 150)
    with Journal() as journal:
        journal.record(low, cut)
        assert (journal.latest(low), journal.latest(high)) == (JournalEntry(1, cut), None)
        journal.record(high, whole)
        assert journal.latest(low) == journal.latest(high) == JournalEntry(2, whole)


def test_a_turn_is_as_long_as_requests_and_tokens_a_minute_ask_for() -> None:
    """Guards against a provider that allows 60,000 tokens a minute, and is sent ten times as many."""
    request = make_request("a")
    most = input_tokens(request) + 100
    assert order(requests_per_minute=120).seconds_of_a_turn == 0.5
    assert order(requests_per_minute=120, tokens_per_minute=6 * most).seconds_of_a_turn == pytest.approx(10.0)
    assert order(requests_per_minute=120, tokens_per_minute=60_000 * most).seconds_of_a_turn == 0.5
