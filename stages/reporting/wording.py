"""The report's texts and number formats, in the reader's language.

All labels and prose are in `catalogues/LANGUAGE.yaml`. A text is named by its section and key: `judging.title`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from markupsafe import Markup, escape

from stages.common.yaml_files import read_yaml
from stages.reporting.evidence import Measurement

Language = Literal["en", "pt"]
NumberFormat = Callable[[float], str]

NOTHING = "\N{EN DASH}"  # instead of a number that isn't known
CATALOGUES = Path(__file__).parent / "catalogues"
SEPARATORS = {"en": str.maketrans(",.", ",."), "pt": str.maketrans(",.", ".,")}  # of thousands and decimals


class Wording:
    """The texts and number formats of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue: Mapping[str, Mapping[str, str]] = read_yaml(CATALOGUES / f"{language}.yaml")

    def text(self, key: str, **values: object) -> str:
        """The text of `section.key` with its placeholders filled in. Raises KeyError for a missing key or value."""
        section, name = key.split(".", 1)
        return self._catalogue[section][name].format(**values)

    def html(self, key: str, **values: str) -> Markup:
        """The text of `section.key` as HTML. Values are escaped unless they are `Markup`."""
        section, name = key.split(".", 1)
        return escape(self._catalogue[section][name]).format(**values)

    def pair(self, name: str) -> str:
        """A pair of models in words, from its name in the metrics: `full-base` is "full against base"."""
        first, second = name.split("-")
        return self.text("pairs.against", first=first, second=second)

    def label(self, section: str, name: str) -> str:
        """The reader's name of something that the data names, such as a rule; a name not in the catalogue is kept."""
        return self._catalogue[section].get(name, name.replace("_", " "))

    def section(self, name: str) -> dict[str, str]:
        """All texts of a section, unfilled, for the page's script."""
        return dict(self._catalogue[name])

    def integer(self, value: float) -> str:
        return self._localized(f"{round(value):,}")

    def decimal(self, value: float, places: int = 2) -> str:
        return self._localized(f"{value:z,.{places}f}")  # z: what rounds to zero has no minus sign

    def signed(self, value: float, places: int = 2) -> str:
        """With a plus sign or a minus sign (U+2212, not a hyphen); zero has none."""
        number = f"{value:+z,.{places}f}".replace("-", "\N{MINUS SIGN}")
        return self._localized(number if float(f"{value:.{places}f}") else number.removeprefix("+"))

    def tick(self, value: float) -> str:
        """A number on an axis, with as many decimals as it needs."""
        return self._localized(f"{value:z,g}").replace("-", "\N{MINUS SIGN}")

    def percent(self, share: float, places: int = 1) -> str:
        """A share from 0 to 1."""
        return self.decimal(100 * share, places) + "%"

    def p_value(self, p: float) -> str:
        """Three decimals; a smaller one as "< 0.001"."""
        return f"< {self.decimal(0.001, 3)}" if p < 0.001 else f"= {self.decimal(p, 3)}"

    def interval(self, measurement: Measurement, number_format: NumberFormat) -> str:
        """The 95% interval, "" if there is none."""
        if measurement.low is None or measurement.high is None:
            return ""
        return self.text("numbers.interval", low=number_format(measurement.low), high=number_format(measurement.high))

    def with_interval(self, measurement: Measurement | None, number_format: NumberFormat) -> str:
        """The value followed by its interval in brackets, if it has one; a dash for None."""
        if measurement is None:
            return NOTHING
        value, interval = number_format(measurement.value), self.interval(measurement, number_format)
        return self.text("numbers.with_interval", value=value, interval=interval) if interval else value

    def count(self, value: float | None) -> str:
        """A whole number; a dash for None."""
        return NOTHING if value is None else self.integer(value)

    def _localized(self, number: str) -> str:
        return number.translate(SEPARATORS[self.language])
