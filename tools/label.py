"""`wikitune label`: writes the page on which a person says which of two answers is better, and sees no names.

The page names a comparison only by a token. Only someone who has the answers can find out which models it means
(stages/judges/labels/choices.py, which also reads the file that the page downloads).
"""

import hashlib
import random
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_jsonl, read_text, write_text
from stages.common.params import load_params
from stages.common.records import Answers
from stages.common.templates import csp_hash, load_templates
from stages.judges.labels.choices import Comparison

LABEL_PAGE = Path("reports/label.html")
TEMPLATES = Path(__file__).parent / "label_page"


def write_label_page(count: int) -> None:
    """Writes the page with `count` of the comparisons, and prints its path."""
    from stages import judge

    params = load_params("judge", judge.Params)
    comparisons = draw_comparisons(read_jsonl(judge.ANSWERS, Answers), params.pairs, count, params.seed)
    write_text(LABEL_PAGE, render_label_page(comparisons, params.shown_characters))
    print(f"{LABEL_PAGE}: {count} comparisons; open it in a browser, and put what it downloads into {params.labels}")


def draw_comparisons(rows: Sequence[Answers], pairs: Sequence[str], count: int, seed: int) -> list[Comparison]:
    """`count` comparisons in random order, equally many of each pair of models; which model is A is random as well.

    Two answers with the same words are never compared: there is nothing to choose. A larger `count` with the same seed
    includes the comparisons of a smaller one, so people who label different numbers of them share some. Raises
    StageError if there are fewer than `count`.
    """
    rng = random.Random(seed)
    by_pair = [_shuffled(rows, pair, rng) for pair in pairs]
    in_turn = [comparison for comparison in chain.from_iterable(zip_longest(*by_pair)) if comparison is not None]
    if not 1 <= count <= len(in_turn):
        raise StageError(
            f"label {count}: {len(rows)} test rows and the pairs {', '.join(pairs)} give {len(in_turn)} comparisons "
            f"of different answers; choose a number from 1 to {len(in_turn)}"
        )
    drawn = in_turn[:count]
    rng.shuffle(drawn)
    return drawn


def _shuffled(rows: Sequence[Answers], pair: str, rng: random.Random) -> list[Comparison]:
    comparisons = [Comparison(row, pair, swapped=rng.random() < 0.5) for row in rows]
    rng.shuffle(comparisons)
    return [comparison for comparison in comparisons if comparison.texts[0].split() != comparison.texts[1].split()]


def render_label_page(comparisons: Sequence[Comparison], shown_characters: int) -> str:
    """One HTML file that needs no other file and no network. Longer answers are cut after `shown_characters`.

    All texts are escaped, and the page's content security policy lets only its own script run.
    """
    script = read_text(TEMPLATES / "page.js")
    template = load_templates(TEMPLATES).get_template("page.html.j2")
    page: str = template.render(
        comparisons=comparisons,
        shown_characters=shown_characters,
        page_id=hashlib.sha256("".join(comparison.token for comparison in comparisons).encode()).hexdigest()[:16],
        script=script,
        script_hash=csp_hash(script),
        style=read_text(TEMPLATES / "page.css"),
    )
    return page
