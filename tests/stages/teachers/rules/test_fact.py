"""Facts: their clause, their random choices, and what their questions name."""

from dataclasses import replace

from stages.teachers.rules.sentences import to_passage
from tests.stages.teachers.rules.conftest import MakeFact


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


def test_what_names_nothing_is_not_clear(fact: MakeFact) -> None:
    """Guards against "Do the first chapters tell of Sun Wukong?"."""
    assert not fact("The first chapters tell the story.").is_clear("Do the first chapters tell of Captain Ahab?")
    assert fact("Captain Ahab died.").is_clear("Who was Captain Ahab?")
    civil_war = fact("The Civil War began in 1861.", name="the American Civil War")
    assert not civil_war.is_clear("When did the Civil War begin?")  # which one?


def test_a_question_about_a_plot_names_the_work(fact: MakeFact) -> None:
    """Guards against "Does Grete bring her brother food?", which only readers of the story understand."""
    inside = replace(to_passage("Captain Ahab hunts the whale."), heading="Plot")
    told = fact("Captain Ahab hunts the whale.")
    told = replace(told, sentence=replace(told.sentence, passage=inside))
    assert told.placed("Does Captain Ahab hunt the whale?") == "In Moby-Dick, does Captain Ahab hunt the whale?"
    assert not told.is_clear("Does Captain Ahab hunt the Moby Whale?")
    assert fact("Captain Ahab hunts it.").placed("Does Ahab hunt it?") == "Does Ahab hunt it?"
