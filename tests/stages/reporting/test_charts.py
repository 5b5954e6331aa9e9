"""The charts, by what they hold."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stages.reporting.charts import CHARTS, HATCHES, MODEL_COLORS, STYLE, draw_charts
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Draw = Callable[[str, Evidence, Wording], "Axes"]


@pytest.fixture
def draw() -> Draw:
    """Draws one chart in the report's style and returns its axes."""

    def drawn(name: str, evidence: Evidence, wording: Wording) -> "Axes":
        import matplotlib as mpl
        from matplotlib.figure import Figure

        with mpl.rc_context(STYLE):  # type: ignore[arg-type]
            axes: Axes = Figure().subplots()
            CHARTS[name](evidence, wording, axes)
        return axes

    return drawn


def heights(axes: "Axes") -> dict[str, list[float]]:
    """The bars' lengths by series: the widths of horizontal bars, the heights of others."""
    values = {}
    for bars in axes.containers:
        if hasattr(bars, "patches"):
            sideways = bars.orientation == "horizontal"  # type: ignore[attr-defined]
            values[str(bars.get_label())] = [bar.get_width() if sideways else bar.get_height() for bar in bars.patches]
    return values


def legend(axes: "Axes") -> list[str]:
    box = axes.get_legend()
    return [text.get_text() for text in box.get_texts()] if box else []


