from stages.curation.content import read_content
from stages.curation.near_duplicate import near_duplicate_pairs
from tests.stages.conftest import MakeExample


def test_pairs_are_those_that_ask_and_answer_the_same(make: MakeExample) -> None:
    """Guards against a pair that is missed because one of three equal examples stands for all, and against pairs of
    the same wording alone."""
    texts = [
        ("Name the capital of Poland.", "Warsaw."),
        ("Name the capital of Ecuador.", "Quito."),
        ("Please name the capital of Poland.", "Warsaw."),
        ("State the capital of Poland.", "Warsaw."),
        ("State the beautiful capital of Poland.", "Warsaw."),
    ]
    contents = [read_content(make(*one)) for one in texts]
    assert contents[0] == contents[2] == contents[3] != contents[4]
    assert sorted(near_duplicate_pairs(contents, 0.6)) == [(0, 2), (0, 3), (0, 4)]
