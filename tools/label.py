"""The page on which a person says which of two answers is better, without knowing whose they are."""

import hashlib
import random
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text
from stages.common.records import Answers
from stages.common.templates import csp_hash, load_templates
from stages.judges.labels.choices import Comparison

FOLDER = Path(__file__).parent / "label_page"


def draw(rows: Sequence[Answers], pairs: Sequence[str], count: int, seed: int) -> list[Comparison]:
    """`count` comparisons, as many of each pair as of the others, in random order; which model is A is random, too.

    Two answers with the same words are not drawn: there is nothing to choose. A larger `count` adds comparisons to
    those of a smaller one, so that people who make different numbers of them can be compared. Raises
    StageError where there are fewer than `count`.
    """
    rng = random.Random(seed)
    by_pair = [_shuffled(rows, pair, rng) for pair in pairs]
    turns = [one for one in chain.from_iterable(zip_longest(*by_pair)) if one is not None]
    if not 1 <= count <= len(turns):
        raise StageError(
            f"--label {count}: {len(rows)} test rows and the pairs {', '.join(pairs)} give {len(turns)} comparisons "
            f"of different answers; choose a number from 1 to {len(turns)}"
        )
    drawn = turns[:count]
    rng.shuffle(drawn)
    return drawn


def _shuffled(rows: Sequence[Answers], pair: str, rng: random.Random) -> list[Comparison]:
    comparisons = [Comparison(row, pair, swapped=rng.random() < 0.5) for row in rows]
    rng.shuffle(comparisons)
    return [one for one in comparisons if one.texts[0].split() != one.texts[1].split()]


def render(comparisons: Sequence[Comparison], shown_characters: int) -> str:
    """One HTML file that needs no other and no network. Longer answers are cut after `shown_characters`.

    All texts are escaped, and the page's policy lets no script run but its own.
    """
    script = read_text(FOLDER / "page.js")
    page: str = (
        load_templates(FOLDER)
        .get_template("page.html.j2")
        .render(
            comparisons=comparisons,
            shown_characters=shown_characters,
            page_id=hashlib.sha256("".join(one.token for one in comparisons).encode()).hexdigest()[:16],
            script=script,
            script_hash=csp_hash(script),
            style=read_text(FOLDER / "page.css"),
        )
    )
    return page
