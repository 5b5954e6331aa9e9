"""The story of one example: what each rule says about it, in order, and about which other example."""

import re
from collections.abc import Mapping, Sequence

from stages.common.records import Example, Rejection
from stages.curation.rules import ORDER, RULES, Case, Thresholds, apply_rules, curate
from tools.sample import as_text


def story(id: str, examples: Sequence[Example], limits: Thresholds, pages: Mapping[str, str]) -> str:
    """As lines to read; `examples` are the whole set, one of which has the id."""
    example = next(one for one in examples if one.id == id)
    curation = curate(examples, limits, pages)
    rejections = [one for one in curation.rejected if one.example == example]
    copies = sum(one.id == id for one in examples)
    said: dict[str, str | None] = dict(apply_rules(Case(example, limits, pages.get(example.source.title or ""))))
    lines = [f"{id} {as_text(example)}", f"   page: {example.source.url or 'none'}"]
    lines += [f"   stands {copies} times in the set; the story is that of the last"] if copies > 1 else []
    last = rejections[-1] if rejections else None
    lines += [f"  {name:21} {_said(name, said, last)}" for name in ORDER]
    lines.append("kept" if last is None else f"rejected: {last.reason}")
    if last is not None:
        named = set(re.findall(r"\b[0-9a-f]{16}\b", last.evidence)) - {id}
        lines += [f"the other: {one.id} {as_text(one)}" for one in examples if one.id in named]
    return "\n".join(lines)


def _said(name: str, said: Mapping[str, str | None], rejection: Rejection | None) -> str:
    """What a rule says; one that compares isn't asked about an example that another rule rejected before."""
    if name in said:
        return said[name] or "-"
    if rejection is not None and rejection.reason == name:
        return rejection.evidence
    before = rejection is not None and (rejection.reason in RULES or ORDER.index(rejection.reason) < ORDER.index(name))
    return "not asked" if before else "-"
