"""The one JSON object of a reply, and what stood around it."""

import time

import pytest

from stages.llm.one_object import WRAPPINGS, find_object, without_fence

OBJECT = '{"a": "x", "b": {"c": [1, {"d": 2}]}}'


@pytest.mark.parametrize(
    ("reply", "stripped"),
    [
        (OBJECT, ()),
        (f" \n{OBJECT}\n", ()),
        (f"\ufeff{OBJECT}", ("byte_order_mark",)),
        (f"```json\n{OBJECT}\n```", ("fence",)),
        (f"~~~~ JSON\n{OBJECT}\n~~~~", ("fence",)),
        (f"<think></think>{OBJECT}", ("thinking",)),
        (f"<think>{OBJECT}</think>{OBJECT}", ("thinking",)),
        (f"<think>a</think><think>{{</think>{OBJECT}", ("thinking",)),
        (f"{OBJECT}<think>Was that right?</think>", ("thinking",)),
        (f"{OBJECT}\n{OBJECT}</think>{OBJECT}", ("thinking",)),
        (f"[THINK]Hm.[/THINK]{OBJECT}", ("thinking",)),
        (f"{OBJECT}<|eot_id|>", ("end_mark",)),
        (f"<s>{OBJECT}</s>", ("end_mark",)),
        (f"{OBJECT}<\uff5cend\u2581of\u2581sentence\uff5c>", ("end_mark",)),
        (f"{OBJECT}<end_of_turn>", ("end_mark",)),
        (f"Here: {OBJECT}", ("prose",)),
        (f"{OBJECT}.", ("prose",)),
        (f"As in [1], {{A}} beats {{B}}: {OBJECT}", ("prose",)),
        (f"\ufeff<think>Hm</think> So: ```{OBJECT}``` </s>", WRAPPINGS[:-1]),
    ],
)
def test_the_object_is_found_and_its_surroundings_are_named(reply: str, stripped: tuple[str, ...]) -> None:
    """Guards against surroundings that are taken for the object, and against a kind that nobody counts."""
    found = find_object(reply)
    assert found is not None
    assert (found.text, found.stripped) == (OBJECT, stripped)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "None.",
        OBJECT + OBJECT,
        f"{OBJECT} {{}}",
        f"<think>{OBJECT}",
        f"{OBJECT}</think>",
        f"{OBJECT[:-1]}, and then {OBJECT}",
        f'{{"a": {OBJECT}',
        f'[{{"a": 1}}, {{"b": {OBJECT}',
        "{'a': 1}",
    ],
)
def test_where_there_is_not_one_object_nothing_is_guessed(reply: str) -> None:
    """Guards against the inner half of a broken object, a draft, and one of two that is taken for the answer."""
    assert find_object(reply) is None


@pytest.mark.parametrize("part", ["[", "{", '{"a":', "[{", "[{}", "<think>", "</think>", "```", "[ \n"])
def test_a_reply_that_never_ends_takes_no_time(part: str) -> None:
    """Guards against a recursion without end, and a search that begins anew at each bracket."""
    start = time.process_time()
    assert find_object(part * 100_000) is None
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("```\nnull\n```", "null"),
        ("```JSON null```", "null"),
        ("~~~\n```\n~~~", "```"),
        ("```json", ""),
        ("```\n```", ""),
        ("a ```b```", "a ```b```"),
        ("\ufeff a", "a"),
    ],
)
def test_a_fence_around_everything_is_no_text(reply: str, text: str) -> None:
    assert without_fence(reply) == text
