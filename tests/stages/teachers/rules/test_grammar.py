"""The main clause of a sentence, or nothing."""

import pytest

from stages.teachers.rules.casing import Casing
from stages.teachers.rules.grammar import main_clause, parse_clause


@pytest.mark.parametrize(
    ("sentence", "parsed"),
    [
        ("The old king of Sparta led an army.", ("the old king of Sparta", "led", "an army")),
        ("Magnets attract the iron.", ("magnets", "attract", "the iron")),
        ("Ahab was born in Nantucket, which is an island.", ("Ahab", "was", "born in Nantucket")),
        ("Ahab was designed by A and built by B.", ("Ahab", "was", "designed by A and built by B")),
        ("Ahab hunted the whale and lost a leg.", ("Ahab", "hunted", "the whale")),
        ("A man named Robert Hubert was hanged.", None),
        ("The novel published in 1851 sold badly.", None),
        ("When Ahab died, the ship sank.", None),
        ("Ahab joined a captain who hunted whales.", None),
        ("Ahab sank ships, including the Pequod, with all hands.", None),
        ("Ahab was an old captain who hunted whales.", ("Ahab", "was", "an old captain")),
        ("Ahab was a captain who hunted whales.", None),  # "Ahab was a captain" says too little
        ("The needle can turn freely, and it lines up with the poles.", ("the needle", "can", "turn freely")),
        ("Ahab had been a captain.", None),
        ("Slowly the ship turned.", None),
        ("Ahab, the old captain, hunted the whale.", ("Ahab", "hunted", "the whale")),
        ("Ahab, whom it had hurt, hunted it.", None),  # what is "it"?
        ("Whales, sharks and seals live there.", None),
        ("Two old ships sank in the bay.", ("two old ships", "sank", "in the bay")),
        ("Ahab led archers, sailors and mounted knights.", None),
        ("Ahab hunted whales and later became a farmer.", ("Ahab", "hunted", "whales")),
        ("Ahab studied in Boston, worked in Salem and died in 1851.", None),
        ("Ahab was king, ruled well, and died young.", None),
        ("Ahab was elected in 1841 and, in 1851, became king.", None),
        ("The mast is made of oak and the sail catches wind.", None),
        ("The river is the main one, and no road crosses it.", ("the river", "is", "the main one")),
        ("Cores drilled from the bed indicate that it is old.", None),
        ("Areas of skin exposed to light are affected first.", None),
        ("Ahab besieged and took the town.", None),
        ("A whale is 7 meters long and drinks its mother's milk.", ("a whale", "is", "7 meters long")),
        ("Best known is the white whale.", None),
        ("Every year the crew rows to the island.", None),
        ("Ahab had secretly borrowed a boat.", None),
        ("Ahab was hanged in 1851, even though he was king.", ("Ahab", "was", "hanged in 1851")),
        ("Hunters and Gatherers carries the rules on.", None),  # a title, perhaps
    ],
)
def test_clauses(sentence: str, parsed: tuple[str, str, str] | None) -> None:
    """Guards against a participle or a verb of a subordinate clause that is taken for the main verb."""
    clause = parse_clause(sentence, Casing(frozenset(["Ahab"]), frozenset(["magnets"])))
    found = (clause.subject, clause.verb, clause.rest) if clause else None
    assert found == parsed


def test_a_time_that_opens_the_sentence_goes_to_its_end() -> None:
    """Guards against "Did in 1851 Harper publish it?"."""
    for sentence in ("In 1851, the firm published it.", "In 1851 the firm published it."):
        clause = main_clause(sentence, Casing())
        assert clause is not None and clause.text == "the firm published it in 1851"
    assert main_clause("In 1851, the firm lost a sum that was found.", Casing()) is None  # which of the two?
    assert main_clause("In 1851, the firm built an arch in order to stay.", Casing()) is None


CASING = Casing(
    frozenset(["Ahab", "Andrew", "A Doll's House", "Seven Samurai"]), frozenset(["monarchs", "sugar", "caterpillars"])
)


@pytest.mark.parametrize(
    ("sentence", "parsed"),
    [
        # A participle or an adjective beside the verb
        ("A navigator records the variation printed on charts.", None),
        ("A navigator's records show the variation.", ("a navigator's records", "show", "the variation")),
        ("Quick repeated notes in winter suggest shivering.", None),
        ("Monarchs tolerate polluted air.", ("monarchs", "tolerate", "polluted air")),
        ("Ahab saw polluted rivers.", ("Ahab", "saw", "polluted rivers")),
        ("Parasites found in monarchs include a protozoan.", None),
        ("Chlorophyll measured by Ahab absorbed red light.", None),
        # Present or past, one verb or another
        ("Monarchs lay their eggs on milkweed.", None),
        ("Monarchs read the sky.", None),
        ("The dam lay north of the town.", None),
        # A second verb or clause
        ("Sugar is hotter than boiling water and sticks to skin.", None),
        ("Caterpillars eat leaves and store toxins.", None),
        ("The river was reversed in 1900 and now flows east.", ("the river", "was", "reversed in 1900")),
        ("The city was made in 1873 when Buda and Pest were united.", None),
        ("The group has six natural elements, and one synthetic.", None),
        ("The gas burns unless it is wet.", None),
        ("The gas burns only if it is dry.", None),
        # No subject, or none that is certain
        ("Around the river grows a forest.", None),
        ("The monarch or wanderer is a butterfly.", None),
        ("Bardeen, Cooper and Schrieffer shared the prize.", None),
        ("Lincoln Ellsworth and Umberto Nobile flew north.", ("Lincoln Ellsworth and Umberto Nobile", "flew", "north")),
        ("Ahab had no leg, and the crew knew it.", ("Ahab", "had", "no leg")),
        ("The leaf can hold three meals before it dies.", ("the leaf", "can", "hold three meals before it dies")),
        ("Ahab did not sink.", None),
        ("Ahab saw his own family, which was large.", ("Ahab", "saw", "his own family")),  # "family" is no adverb
    ],
)
def test_a_clause_in_doubt_is_none(sentence: str, parsed: tuple[str, str, str] | None) -> None:
    """Guards against "Did a navigator records ...?", "lie their eggs" and "Is sugar hot and sticks to skin?"."""
    clause = parse_clause(sentence, CASING)
    assert (clause and (clause.subject, clause.verb, clause.rest)) == parsed


def test_a_name_after_a_time_keeps_its_article() -> None:
    """Guards against "In 1820, the Hague showed it."."""
    clause = main_clause("In 1820, The Hague showed the picture.", Casing())
    assert clause is not None and clause.text == "The Hague showed the picture in 1820"


def test_a_verb_may_stand_alone_only_where_it_is_allowed() -> None:
    assert main_clause("The mountains rose.", Casing()) is None
    clause = main_clause("The mountains rose.", Casing(), bare=True)
    assert clause is not None and clause.question("Why", clause.rest) == "Why did the mountains rise?"
