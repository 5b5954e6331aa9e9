"""Sentences set right: the mistake is of a known kind, and the right sentence has none of them."""

import random
import re
from itertools import islice

from primer.text import corrections, spelling_mistakes
from primer.text.english_forms import participle, simple_past, third_person
from primer.text.spelling_mistakes import MISSPELLINGS, misspelled
from primer.text.task_layouts import Item, Maker

GRAMMAR = {maker.__name__: maker for maker, _ in corrections.MAKERS}
SPELLING = {maker.__name__: maker for maker, _ in spelling_mistakes.MAKERS}


def items(makers: dict[str, Maker], name: str, seeds: int = 150) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(makers[name](random.Random(seed)), 4)]


def test_a_corrected_sentence_differs_from_the_wrong_one_in_few_words() -> None:
    for item in items(GRAMMAR, "_grammar"):
        wrong, right = item.given[:-1].split(), item.result[:-1].split()
        assert item.given != item.result
        if sorted(map(str.lower, wrong)) != sorted(map(str.lower, right)):  # else the order was wrong
            changed = sum(a != b for a, b in zip(wrong, right, strict=True))
            assert changed == 1, item


def test_the_right_sentence_has_none_of_the_mistakes() -> None:
    """Guards against a "correction" that is itself wrong."""
    for item in items(GRAMMAR, "_grammar"):
        assert not re.search(r"\ba [aeiou]|\ban [bcdfghjklmnpqrstvwxyz]", item.result), item
        assert not re.search(r"\b[Dd]id (?:\w+ )*(?:went|wrote|saw|took|gave|ran|swam)\b", item.result), item
        assert not re.search(
            r"\b(?:He|She) (?:don't|do|were|are|have)\b|\b(?:They|We|You) (?:doesn't|does|was|is|has)\b", item.result
        ), item
        assert not re.search(r"\bwith (?:he|she|we|they|I)\b|^(?:Him|Her|Us|Them|Me) \w+(?:s|ed)\b", item.result), item


def test_a_wrong_verb_is_no_form_that_could_be_right() -> None:
    """Guards against "She cut the bread." as a mistake: the past tense of "cut" is right."""
    for verb in ("cut", "read"):
        assert simple_past(verb) == participle(verb) == verb and third_person(verb) == f"{verb}s"
    for item in items(GRAMMAR, "_grammar", 400):
        verb, right = item.given.split()[1], item.result.split()[1]
        assert verb == right or verb not in {"cut", "read"} or right.endswith("ing"), item


def test_misspelled_words_are_no_words() -> None:
    rng = random.Random(1)
    for word in MISSPELLINGS:
        for _ in range(10):
            wrong = misspelled(word, rng)
            assert wrong != word and wrong not in MISSPELLINGS


def test_only_letters_are_mended() -> None:
    for item in items(SPELLING, "_spelling"):
        wrong, right = item.given.split(), item.result.split()
        assert 1 <= sum(a != b for a, b in zip(wrong, right, strict=True)) <= 2, item
    for item in items(SPELLING, "_capitals"):
        plain = [re.sub(r"[^a-z]", "", text.lower()) for text in (item.given, item.result)]
        assert plain[0] == plain[1] and item.given != item.result
        assert item.result[0].isupper() and item.result[-1] in ".?"
