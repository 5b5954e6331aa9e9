"""How commands print a table: in aligned columns."""

from collections.abc import Sequence
from itertools import zip_longest

from stages.common.harmless import harmless


def format_table(rows: Sequence[Sequence[str]], alignment: str) -> str:
    """The rows as aligned columns, two spaces apart. `alignment` has a `<` (left) or `>` (right) for each column.

    A cell of several lines makes its row several lines high. Control characters are shown as their escapes. The last
    line has no line break after it.
    """
    lines = [line for row in rows for line in zip_longest(*(harmless(cell).split("\n") for cell in row), fillvalue="")]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, alignment, widths, strict=True)).rstrip()
        for line in lines
    )
