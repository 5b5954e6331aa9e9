"""A run's results, and the cards that are written about them."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from stages.reporting.cards.write_cards import write_cards
from tests.stages.results import Nested, metrics, params, write_results


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run, with data/ and without cards."""
    folder = tmp_path_factory.mktemp("run")
    write_results(folder / "data")
    return folder


def cards(run: Path, measured: Nested | None = None, settings: Nested | None = None) -> dict[str, str]:
    """The texts of all cards by name, about other metrics or parameters if they are given."""
    write_cards(run / "data", run / "reports", measured or metrics(), settings or params())
    return {path.stem: path.read_text() for path in (run / "reports/cards").iterdir()}


def with_values(sections: Nested, **values: Any) -> Nested:
    """A copy with other values, each named as `section__key`."""
    changed = deepcopy(sections)
    for name, value in values.items():
        *outer, last = name.split("__")
        place = changed
        for key in outer:
            place = place[key]
        place[last] = value
    return changed
