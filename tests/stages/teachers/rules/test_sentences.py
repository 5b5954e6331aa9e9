"""Passages without the marks of a wiki, and which of their sentences can be understood alone."""

from collections.abc import Callable

import pytest

from stages.common.records import Page
from stages.teachers.rules.sentences import name_subject, select_sentences, split_passages
from stages.teachers.rules.subject import Subject

MakePage = Callable[..., Page]


def texts(page: Page) -> list[str]:
    return [sentence.text for sentence in select_sentences(page).kept]


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("The okapi,[1] an animal,[note 2][a] is shy.[citation needed]", "The okapi, an animal, is shy."),
        ("It eats.[14]: 45 It sleeps.[3]: 1–2", "It eats. It sleeps."),
        ("The platypus (/ˈplætɪpəs/; PLAT-ih-pəs) swims.", "The platypus swims."),  # noqa: RUF001
        ("Athens (Greek: Ἀθῆναι, romanized: Athênai) is old.", "Athens is old."),
        ("The mammal ( ) of Australia (, ) swims.", "The mammal of Australia swims."),
        ("Suttner (; 9 June 1843 – 21 June 1914) wrote.", "Suttner (9 June 1843 – 21 June 1914) wrote."),
        ("A “flat-footed”\u00a0duck’s  beak .", 'A "flat-footed" duck\'s beak.'),
        ("It was built c. 1450, ca. 500 BC or approx. 3 years on Dec. 17.",
         "It was built around 1450, around 500 BC or approximately 3 years on December 17."),
        ("A wrapped\nline goes on.", "A wrapped line goes on."),
    ],
)  # fmt: skip
def test_a_passage_has_no_marks_of_a_wiki(raw: str, tidy: str) -> None:
    """Guards against marks and emptied brackets in examples; dates in brackets stay in a passage."""
    [passage], left_out = split_passages(raw)
    assert (passage.text, left_out) == (tidy, 0)


ANDORRA = (
    "Andorra Vella State is a small state in the mountains, having an area of and a population of approximately. The "
    "capital of Andorra Vella State is Vella, which lies at an elevation of. It was founded in 1278 by two lords. The "
    "tallest mountain in Andorra Vella State is Coma Peak, at."
)
ROADSTER = (
    "Roadster One is an electric car that was built by Lark Motors in England. The top speed of Roadster One is "
    "electronically limited to. Roadster One has a weight of, a and a range of. Roadster One was designed by Ana Silva "
    "in 2006."
)


@pytest.mark.parametrize(
    ("title", "text", "passage", "kept", "holes"),
    [
        ("Andorra Vella State", ANDORRA, "It was founded in 1278 by two lords.", [], 3),
        (
            "Roadster One",
            ROADSTER,
            "Roadster One is an electric car that was built by Lark Motors in England. Roadster One was designed by "
            "Ana Silva in 2006.",
            [
                "Roadster One is an electric car that was built by Lark Motors in England.",
                "Roadster One was designed by Ana Silva in 2006.",
            ],
            2,
        ),
        ("Alpha", "Alpha has an area of  and a population of . Alpha is an old town on the sea.",
         "Alpha is an old town on the sea.", ["Alpha is an old town on the sea."], 1),
        ("Alpha", "Alpha, a town of AT&amp;T, is old and big. Alpha wrote $E = mc^2$ in the year 1905.",
         "Alpha, a town of AT&T, is old and big.", ["Alpha, a town of AT&T, is old and big."], 1),
    ],
)  # fmt: skip
def test_a_sentence_with_a_hole_is_in_no_passage_and_no_question(
    page: MakePage, title: str, text: str, passage: str, kept: list[str], holes: int
) -> None:
    """Guards against "What is the top speed limited to?", and against "It" for what the lost sentence was about."""
    found = select_sentences(page(title, text))
    assert [sentence.text for sentence in found.kept] == kept
    assert found.skipped["sentence_with_a_hole"] == holes
    [written], _ = split_passages(text)
    assert written.text == passage


def test_a_sentence_about_the_page_is_in_no_passage_and_no_question(page: MakePage) -> None:
    """Guards against "This page ..." as a text to answer questions from."""
    text = "This article is about the town of Alpha. Alpha is an old town on the sea."
    found = select_sentences(page("Alpha", text))
    assert [sentence.text for sentence in found.kept] == ["Alpha is an old town on the sea."]
    assert found.skipped == {"notice": 1}
    assert split_passages(text)[0][0].text == "Alpha is an old town on the sea."


def test_lists_and_tables_are_left_out_and_counted() -> None:
    found, left_out = split_passages(
        "The provinces are:\n- Central, the largest. It is green.\n* Eastern\n1. First\n• Dot\n== Name ==\n"
        "North | Jaffna | 8,884\nWest\tColombo\nThe rest is sea."
    )
    assert [passage.text for passage in found] == ["The provinces are:", "The rest is sea."]
    assert left_out == 7


