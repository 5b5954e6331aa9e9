import pytest

from stages.curation import not_english as module
from stages.curation.not_english import not_english
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "output", "evidence"),
    [
        (
            "Nenne die Hauptstadt von Frankreich.",
            "Paris ist die Hauptstadt von Frankreich.",
            "output reads as de ",
        ),
        ("Qual é a capital do Brasil?", "A capital do Brasil é Brasília.", "the example reads as pt "),
        ("Who was Galileo?", "Era un astronomo che osservò le lune di Giove.", "output reads as it "),
        ("Name the inventor.", "L'inventeur du téléphone est Alexander Graham Bell.", "output reads as fr "),
        ("Name the capital of Ukraine.", "Київ", "output is written in another script: 'Київ'"),
        ("Who wrote Pride and Prejudice?", "Jane Austen.", None),
        ("Where was Nezahualcoyotl born?", "Nezahualcoyotl was born in Texcoco.", None),
        ("Convert 5 km to m.", "5 km is 5,000 m.", None),
        ("Change the number word into digits: eleven", "Eleven is 11 in digits.", None),
        ("Translate into French: The cat is asleep on the chair.", "Le chat dort sur la chaise du salon.", None),
        (
            "Name the three laws.",
            "Their motto was 'Einigkeit und Recht und Freiheit für das deutsche Vaterland'.",
            None,
        ),
        ("Which letter stands for an angle?", "θ", None),
    ],
)
def test_not_english(make: MakeExample, instruction: str, output: str, evidence: str | None) -> None:
    """Guards against foreign text, and against foreign names, quotations and translations taken for it."""
    found = not_english(make(instruction, output), max_foreign=0.5)
    assert found is None if evidence is None else found is not None and found.startswith(evidence)


@pytest.mark.parametrize(("probability", "found"), [(0.5, False), (0.51, True)])
def test_the_threshold_is_a_probability(
    make: MakeExample, monkeypatch: pytest.MonkeyPatch, probability: float, found: bool
) -> None:
    """Guards against a threshold that is off by its own value."""
    monkeypatch.setattr(module, "identify_language", lambda text: ("de", probability))
    example = make("Nenne eine große Stadt.", "eine sehr große Stadt")
    assert (not_english(example, max_foreign=0.5) is not None) == found


def test_pidgin_is_what_the_identifier_says_to_english_with_african_names(
    make: MakeExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "identify_language", lambda text: ("pcm", 0.99))
    assert not_english(make("Name lakes near Nairobi.", "Lake Naivasha has many fine small quiet bays."), 0.5) is None
