"""Sentences that are changed: what must stay the same stays, and what must change does."""

import random
import re
from itertools import islice
from types import ModuleType

import pytest

from primer.text import denials, question_words, sentence_changes, sentence_joining
from primer.text.task_layouts import Item, Maker

NEGATIONS = re.compile(r" not\b|n't\b|\bcannot\b")


def items(maker: Maker, seeds: int = 150) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(maker(random.Random(seed)), 3)]


def named(module: ModuleType, name: str) -> Maker:
    makers: dict[str, Maker] = {maker.__name__: maker for maker, _ in module.MAKERS}
    return makers[name]


@pytest.mark.parametrize(("module", "name"), [(sentence_changes, "_negative"), (denials, "_negated_state")])
def test_one_of_statement_and_denial_has_not(module: ModuleType, name: str) -> None:
    """Guards against an order to deny that is answered with the same sentence, and against two negations."""
    for item in items(named(module, name)):
        both = [len(NEGATIONS.findall(text)) for text in (item.given, item.result)]
        assert sorted(both) == [0, 1], item
        asks_for_yes = re.search("positive|affirmative|take out|leave out|without|that it is so|the opposite", item.ask)
        if not re.search("opposite", item.ask):
            assert (both[1] == 0) == bool(asks_for_yes), item


def test_questions_end_with_a_question_mark_and_keep_the_words() -> None:
    for item in items(named(sentence_changes, "_question")):
        marks = {text[-1] for text in (item.given, item.result)}
        assert marks == {".", "?"}
        objects = [re.findall(r"(?:in|at|on|to|for|with) the \w+[.?]$", text) for text in (item.given, item.result)]
        assert [one[:-1] for one in objects[0]] == [one[:-1] for one in objects[1]]


def test_the_passive_is_made_of_the_same_words() -> None:
    for item in items(named(sentence_changes, "_passive")):
        if "active" in item.ask:
            passive, active = item.given, item.result
        else:
            passive, active = item.result, item.given
        assert re.search(r"\b(?:is|are|was|were|be|been|am)\b", passive), item
        assert " by " in passive
        last = active[:-1].split()[-1]
        assert last in passive or last in {"him", "her", "us", "them", "me"}, item


def test_tenses_show_in_the_verb() -> None:
    for item in items(named(sentence_changes, "_tense")):
        if re.search(r"\bfuture\b", item.ask):
            assert " will " in item.result, item
        elif re.search("progressive|continuous", item.ask):
            assert re.search(r"\b(?:is|are|am|was|were)\b.* \w+ing\b", item.result), item
        elif "perfect" in item.ask:
            assert re.search(r"\b(?:has|have)\b", item.result), item
        else:
            assert " will " not in item.result, item


def test_questions_are_answered_by_their_sentence() -> None:
    for name in ("_answer", "_story"):
        for item in items(named(question_words, name)):
            short = item.result.rstrip(".")
            assert short in item.given or short[0].lower() + short[1:] in item.given, item
            if name == "_story":
                assert item.result in item.given and item.given != item.result


def test_both_parts_are_in_the_joined_sentence() -> None:
    for item in items(named(sentence_joining, "_join")):
        long, short = sorted((item.given, item.result), key=lambda text: -text.count(". "))
        assert long.count(".") == 2 and short.count(".") == 1
        for part in long.split(". "):
            rest = " ".join(part.rstrip(".").split()[1:])
            assert rest in short or " ".join(rest.split()[1:]) in short, item


def test_a_shortened_sentence_is_a_part_of_the_long_one() -> None:
    for item in items(named(sentence_joining, "_shorten")):
        words, kept = item.given[:-1].lower().replace(",", "").split(), item.result[:-1].lower().split()
        rest = iter(words)
        assert all(word in rest for word in kept) and len(kept) < len(words), item