def test_loss_curves(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against curves of another model, loss or axis."""
    axes = draw("loss_curves", evidence, wording)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "cross-entropy (nats a token)")
    labels = ["full: response only", "full: all tokens", "kept state", "small: response only", "small: all tokens"]
    assert legend(axes) == labels
    curves = [line for line in axes.lines if line.get_label() in {*labels} - {"kept state"}]
    kinds = [(size, kind) for size in ("full", "small") for kind in ("val_response_loss", "val_loss")]
    for line, (size, kind) in zip(curves, kinds, strict=True):
        points = evidence.curves[size]
        assert list(line.get_xdata()) == [point["epoch"] for point in points]  # type: ignore[arg-type]
        assert list(line.get_ydata()) == [point[kind] for point in points]  # type: ignore[arg-type]
        assert line.get_color() == MODEL_COLORS[size]


def test_rings_mark_the_kept_states(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against a reader who takes the end of the curve for the model."""
    axes = draw("loss_curves", evidence, wording)
    rings = [line for line in axes.lines if line.get_fillstyle() == "none"]
    expected = []
    for size in ("full", "small"):
        step = evidence.metrics[f"train_{size}"]["kept_step"]
        [point] = [point for point in evidence.curves[size] if point["step"] == step]
        expected.append([(point["epoch"], point["val_response_loss"]), (point["epoch"], point["val_loss"])])
    assert [list(zip(ring.get_xdata(), ring.get_ydata(), strict=True)) for ring in rings] == expected  # type: ignore[arg-type]


def test_score_distribution(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against rows that are counted twice, or not at all."""
    axes = draw("score_distribution", evidence, wording)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("total score (points, 0 to 15)", "test rows (count)")
    bars = heights(axes)
    assert list(bars) == ["base", "small", "full"] == legend(axes)
    counted = sum(row.counts for row in evidence.rows)
    assert [sum(counts) for counts in bars.values()] == [counted] * 3
    totals = [row.score("full") for row in evidence.rows]
    assert bars["full"] == [totals.count(score) for score in range(16)]


def test_mean_scores(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against a mean beside another model's interval."""
    axes = draw("mean_scores", evidence, wording)
    assert axes.get_xlabel() == "percent of the 15 points"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["base", "small", "full"]
    means = {str(line.get_label()): float(line.get_xdata()[0]) for line in axes.lines}  # type: ignore[index,arg-type]
    for role in ("base", "small", "full"):
        assert means[role] == 100 * (evidence.number("judge", "models", role, "total") or 0) / 15
    ends = [list(line.get_xdata()) for line in axes.lines if len(list(line.get_xdata())) == 2]  # type: ignore[arg-type]
    assert ends[::2] == [pytest.approx([(total - 0.48) / 0.15, (total + 0.48) / 0.15]) for total in (3.1, 8.9, 11.6)]
    assert [text.get_text() for text in axes.texts] == ["20.7%", "59.3%", "77.3%"]


def test_win_rates(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against rates beside the wrong pair, and intervals of another rate."""
    from matplotlib.collections import LineCollection

    axes = draw("win_rates", evidence, wording)
    assert axes.get_xlabel() == "percent of the test rows, with 95% intervals"
    assert legend(axes) == ["wins", "ties", "losses"]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["full\nagainst base", "full\nagainst small", "small\nagainst base"]
    assert heights(axes)["wins"] == [74.5, 41.0, 70.0]
    whiskers = next(artist for artist in axes.collections if isinstance(artist, LineCollection))
    ends = [[round(float(x), 1) for x, _ in segment] for segment in whiskers.get_segments()]
    assert ends == [[68.5, 80.5], [35.0, 47.0], [64.0, 76.0]]


def test_rejection_reasons(draw: Draw, evidence: Evidence, wording: Wording) -> None:
    """Guards against a rule that rejected something and isn't shown."""
    axes = draw("rejection_reasons", evidence, wording)
    assert axes.get_xlabel() == "examples (count)"
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:3] == ["near duplicate", "too short", "after the cutoff"]
    assert "not in the pages" not in labels  # it rejected nothing
    assert heights(axes) == {"synthetic": [41, 14, 31, 25, 12, 2], "general": [14, 30, 0, 0, 0, 0]}
    assert [text.get_text() for text in axes.texts] == ["55", "44", "31", "25", "12", "2"]


def test_pictures_speak_portuguese(draw: Draw, evidence: Evidence) -> None:
    """Guards against labels outside the catalogue."""
    axes = draw("win_rates", evidence, Wording("pt"))
    assert axes.get_title(loc="left") == "Vitórias, empates e derrotas"
    assert axes.texts[0].get_text() == "74,5%"


def test_models_are_told_apart_in_grey() -> None:
    """Guards against a printed picture in which two models look the same."""

    def lightness(color: str) -> float:
        """CIE L* of an sRGB colour (IEC 61966-2-1)."""
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return float(116 * luminance ** (1 / 3) - 16)

    base, small, full = (lightness(MODEL_COLORS[role]) for role in ("base", "small", "full"))
    assert base - small > 10 and small - full > 10
    assert len({HATCHES[role] for role in MODEL_COLORS}) == 3


def test_the_same_numbers_give_the_same_bytes(evidence: Evidence, wording: Wording, tmp_path: Path) -> None:
    """Guards against pictures that change in Git without a change of the run."""
    for folder in ("first", "second"):
        draw_charts(evidence, wording, tmp_path / folder)
    files = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert files == sorted(f"{name}.{kind}" for name in CHARTS for kind in ("png", "svg"))
    for name in files:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name
    described = (tmp_path / "first/win_rates.svg").read_text()
    assert "<dc:date>" not in described and re.search(r"<text[^>]*>wins</text>", described)


def test_a_run_without_numbers_has_pictures_that_say_so(evidence: Evidence, wording: Wording, tmp_path: Path) -> None:
    """Guards against a report that stops at an empty picture."""
    nothing = replace(evidence, metrics={}, rows=(), curves={"full": [], "small": []})
    draw_charts(nothing, wording, tmp_path)
    for name in CHARTS:
        assert "nothing to show" in (tmp_path / f"{name}.svg").read_text(), name


def test_without_rejections_the_picture_says_so(evidence: Evidence, wording: Wording, tmp_path: Path) -> None:
    """Guards against "nothing to show" where there is something to know: no example was rejected."""
    curate = {**evidence.metrics["curate"], "reasons": {}}
    split = {**evidence.metrics["split"], "general_reasons": {}}
    kept_all = replace(evidence, metrics={**evidence.metrics, "curate": curate, "split": split})
    draw_charts(kept_all, wording, tmp_path)
    assert "no example was rejected" in (tmp_path / "rejection_reasons.svg").read_text()
