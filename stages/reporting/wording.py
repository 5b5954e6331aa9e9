"""The report's words and the form of its numbers, in the reader's language.

All labels and prose stand in `catalogues/LANGUAGE.toml`; a text is named by its section and key ("judge.title").
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from stages.common.files import read_text
from stages.reporting.evidence import Estimate

Language = Literal["en", "pt"]
Form = Callable[[float], str]  # of a number

NOTHING = "\N{EN DASH}"  # where a figure cannot be had
CATALOGUES = Path(__file__).parent / "catalogues"
SEPARATORS = {"en": str.maketrans(",.", ",."), "pt": str.maketrans(",.", ".,")}  # of thousands and decimals


class Wording:
    """One language's texts and numbers."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue: Mapping[str, Mapping[str, str]] = tomllib.loads(read_text(CATALOGUES / f"{language}.toml"))

    def text(self, key: str, **values: object) -> str:
        """The text of `section.key`, filled in. Raises KeyError for a key or value that is missing."""
        section, name = key.split(".", 1)
        return self._catalogue[section][name].format(**values)

    def html(self, key: str, **values: str) -> Markup:
        """The text of `section.key` as HTML; of the values, only what is `Markup` stays so."""
        section, name = key.split(".", 1)
        return escape(self._catalogue[section][name]).format(**values)

    def pair(self, name: str) -> str:
        """Two models that are compared, from their name in the metrics: `full-base`."""
        first, second = name.split("-")
        return self.text("pairs.against", first=first, second=second)

    def label(self, section: str, name: str) -> str:
        """What readers call a thing that the data names, such as a rule or a check; its own name where unlisted."""
        return self._catalogue[section].get(name, name.replace("_", " "))

    def section(self, name: str) -> dict[str, str]:
        """All texts of a section, for the page's script."""
        return dict(self._catalogue[name])

    def integer(self, value: float) -> str:
        return self._localized(f"{round(value):,}")

    def decimal(self, value: float, places: int = 2) -> str:
        return self._localized(f"{value:,.{places}f}")

    def signed(self, value: float, places: int = 2) -> str:
        """With a sign, which for negative numbers is a minus sign, not a hyphen."""
        return self._localized(f"{value:+,.{places}f}").replace("-", "\N{MINUS SIGN}")

    def percent(self, share: float, places: int = 1) -> str:
        """A share from 0 to 1."""
        return self.decimal(100 * share, places) + "%"

    def interval(self, found: Estimate, form: Form) -> str:
        """The 95% interval of a figure, "" where it has none."""
        if found.low is None or found.high is None:
            return ""
        return self.text("numbers.interval", low=form(found.low), high=form(found.high))

    def estimate(self, found: Estimate | None, form: Form) -> str:
        """A figure and in brackets its interval; a dash where there is none."""
        if found is None:
            return NOTHING
        interval = self.interval(found, form)
        value = form(found.value)
        return self.text("numbers.estimate", value=value, interval=interval) if interval else value

    def _localized(self, number: str) -> str:
        return number.translate(SEPARATORS[self.language])
