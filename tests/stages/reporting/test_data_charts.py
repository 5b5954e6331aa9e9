from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stages.reporting.charts import STYLE
from stages.reporting.data_charts import data_charts
from stages.reporting.evidence import Evidence
from stages.reporting.example_rows import ExampleFate, ExampleFates
from stages.reporting.wording import Wording
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NONE = ExampleFates((), 0)


def drawn(name: str, evidence: Evidence, wording: Wording, fates: ExampleFates = NONE) -> "Axes":
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        axes: Axes = Figure().subplots()
        data_charts(fates)[name](evidence, wording, axes)
    return axes


def test_bars_are_the_counts_with_names_in_words(evidence: Evidence) -> None:
    """Guards against bars beside the names of others, and kinds in the words of the code."""
    for name, labels, counts in (
        ("first_words", ["when", "in", "which"], [500, 400, 175]),
        ("kinds", ["pergunta sobre um trecho", "quando"], [600, 475]),
    ):
        axes = drawn(name, evidence, Wording("pt"))
        assert [label.get_text() for label in axes.get_yticklabels()] == labels
        assert [bar.get_width() for bar in axes.patches] == counts  # type: ignore[attr-defined]


def test_boxes_are_the_quantiles(evidence: Evidence, wording: Wording) -> None:
    axes = drawn("lengths", evidence, wording)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["instruction", "input", "answer"]
    medians = [line.get_xdata()[0] for line in axes.lines if line.get_linewidth() == 2]  # type: ignore[index]
    assert medians == [9, 15, 8]


def test_difficulties_beyond_the_last_are_drawn_at_the_end(
    evidence: Evidence, wording: Wording, make: MakeExample
) -> None:
    """Guards against examples that the picture leaves out."""
    losses = (1.0, 1.1, 2.1, 50.0)
    rows = tuple(ExampleFate(make(f"Say {loss}."), score=quality(loss=loss)) for loss in losses)
    axes = drawn("difficulty", evidence, wording, ExampleFates(rows, 4))
    heights = [bar.get_height() for bar in axes.patches]  # type: ignore[attr-defined]
    assert sum(heights) == 4 and heights[-1] == 1 and heights[5] == 2


@pytest.mark.parametrize("name", ["first_words", "kinds", "lengths"])
def test_nothing_to_draw(name: str, evidence: Evidence, wording: Wording) -> None:
    """Guards against an error in a run without these metrics. Without scores, there is no picture of them."""
    assert not drawn(name, replace(evidence, metrics={}), wording).has_data()
    assert "difficulty" not in data_charts(NONE)
