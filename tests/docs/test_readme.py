"""The first page: short, and true of the run that is committed."""

import json
import re

import pytest

from tests.conftest import ROOT
from tests.docs.reading import DOCS

README = (ROOT / "README.md").read_text(encoding="utf-8")
METRICS = ROOT / "reports" / "metrics"


def test_the_first_page_is_short() -> None:
    """Guards against the slow growth of a page that people read in two minutes."""
    assert len(README.split()) <= 1200


def test_the_architecture_is_short() -> None:
    """Guards against a page for maintainers that nobody reads to its end: details belong to the parts' own pages."""
    assert len((DOCS / "architecture.md").read_text(encoding="utf-8").split()) <= 2500


def test_links_of_the_first_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("pair", ["full-base", "full-small"])
def test_the_verdict_is_that_of_the_committed_run(pair: str) -> None:
    """Guards against figures that stay when the run that they are about is replaced."""
    judge = json.loads((METRICS / "judge.json").read_text(encoding="utf-8"))
    gain = judge["pairs"][pair]["gain"]
    low, high = judge["pairs"][pair]["gain_95"]
    assert f"{gain:+.2f}" in README
    assert f"{low:+.2f} to {high:+.2f}" in README


def test_the_totals_are_those_of_the_committed_run() -> None:
    """Guards against the same."""
    judge = json.loads((METRICS / "judge.json").read_text(encoding="utf-8"))
    assert f"{judge['models']['full']['total']:.2f}" in README
    for model in ("base", "small", "full"):
        assert f"{judge['exact']['all'][model]:.1%}" in README
