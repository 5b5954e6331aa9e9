"""Which sentences can be understood alone, and what their subject is called."""

from collections.abc import Callable

import pytest

from stages.common.records import Page
from stages.teachers.rules.sentences import read

MakePage = Callable[..., Page]


def texts(page: Page) -> list[str]:
    return [sentence.text for sentence in read(page).kept]


def test_what_stands_for_the_subject_is_named(page: MakePage) -> None:
    """Guards against questions about "it" and "the novel", which nobody could answer."""
    moby = page(
        "Moby-Dick",
        "Moby-Dick is a novel by Melville. It was published in 1851. The novel sold badly. "
        "Ahab (the captain) hunts Moby-Dick in the Pacific Ocean. The ship in it is the Pequod. "
        "His wooden leg broke in a fall. Ships of this kind sank there often enough.",
    )
    assert texts(moby) == [
        "Moby-Dick is a novel by Melville.",
        "Moby-Dick was published in 1851.",
        "Ahab hunts Moby-Dick in the Pacific Ocean.",
    ]
    assert read(moby).skipped == {"too_short": 1, "unresolved_pronoun": 1, "points_elsewhere": 2}


def test_a_person_is_named_by_the_full_name(page: MakePage) -> None:
    """Guards against "did She found a society?", and her husband's deeds told of her."""
    suttner = page(
        "Bertha von Suttner",
        "Baroness Bertha Sophie von Suttner was an Austrian novelist. She was born in Prague (then in Austria).",
        "In 1873 she entered a household in Vienna. Von Suttner wrote many novels there. Her mother was a poet too. "
        "Suttner's father died in Prague. He was a field marshal. She learned French and English.",
        "It is said that she was shy.\n\nHer uncle was a friend of kings. She died in Vienna in 1914.",
    )
    assert texts(suttner) == [
        "Baroness Bertha Sophie von Suttner was an Austrian novelist.",
        "Bertha von Suttner was born in Prague.",
        "In 1873, Bertha von Suttner entered a household in Vienna.",
        "Bertha von Suttner's father died in Prague.",
        "Bertha von Suttner's uncle was a friend of kings.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The emperor sent many ships.",
        "The couple lived in the Caucasus.",
        "War broke out the following year.",
        "Two years later the ship sank.",
        "The present one is due to Linnaeus.",
        "Boats were also built in Nantucket.",
        "The last ship arrived at 7:52 a.m.",
        "Many kinds of birds, e.g. gulls, nest on it.",
        "He founded a firm called Aero Inc.",
        "The island lies near 7°N of the line.",
        "The hoax – a beak – was sewn on.",
        "Only a fragment remains of the ship which",
    ],
)
def test_what_cannot_stand_alone_is_left_out(page: MakePage, sentence: str) -> None:
    assert texts(page("Moby-Dick", f"Ahab hunted whales in the Pacific. {sentence}")) == [
        "Ahab hunted whales in the Pacific."
    ]


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [
        ("Amazon River", "The Amazon River is long. Boats sail the Amazon River.", "the Amazon River"),
        ("Photosynthesis", "In nature, photosynthesis makes sugar.", "photosynthesis"),
        ("Odyssey", "Homer wrote the Odyssey.", "the Odyssey"),
        ("Hamlet", "Shakespeare wrote Hamlet.", "Hamlet"),
        ("Go (game)", "Players love Go.", "Go"),
        ("The Tale of Genji", "Murasaki wrote The Tale of Genji.", "The Tale of Genji"),
        ("Geography of Norway", "Norway is long.", "'Geography of Norway'"),
        ("Christina, Queen of Sweden", "Christina was a queen of Sweden.", "Christina"),
        ("İznik", "İznik is a town.", "İznik"),  # a capital that has two lower-case characters
    ],
)
def test_the_subject_is_called_as_the_page_calls_it(page: MakePage, title: str, text: str, name: str) -> None:
    assert read(page(title, text)).subject.name == name