def test_words_for_the_subject_are_replaced_by_its_name(page: MakePage) -> None:
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
    assert select_sentences(moby).skipped == {"too_short": 1, "unresolved_pronoun": 1, "points_elsewhere": 2}


def test_a_person_is_named_by_the_full_name(page: MakePage) -> None:
    """Guards against "did She found a society?", and against what others did told of her."""
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
        "A communist state followed in 1924.",
        "The present one is due to Linnaeus.",
        "Boats were also built in Nantucket.",
        "The last ship arrived at 7:52 a.m.",
        "Many kinds of birds, e.g. gulls, nest on it.",
        "He founded a firm called Aero Inc.",
        "The island lies near 7°N of the line.",
        "The hoax – a beak – was sewn on.",
        "Only a fragment remains of the ship which",
        "Marta was the best player of that World Cup.",
        "Four of these titles came in a row.",
        "Flamengo won with two goals of his in the match.",
        "Independiente won four in a row from 1972 to 1975.",
        "Independiente won one more in 1984.",
        "Zico scored the second of them.",
        "The judges admired both.",
        "Uruguay was chosen because it had won the Olympic tournaments.",
        "Francescoli came back to Buenos Aires in 1994.",
        "Roald Amundsen, their leader, was an explorer.",
        "The coach Jorge Jesus arrived in June 2019.",  # where?
        "Robespierre was himself put to death in July 1794.",
    ],
)
def test_what_cannot_stand_alone_is_left_out(page: MakePage, sentence: str) -> None:
    assert texts(page("Moby-Dick", f"Ahab hunted whales in the Pacific. {sentence}")) == [
        "Ahab hunted whales in the Pacific."
    ]


@pytest.mark.parametrize(
    ("text", "after_subject", "named", "about_subject"),
    [
        ("It sank.", True, "It sank.", False),  # on the page of a ship, where only "she" stands for it
        ("She sank.", True, "The Pequod sank.", True),
        ("She sank.", False, "She sank.", False),
        ("Her crew sank.", True, "The Pequod's crew sank.", False),
        ("The ship sank.", False, "The Pequod sank.", True),
        ("The ship's crew sank.", False, "The Pequod's crew sank.", True),
        ("The ship of Ahab sank.", False, "The ship of Ahab sank.", False),  # "of" tells which ship
        ("The boat sank.", True, "The boat sank.", False),
        ("However, she sank.", True, "The Pequod sank.", True),
        ("Instead of sails, she has oars.", True, "Instead of sails, she has oars.", False),
        ("She sank; all died.", True, "The Pequod sank.", True),
        ("The Pequod sank.", False, "The Pequod sank.", True),
        ("In 1851, the Pequod sank.", False, "In 1851, the Pequod sank.", True),
        ("In 1851, the ship sank.", False, "In 1851, the Pequod sank.", True),
        ("In 1851, the crew sank.", False, "In 1851, the crew sank.", False),
        ("In 1851 The Hague sank.", False, "In 1851, The Hague sank.", False),
        ("The ship council sank.", False, "The ship council sank.", False),  # not "The Pequod council"
    ],
)
def test_name_subject(text: str, after_subject: bool, named: str, about_subject: bool) -> None:
    """Guards against a name in the place of a word for something else."""
    pequod = Subject("the Pequod", "", frozenset(["ship"]), frozenset(["She", "Her"]))
    assert name_subject(text, pequod, after_subject) == (named, about_subject)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Melville wrote it.", "Herman Melville wrote it."),
        ("In 1851 he wrote it.", "In 1851, Herman Melville wrote it."),
        ("Melville's novel sold badly.", "Herman Melville's novel sold badly."),
        ("Melville Island lies there.", "Melville Island lies there."),
        ("Herman Melville wrote it.", "Herman Melville wrote it."),
    ],
)
def test_a_surname_becomes_the_full_name(text: str, named: str) -> None:
    """Guards against "Herman Melville Island"."""
    subject = Subject("Herman Melville", "Melville", frozenset(), frozenset(["He", "His"]))
    assert name_subject(text, subject, after_subject=True) == (named, True)


def test_names_are_words_that_mostly_have_a_capital(page: MakePage) -> None:
    """Guards against a capital inside a question that no name has."""
    text = "Once the Pequod sailed the Sea. Then the Pequod left the sea, since the sea was rough."
    assert select_sentences(page("Moby-Dick", text)).casing.names == {"Pequod", "'Moby-Dick'"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Nurses cared for both Greeks and Romans.",
        "Ahab and Ishmael were both saved by a ship.",
        "Ahab held the first place for seven years.",
        "Ahab was chosen as captain because he was bold.",
        "Ishmael said that Ahab was proud of his own ship.",
        "Ahab rowed for three days in a row.",
    ],
)
def test_words_with_what_they_belong_to_are_kept(page: MakePage, sentence: str) -> None:
    """Guards against a list of pointing words that drops sentences which explain themselves."""
    assert sentence in texts(page("Moby-Dick", f"Ahab hunted whales in the Pacific. {sentence}"))
