"""What a page's subject is."""

import pytest

from stages.teachers.rules.definitions import definition
from tests.stages.teachers.rules.conftest import Ask


@pytest.mark.parametrize(
    "text",
    [
        "Moby-Dick is a novel by Herman Melville about a whale.",
        "Moby-Dick is a long river that flows to the Pacific.",
        "Moby-Dick was a war that lasted from 1841 to 1851.",
        "Moby-Dick was a plague of the seventeenth century.",
    ],
)
def test_a_definition_answers_what_the_subject_is(drafts: Ask, text: str) -> None:
    asked = [draft for seed in range(20) for draft in drafts(definition, text, seed=seed)]
    assert {draft.output for draft in asked} == {text}
    assert {"Define Moby-Dick in one sentence.", "Describe Moby-Dick in a sentence."} < {
        draft.instruction for draft in asked
    }


@pytest.mark.parametrize(
    "text",
    [
        "Moby-Dick is white.",
        "Ahab is a captain of the Pequod.",
        "Moby-Dick is a statement about whales and hunters.",  # which statement?
        "Moby-Dick was the first book by a sailor from New York.",
        "Moby-Dick is the son of a whale and of another one.",
        "Moby-Dick is the second longest river in Europe.",  # a rank alone
        "Moby-Dick is one of the largest whales in the world.",
        "Moby-Dick is a novel by Herman Melville, an American sailor.",  # says more of him than of it
        "Moby-Dick is an album of rock music released by Epic Records.",  # and who plays?
        "Moby-Dick is a large freshwater lake whose surface lies high above the sea.",  # where?
        "Moby-Dick was a dangerous dispute between Ahab and a whale that lasted for three days.",  # when?
    ],
)
def test_a_sentence_that_does_not_identify_the_subject_is_no_definition(drafts: Ask, text: str) -> None:
    """Guards against "The Danube is the second longest river in Europe" as an answer to "What is the Danube?"."""
    assert drafts(definition, text) == []
