"""What examples share, found by hashes of words in a row, against runs of words that are compared as texts."""

from collections import defaultdict

from hypothesis import given, settings, strategies as st

from stages.common.records import Example, Source, Teacher, make_example
from stages.splitting.content import RUN, common, shared
from tests.stages.conftest import MakeExample

TEXTS = st.lists(st.sampled_from("the sea is Blue, and so".split()), max_size=RUN + 3).map(" ".join)


def general(instruction: str, input: str, output: str) -> Example:
    source, teacher = Source(kind="general"), Teacher(name="t")
    return make_example(instruction=instruction, input=input, output=output, kind="", source=source, teacher=teacher)


def runs(text: str) -> list[str]:
    words = text.lower().replace(",", "").split()
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


def plainly_shared(examples: list[Example]) -> list[tuple[list[int], list[bool]]]:
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for place, one in enumerate(examples):
        for field in ("instruction", "input", "output"):
            for run in runs(getattr(one, field)):
                found[run].append((place, field != "instruction"))
    several = [places for places in found.values() if len(places) > 1 and any(content for _, content in places)]
    return sorted(([place for place, _ in places], [content for _, content in places]) for places in several)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.builds(general, TEXTS, TEXTS, TEXTS), max_size=6))
def test_hashed_runs_are_those_of_the_texts(examples: list[Example]) -> None:
    """Guards against runs that go on into the next text or example, are missed at an end, or are only wording."""
    assert sorted((one.owners, one.content) for one in shared(examples)["word_runs"]) == plainly_shared(examples)


def test_what_is_shared_is_named(make: MakeExample) -> None:
    """Guards against an error that names something else than what two examples share."""
    sentence = "Otters float together while sleeping peacefully off shore."
    one, other = make("Where?", f"Well: {sentence}"), make("where", sentence)
    found = {what: common(what, one, other) for what in ("questions", "pages", "word_runs")}
    run = "otters float together while sleeping peacefully off shore"
    assert found == {"questions": "where\n", "pages": "Colors", "word_runs": run}
