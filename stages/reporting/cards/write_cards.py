"""Writes the cards of the data set and the models, and the attributions of the pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.errors import StageError
from stages.common.files import read_jsonl, sha256_of_file, write_jsonl, write_text
from stages.common.records import ROLES, Example, Page
from stages.common.templates import load_templates, markdown_text
from stages.reporting.cards.data_card import FILES, attribute_pages, render_data_card
from stages.reporting.cards.model_card import render_model_card

if TYPE_CHECKING:
    from jinja2 import Environment

CARDS = Path("cards")  # below reports/: data.md, and base.md, small.md and full.md
NEEDED = ("extract", "curate", "split", "base", "train_full", "train_small")  # metrics; the judge's may be missing
TEMPLATES = Path(__file__).parent / "templates"


def write_cards(data: Path, reports: Path, metrics: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Writes `reports`/cards/ and `data`/attribution.jsonl; `metrics` are by stage, `params` by section.

    A card names the SHA-256 of the files that it describes, so that one that describes other files is noticed. Raises
    StageError if metrics or files that the cards need are missing.
    """
    if missing := [name for name in NEEDED if not metrics.get(name)]:
        raise StageError(
            f"the cards need reports/metrics/{missing[0]}.json, which is missing or empty; run `dvc repro`"
        )
    curated = read_jsonl(data / "curated.jsonl", Example)
    attributions = attribute_pages(curated, read_jsonl(data / "pages.jsonl", Page))
    write_jsonl(data / "attribution.jsonl", attributions)
    digests = {name: sha256_of_file(data / name) for name in FILES}
    templates = _templates()
    template = templates.get_template("data.md.j2")
    card = render_data_card(template, curated, attributions, digests, metrics, params)
    write_text(reports / CARDS / "data.md", card)
    template = templates.get_template("model.md.j2")
    for role in ROLES:
        weights = sha256_of_file(data / "checkpoints" / role / "model.safetensors")
        card = render_model_card(template, role, weights, digests, metrics, params)
        write_text(reports / CARDS / f"{role}.md", card)


def _templates() -> "Environment":
    templates = load_templates(TEMPLATES)
    templates.keep_trailing_newline = True
    templates.filters["markdown"] = markdown_text
    templates.filters["thousands"] = lambda number: f"{number:,}"
    return templates
