"""data.html: the data, looked through. Every example with what became of it, the rules, and how diverse the data is."""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.common.files import read_text, write_text
from stages.common.records import Example
from stages.reporting.data_charts import data_charts
from stages.reporting.evidence import Evidence
from stages.reporting.example_rows import SPLIT_SIDES, ExampleFate, ExampleFates
from stages.reporting.explorer import is_web_address, script_json
from stages.reporting.pages import inline_picture, page_frame, page_templates
from stages.reporting.tables import rejection_table
from stages.reporting.what_if import WhatIf, try_thresholds
from stages.reporting.wording import Wording

# Together one module, in this order.
SCRIPTS = ("elements", "unpack", "examples", "example_row", "list", "browse", "rule_links", "sideways")
BY_SCORE = ("too_easy", "too_hard")  # rules that are listed only with scores or rejections
LENGTHS = ("min", "median", "p95", "max")
PACKING = 6  # of gzip, 1 to 9: more takes longer and saves little


@dataclass(frozen=True)
class RuleFacts:
    """A rule, how many it rejected, and what other thresholds would do."""

    name: str
    rejected: Mapping[str, int]  # synthetic, general
    what_if: Sequence[WhatIf]

    @property
    def total(self) -> int:
        return sum(self.rejected.values())


def write_data_page(fates: ExampleFates, evidence: Evidence, wording: Wording, plots: Path, path: Path) -> None:
    """Writes data.html: one file that contains everything, including its charts of the folder `plots`."""
    shown = script_json(
        {
            "texts": wording.section("explorer") | wording.section("examples"),
            "language": wording.language,
            "kinds": wording.section("kinds"),
            "reasons": wording.section("reasons"),
        }
    )
    context = page_frame(SCRIPTS, wording) | {
        "data": shown,
        "examples": pack_examples(fates),
        "overview": describe_overview(fates, evidence, wording),
        "facts": count_facts(fates, evidence, wording),
        "rules": list(read_rules(fates, evidence)),
        "diversity": evidence.table("diversity"),
        "lengths": LENGTHS,
        "has_scores": any(row.score for row in fates.rows),
        "pictures": {
            name: inline_picture(read_text(plots / f"{name}.svg"), name, wording.text(f"data.alt_{name}"))
            for name in data_charts(fates)
        },
    }
    write_text(path, page_templates(wording).get_template("page/examples_page.html.j2").render(context))


def describe_overview(fates: ExampleFates, evidence: Evidence, wording: Wording) -> list[str]:
    """What the page has, in sentences."""
    read, kept, rejected = (evidence.number("curate", name) for name in ("read", "kept", "rejected"))
    sentences = [
        wording.text("data.unknown")
        if read is None or kept is None or rejected is None
        else wording.text(
            "data.lead", read=wording.integer(read), kept=wording.integer(kept), rejected=wording.integer(rejected)
        )
    ]
    drawn, not_drawn = (evidence.number("split", f"general_{name}") for name in ("drawn", "not_drawn"))
    if drawn is not None and not_drawn is not None:
        sentences.append(
            wording.text("data.general", drawn=wording.integer(drawn), not_drawn=wording.integer(not_drawn))
        )
    if fates.is_sample:
        shown, total = wording.integer(len(fates.rows)), wording.integer(fates.total)
        sentences.append(wording.text("data.sample", shown=shown, total=total))
    return sentences


def count_facts(fates: ExampleFates, evidence: Evidence, wording: Wording) -> dict[str, str]:
    """Figures, by keys of the catalogue; only those that are known."""
    counts = {
        "kept": evidence.number("curate", "kept"),
        "rejected": evidence.number("curate", "rejected"),
        "distinct": evidence.number("diversity", "distinct_instructions"),
        "shown": len(fates.rows),
        "pages": len({_page_of(row)[:2] for row in fates.rows} - {("", "")}),
    }
    return {name: wording.integer(count) for name, count in counts.items() if count is not None}


def read_rules(fates: ExampleFates, evidence: Evidence) -> list[RuleFacts]:
    """All rules in the order of curation, with what else was a reason after them."""
    table = rejection_table(evidence).set_index("reason")
    scored = any(row.score for row in fates.rows)
    names = [*table.index, *(name for name in BY_SCORE if scored and name not in table.index)]
    # A random split takes general tasks as they are: no threshold has been applied to them.
    curated = evidence.params.get("split", {}).get("decontaminate", True)
    kept = [row for row in fates.rows if not row.reason and (curated or _source(row) == "synthetic")]
    found = []
    for name in names:
        mine = [row for row in fates.rows if row.reason == name]
        counts = {kind: int(table.loc[name, kind]) if name in table.index else 0 for kind in ("synthetic", "general")}
        what_if = list(try_thresholds(name, [*kept, *mine], evidence.params.get("curate", {})))
        found.append(RuleFacts(name, counts, what_if))
    return found


def pack_examples(fates: ExampleFates) -> str:
    """The examples for the page's script: JSON as gzip as base64. What many have in common is stored once.

    The same examples give the same text.
    """
    pools: dict[str, dict[Any, int]] = {name: {} for name in ("kinds", "pages", "teachers", "reasons")}

    def place(pool: str, value: object) -> int:
        return pools[pool].setdefault(value, len(pools[pool]))

    rows = []
    for row in fates.rows:
        example = row.example
        if isinstance(example, Example):
            model = example.teacher.model
            teacher = f"{example.teacher.name} ({model})" if model else example.teacher.name
            texts, kind = [example.id, example.instruction, example.input, example.output], example.kind
        else:  # a row that is not an example: where it is, and its beginning
            texts, kind, teacher = [example.place, example.text, "", ""], "", ""
        score = row.score
        rows.append(
            [
                *texts,
                place("kinds", kind),
                place("pages", _page_of(row)),
                place("teachers", teacher),
                place("reasons", row.reason),
                row.evidence,
                ("", *SPLIT_SIDES).index(row.side),
                int(row.in_small),
                round(score.difficulty, 4) if score else None,
                round(score.perplexity, 4) if score else None,
            ]
        )
    packed = {name: list(pool) for name, pool in pools.items()} | {"rows": rows}
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), PACKING, mtime=0)).decode()


def _source(row: ExampleFate) -> str:
    return row.example.source.kind if isinstance(row.example, Example) else ""


def _page_of(row: ExampleFate) -> tuple[str, str, str, bool, str]:
    """Title, revision, address, whether the address may be a link, and the kind of source."""
    if not isinstance(row.example, Example):
        return "", "", "", False, ""
    source = row.example.source
    url = source.url or ""
    return source.title or "", str(source.revision_id or ""), url, is_web_address(url), source.kind
