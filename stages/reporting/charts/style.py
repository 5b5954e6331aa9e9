"""One style for all pictures: readable in grey and by colour-blind readers, the same bytes for the same numbers.

The three models go from light to dark in grey, and differ in lines, markers and hatches. The page replaces exactly
these colours by its own (`page.css`), so that the pictures follow it from light to dark.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, INK, SOFT, LINE = "#ffffff", "#1b2027", "#5a626e", "#e2e5ea"
MODELS = {"base": "#b7bdc6", "small": "#45a0d6", "full": "#0b5a8f"}
OUTCOMES = {"win": "#1b7f79", "tie": "#d3d8df", "loss": "#dd7430"}  # blue-green and orange: safe (Okabe and Ito, 2008)
HATCHES = {"base": "////", "small": "\\\\\\\\", "full": "", "win": "", "tie": "", "loss": "////"}
REJECTED = OUTCOMES["loss"]
LINES = {"base": ":", "small": "--", "full": "-"}

SIZE = (5.4, 3.5)  # inches: small, so that the words are still read on a phone
DPI = 200

STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.figsize": SIZE,
    "font.size": 10,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "hatch.color": PAPER,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",  # text stays text: searchable, and read by screen readers
    "svg.hashsalt": "wikitune",  # else every run names the parts anew
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def add_legend(axes: "Axes", columns: int, **look: float) -> None:
    """Below the picture, where it covers nothing."""
    axes.legend(ncols=columns, loc="upper center", bbox_to_anchor=(0.45, -0.17), columnspacing=1.4, **look)
