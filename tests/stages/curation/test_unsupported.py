import pytest

from stages.curation.unsupported import unsupported
from tests.stages.conftest import MakeExample

PAGE = (
    "The Kon-Tiki was a raft of balsa wood. Thor Heyerdahl, a Norwegian, built it in Peru and sailed it 6,900 "
    "kilometers across the Pacific with five others. They left Callao on 28 April 1947 and reached Raroia in the "
    "twentieth century's strangest landing after 101 days. The United Nations were two years old."
)


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        ("Heyerdahl sailed in 1948.", "1948"),
        ("He sailed with four others.", "four"),
        ("They left Lima in May 1947.", "Lima, May"),
        ("Bengt Danielsson sailed, too.", "Bengt, Danielsson"),  # names that open a sentence
        ("Then UNESCO saw it.", "UNESCO"),  # no initials of the page
        ("They reached Chile.", "Chile"),  # a word of the dictionary, and a name
        ("They left on April 28, 1947.", None),
        ("He sailed 6900 kilometers with 5 others.", None),
        ("Heyerdahl's raft came from Norway; the Peruvian port was Callao.", None),
        ("The UN saw it in the 20th century.", None),
        ("However, Scientists doubted it. Nobody else did.", None),  # ordinary words with capitals
        ("1. Callao\n2. Raroia", None),
        ("The two were Heyerdahl and the raft.", None),
    ],
)
def test_unsupported(make: MakeExample, output: str, missing: str | None) -> None:
    """Guards against made-up names, abbreviations and numbers, and against other spellings taken for them."""
    expected = f"not in the page: {missing}" if missing else None
    assert unsupported(make("Tell me about the Kon-Tiki.", output), PAGE) == expected


def test_instruction_and_input_support_an_answer_too(make: MakeExample) -> None:
    """Guards against rewriting tasks that are rejected for the year or the name that they were given."""
    example = make("Rewrite it for the year 1950.", "In 1950, Olga left.", "They left in 1947, says Olga.")
    assert unsupported(example, PAGE) is None
    assert unsupported(make("Rewrite it.", "In 1950, Olga left."), PAGE) == "not in the page: Olga, 1950"


def test_counts_are_results(make: MakeExample) -> None:
    """Guards against word tasks that are rejected for the number that they ask for."""
    assert unsupported(make("How many letters has the name Raroia?", "It has six letters."), PAGE) is None
    assert unsupported(make("How many rafts were there?", "There were six."), PAGE) == "not in the page: six"


@pytest.mark.parametrize(
    "output", ["Jose\u0301 Sarney", "Jos\u00e9 S\u0430rney", "Jos\u00e9 Sar\u00adney", "\uff2aos\u00e9 Sarney"]
)
def test_a_name_in_another_spelling_is_supported(make: MakeExample, output: str) -> None:
    """Guards against an accent, a look-alike or a soft hyphen that makes another name, or cuts one in two."""
    for page in ("It was Jos\u00e9 Sarney.", "It was Jose\u0301 Sarney.", "It was Jos\u00e9 Sar\u200bney."):
        assert unsupported(make("Who was it?", f"It was {output}."), page) is None


def test_a_square_is_no_number(make: MakeExample) -> None:
    """Guards against the 2 of "km\u00b2" that counts as a number which the page lacks."""
    assert unsupported(make("How large is it?", "It has 101 km\u00b2."), PAGE) is None
