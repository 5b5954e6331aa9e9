"""The cards in their places: one beside the curated set, one in each checkpoint's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.errors import StageError
from stages.common.files import read_jsonl, write_jsonl, write_text
from stages.common.records import ROLES, Example, Page
from stages.reporting.cards.attribution import attribute
from stages.reporting.cards.data_card import FILES, data_card
from stages.reporting.cards.digests import sha256
from stages.reporting.cards.model_card import model_card

if TYPE_CHECKING:
    from jinja2 import Environment

CARD = "README.md"
NEEDED = ("extract", "curate", "split", "base", "train_full", "train_small")  # metrics; the judge's may be missing
TEMPLATES = Path(__file__).parent / "templates"


def write_cards(data: Path, metrics: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """`metrics` are by stage, `params` by section. A card names the SHA-256 of what it describes, so that a card and
    files that don't belong together are seen. Raises StageError where what it has to say is missing."""
    if lacking := [name for name in NEEDED if not metrics.get(name)]:
        raise StageError(
            f"the cards need reports/metrics/{lacking[0]}.json, which is missing or empty; run `dvc repro`"
        )
    curated = read_jsonl(data / "curated.jsonl", Example)
    attributions = attribute(curated, read_jsonl(data / "pages.jsonl", Page))
    digests = {name: sha256(data / name) for name in FILES}
    templates = environment()
    write_jsonl(data / "attribution.jsonl", attributions)
    text = data_card(templates.get_template("data.md.j2"), curated, attributions, digests, metrics, params)
    write_text(data / CARD, text)
    for role in ROLES:
        folder = data / "checkpoints" / role
        weights = sha256(folder / "model.safetensors")
        text = model_card(templates.get_template("model.md.j2"), role, weights, digests, metrics, params)
        write_text(folder / CARD, text)


def environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from stages.reporting.pages import markdown_text

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["markdown"] = markdown_text
    templates.filters["thousands"] = lambda number: f"{number:,}"
    return templates
