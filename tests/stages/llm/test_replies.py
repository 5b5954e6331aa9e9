"""A reply parsed: which fault it has, and whether its repair is better."""

import pytest

from stages.llm.replies import parse_reply
from stages.llm.request import Reply
from tests.stages.llm.plain_client import Words, make_request


@pytest.mark.parametrize(
    ("raw", "finish", "fault"),
    [
        ('{"word": "a", "items": []}', "stop", None),
        ('```json\n{"word": "a", "items": []}\n```', "stop", None),
        ('  ```\n{"word": "a", "items": []}```\n', "other", None),
        ('Here it is: {"word": "a", "items": []}', "stop", "not_json"),
        ('{"word": "a", "items": []} {}', "stop", "not_json"),
        ('{"word": "a", "items": [}', "stop", "not_json"),
        ('{"word": "a"}', "stop", "wrong_shape"),
        ('{"word": "a", "items": [1]}', "stop", "wrong_shape"),
        ('{"word": "a", "items": [], "more": 1}', "stop", "wrong_shape"),
        ("null", "stop", "wrong_shape"),
        ("[" * 100_000, "stop", "not_json"),
        (" \n", "stop", "empty"),
        ("```\n```", "stop", "empty"),
        ("```", "stop", "empty"),
        ('{"word": "a", "items": []}', "blocked", "blocked"),
        ('{"word": "a", "it', "length", "cut_at_the_limit"),
        ('{"word": "a", "items": []}', "unreadable", "unreadable"),
    ],
)
def test_each_fault_has_its_name(raw: str, finish: str, fault: str | None) -> None:
    """Guards against answers that pass unchecked, and against faults that are told as another."""
    parsed = parse_reply(make_request("a"), Reply(raw, finish, 1, 2))  # type: ignore[arg-type]
    assert parsed.fault == fault
    assert (parsed.value == Words(word="a", items=[])) == (fault is None)


def test_an_empty_list_is_a_failure() -> None:
    parsed = parse_reply(make_request("tea", ("items", 2)), Reply('{"word": "a", "items": []}', "stop", 1, 1))
    assert (parsed.fault, parsed.value) == ("too_few", None)
