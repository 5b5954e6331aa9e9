"""Facts: their clause, their random choices, and how questions name their subject."""

from stages.teachers.rules import phrasing
from tests.stages.teachers.rules.conftest import MakeFact


def test_a_question_names_the_subject_once(fact: MakeFact) -> None:
    about = fact("It sank.", name="the Pequod").about
    assert about("When did the Pequod sink?") == "When did the Pequod sink?"
    assert about("When did Pequod sink?") == "When did Pequod sink?"
    question = about("When did it sink?")
    assert question in {template.format(name="the Pequod", question="when did it sink?") for template in phrasing.ABOUT}


def test_choices_depend_on_the_sentence_and_the_seed(fact: MakeFact) -> None:
    """Guards against questions that change when another sentence of the page does."""
    sentences = ("It sank.", "It rose.", "It sailed.", "It burned.")

    def choices(seed: int) -> list[int]:
        return [fact(sentence, seed=seed).rng.randrange(1000) for sentence in sentences]

    assert choices(1) == choices(1)
    assert len({*choices(1), *choices(2)}) == 8


def test_a_clause_is_parsed_with_the_names(fact: MakeFact) -> None:
    clause = fact("Ahab hunted whales.").clause
    assert clause is not None and clause.text == "Ahab hunted whales"
    assert fact("When Ahab died.").clause is None
