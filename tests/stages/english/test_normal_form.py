"""Which texts are the same text in another spelling, and which are not."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from stages.english.normal_form import LOOK_ALIKES, normal_characters, normal_form

SPECIAL = "ae\u0301\u0430\u200d\u00ad \u00bd\u00b2\u0130\u00df\u0386'-"
ANY = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(SPECIAL)), max_size=8)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("rose\u0301", "ros\u00e9"),  # composed and decomposed
        ("S\u0323\u0307", "\u1e68"),  # two marks
        ("S\u0307\u0323", "\u1e68"),  # in the other order
        ("\uff37\uff48\uff4f\u3000\uff11\uff12", "Who 12"),  # full width
        ("\ufb01nd the o\ufb03ce", "find the office"),  # ligatures
        ("Who\u00a0is\u202fit\u2009?", "who is it ?"),  # spaces that look like one
        ("Who\u2028is\n\tit", "who is it"),
        ("Po\u200bland, Po\u00adland, \ufeffPo\u2060land", "poland, poland, poland"),  # without a width
        ("\u202eabc\u202c \u200fx", "abc x"),  # marks of direction
        ("Po\u200cla\u200dnd", "poland"),  # joiners between Latin letters
        ("P\u0430ris", "paris"),  # Cyrillic a
        ("\u0420aris", "paris"),  # Cyrillic Er
        ("c\u043el\u03bfr", "color"),  # Cyrillic and Greek o
        ("\u0391thens", "athens"),  # Greek Alpha
        ("\u039dew York", "new york"),  # Greek Nu, whose small letter looks like a v
        ("ri\u03bder", "river"),  # Greek nu
        ("na\u0457ve", "na\u00efve"),  # Cyrillic yi
        ("c\u0061\u0301f\u0435\u0301", "c\u00e1f\u00e9"),  # Cyrillic e with an accent
        ("STRASSE", "stra\u00dfe"),
        ("What\u2019s well\u2011known?", "what's well-known?"),
        ("Wait\u2026", "wait..."),
        ("\u2460 \u2116 5", "1 no 5"),
        ("\u2764\ufe0f", "\u2764"),  # variants of a glyph
    ],
)
def test_spellings_of_the_same_text(text: str, same: str) -> None:
    """Guards against a test question that was trained on in another spelling."""
    assert normal_form(text) == normal_form(same)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("10\u00b2", "102"),
        ("10\u207b\u00b3", "10-3"),
        ("1\u00bd", "11/2"),
        ("Windows\u2122", "WindowsTM"),
        ("&", "@"),
        ("C#", "C++"),
        ("ros\u00e9", "rose"),  # an accent makes another word
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645"),  # Persian
        ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u0dbb\u0dd3"),  # Sinhala
        ("\U0001f469\u200d\U0001f680", "\U0001f469\U0001f680"),  # an astronaut; a woman and a rocket
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\U0001f525"),
        ("\u0440\u043e\u0442", "pot"),  # a Russian word alone: mouth
        ("\u03bcm", "um"),
        ("k\u03a9", "kw"),
        ("2\u03c0r", "2nr"),
    ],
)
def test_other_texts(text: str, other: str) -> None:
    """Guards against two questions that are taken for one."""
    assert normal_form(text) != normal_form(other)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(ANY)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    """Guards against a form that depends on how often a text was normalized."""
    assert normal_form(normal_form(text)) == normal_form(text)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(ANY)
def test_composed_and_decomposed_are_the_same(text: str) -> None:
    """Guards against a step before the composition that sees only composed letters."""
    assert normal_form(unicodedata.normalize("NFD", text)) == normal_form(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(codec="ascii")))
def test_ascii_keeps_its_characters(text: str) -> None:
    """Guards against a short way for ASCII that is not the long way."""
    assert normal_characters(text) == text
    assert normal_form(text) == normal_form(f"{text} \u00e9").removesuffix("\u00e9").rstrip()


def test_case_spaces_and_line_ends_stay_in_normal_characters() -> None:
    """Guards against a rule that no longer sees the capital of a name or the lines of a list."""
    assert normal_characters("Jose\u0301\n  Ver\u00adde") == "Jos\u00e9\n  Verde"


@pytest.mark.parametrize("letter", sorted(LOOK_ALIKES))
def test_a_look_alike_is_replaced_in_a_latin_word_alone(letter: str) -> None:
    """Guards against a table with a letter that NFKC or case folding has replaced before."""
    assert normal_form(f"tw{letter}") == "tw" + normal_form(LOOK_ALIKES[letter])
    if "LATIN" not in unicodedata.name(letter):
        assert normal_form(letter) != normal_form(LOOK_ALIKES[letter])
