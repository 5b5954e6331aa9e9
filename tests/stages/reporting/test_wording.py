"""The report's languages."""

import string

import pytest

from stages.common.yaml_files import read_yaml
from stages.reporting.evidence import Measurement
from stages.reporting.wording import CATALOGUES, Language, Wording

ENGLISH, PORTUGUESE = (read_yaml(CATALOGUES / f"{name}.yaml") for name in ("en", "pt"))


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    """Guards against a text, or a number in it, that one language lacks."""
    assert {
        (section, key, frozenset(names_in(text))) for section, texts in ENGLISH.items() for key, text in texts.items()
    } == {
        (section, key, frozenset(names_in(text)))
        for section, texts in PORTUGUESE.items()
        for key, text in texts.items()
    }


@pytest.mark.parametrize(
    ("language", "integer", "decimal", "percent", "interval"),
    [
        ("en", "1,234,567", "\N{MINUS SIGN}1,234.50", "74.5%", "+0.50 (95%: \N{MINUS SIGN}1.00 to +2.00)"),
        ("pt", "1.234.567", "\N{MINUS SIGN}1.234,50", "74,5%", "+0,50 (95%: \N{MINUS SIGN}1,00 a +2,00)"),
    ],
)
def test_numbers_have_the_form_of_the_language(
    language: Language, integer: str, decimal: str, percent: str, interval: str
) -> None:
    """Guards against thousands that read as decimals in the other language."""
    wording = Wording(language)
    assert wording.integer(1_234_567) == integer
    assert wording.signed(-1234.5) == decimal
    assert wording.percent(0.745) == percent
    assert wording.with_interval(Measurement(0.5, -1.0, 2.0), wording.signed) == interval


def test_minus_zero_is_zero() -> None:
    """Guards against "-0.00" and "+0.00", which look like a direction."""
    wording = Wording("en")
    assert wording.decimal(-0.001) == wording.signed(-0.001) == wording.signed(0.001) == "0.00"
    assert wording.percent(-0.0001) == "0.0%" and wording.tick(-0.0) == "0"
    assert wording.tick(-1500) == "\N{MINUS SIGN}1,500" and Wording("pt").tick(0.25) == "0,25"


def test_a_figure_without_an_interval_stands_alone() -> None:
    wording = Wording("en")
    assert wording.with_interval(Measurement(0.5), wording.decimal) == "0.50"
    assert wording.with_interval(None, wording.decimal) == "\N{EN DASH}"


def test_names_of_the_data_that_no_catalogue_knows_are_read_as_words() -> None:
    """Guards against a new rule that stops the report."""
    assert Wording("pt").label("reasons", "too_bold") == "too bold"
    assert Wording("pt").label("reasons", "too_long") == "longo demais"
