"""Passages and what is asked about them: the answer must stand in the passage, or be made of what stands there."""

import random
import re
from itertools import islice

from primer.text import page_reading
from primer.text.made_up_pages import made_up_page, with_other_number
from primer.text.task_layouts import Item

MAKERS = {maker.__name__: maker for maker, _ in page_reading.MAKERS}


def items(name: str, seeds: int = 300) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(MAKERS[name](random.Random(seed)), 2)]


def sentences(passage: str) -> list[str]:
    return re.split(r"(?<=\.) (?=[A-Z])", passage)


def test_pages_say_one_thing_once() -> None:
    """Guards against a page with two towns of one name, a year before its predecessor, and broken templates."""
    for seed in range(400):
        page = made_up_page(random.Random(seed))
        assert 3 <= len(page.facts) <= 7 and len(page.sentences) == len(page.facts)
        assert "{" not in page.passage and "  " not in page.passage
        assert not re.search(r"\ba [aeiouAEIOU]", page.passage.replace("a European", "")), page.passage
        assert page.passage.startswith(page.name[:1].upper() + page.name[1:])
        for sentence in page.sentences:
            assert sentence.endswith(".") and sentence[0].isupper()


def test_the_copied_sentence_is_the_one_with_the_mark() -> None:
    for item in items("_sentence_with"):
        found = re.search(r"(?:about|names|has|with|where|which) ([A-Z]\w+|\d[\d,]*\d|\d)", item.ask)
        assert found and not re.search(r"\d,(?!\d)", item.ask), item.ask
        assert [one for one in sentences(item.given) if found[1] in one] == [item.result], item


def test_all_years_are_listed_in_their_order() -> None:
    for item in items("_years"):
        years = re.findall(r"\b(?:1[5-9]|20)\d\d\b", re.sub(r"\d,\d{3}", "", item.given))
        assert item.result.split(", ") == list(dict.fromkeys(years))
        assert re.findall(r"\d{4}", item.said) == item.result.split(", ")


def test_no_is_the_answer_where_a_number_was_changed() -> None:
    """Guards against a "No" to a true question, and against a wrong number in the answer."""
    noes = 0
    for item in items("_yes_or_no"):
        asked, told = (re.findall(r"\d[\d,]*\d|\d", text) for text in (item.ask, item.result))
        assert item.result.startswith("Yes") == (asked == told), item
        assert all(number in item.given for number in told)
        noes += item.result.startswith("No")
    assert noes > 100


def test_wrong_statements_are_set_right() -> None:
    for name in ("_truth", "_mend"):
        for item in items(name):
            numbers = re.findall(r"\d[\d,]*\d|\d", item.result)
            assert all(number in item.given for number in numbers)
            if name == "_truth":
                right = item.result.startswith(("Right", "Yes", "It is so", "That is true"))
                assert right == (re.findall(r"\d[\d,]*\d|\d", item.ask) == numbers), item


def test_a_gap_is_filled_with_what_the_passage_has() -> None:
    for item in items("_gap"):
        assert item.result in item.given and item.result in item.said and not item.result.endswith(",")
        assert item.result not in re.split(r"[:?] ", item.ask, maxsplit=1)[1].split()


def test_a_sentence_that_was_cut_off_is_completed() -> None:
    for item in items("_cut_off"):
        start = re.split(r"[:?] ", item.ask, maxsplit=1)[1].removesuffix(" ...")
        assert item.result.startswith(start) and len(item.result) > len(start) + 2


def test_a_shortened_sentence_lacks_what_follows_the_comma() -> None:
    for item in items("_shorter"):
        assert item.given.startswith(f"{item.result[:-1]}, ")


def test_another_number_is_another_number() -> None:
    rng = random.Random(1)
    for text in ("It has 12 rooms.", "It was built in 1850.", "It has 12,300 inhabitants."):
        for _ in range(50):
            other = with_other_number(text, rng)
            assert other and other != text and re.sub(r"[\d,]+", "0", other) == re.sub(r"[\d,]+", "0", text)
    assert with_other_number("It is old.", rng) is None
