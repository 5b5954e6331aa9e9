"""The main clause of a sentence, or nothing."""

import pytest

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
        ("Ahab was elected in 1841 and, in 1851, became king.", ("Ahab", "was", "elected in 1841")),
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
    clause = parse_clause(sentence, frozenset(["Ahab"]))
    found = (clause.subject, clause.verb, clause.rest) if clause else None
    assert found == parsed


def test_a_time_that_opens_the_sentence_goes_to_its_end() -> None:
    """Guards against "Did in 1851 Harper publish it?"."""
    for sentence in ("In 1851, the firm published it.", "In 1851 the firm published it."):
        clause = main_clause(sentence, frozenset())
        assert clause is not None and clause.text == "the firm published it in 1851"
    assert main_clause("In 1851, the firm lost a sum that was found.", frozenset()) is None  # which of the two?
