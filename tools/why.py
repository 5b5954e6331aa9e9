"""`wikitune why`: what each rule of curation says about one example, and why a row was rejected."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stages import curate
from stages.common.errors import StageError
from stages.common.files import iter_jsonl
from stages.common.harmless import harmless
from stages.common.params import load_params
from stages.common.records import Example, RawRow, Rejection
from stages.curation.rules import ORDER, RULES, Case, Thresholds, apply_rules, curate as curate_examples
from stages.split import REJECTED as GENERAL_REJECTED
from tools.sample import format_example


def print_story(id: str) -> None:
    """Prints what each rule says about a synthetic example. `id` can also name a general example that `split` rejected,
    or a row that is not an example, by its place (FILE:LINE or FILE[INDEX]): for these only the reason is printed.

    Raises StageError if there is neither.
    """
    params = load_params("curate", curate.Params)
    examples, malformed, _ = curate.read_synthetic()
    if id not in {example.id for example in examples}:
        print(harmless(rejection_text(id, [*malformed, *_rejections_of_split()])))
        return
    print(harmless(story(id, examples, params, curate.page_texts())))
    sifted = params.min_ifd is not None or params.max_ifd is not None
    if (sifted or params.auditor != "none") and curate.REJECTED.exists():
        for rejection in iter_jsonl(curate.REJECTED, Rejection):
            example = rejection.example
            if isinstance(example, Example) and example.id == id and rejection.reason not in ORDER:
                print(harmless(f"then {rejection.reason}: {rejection.evidence}"))


def _rejections_of_split() -> Iterable[Rejection]:
    """The general examples that `split` rejected; none before it has run, or if it rejected none."""
    if GENERAL_REJECTED.exists() and GENERAL_REJECTED.stat().st_size > 0:
        return iter_jsonl(GENERAL_REJECTED, Rejection)
    return ()


def rejection_text(id: str, rejections: Iterable[Rejection]) -> str:
    """The rejected example or row, and the reason. Raises StageError if none of the rejections is about `id`."""
    for rejection in rejections:
        example = rejection.example
        if isinstance(example, RawRow) and example.place == id:
            return f"{id} {example.text}\nrejected: {rejection.reason}: {rejection.evidence}"
        if isinstance(example, Example) and example.id == id:
            return f"{id} {format_example(example)}\nrejected by split: {rejection.reason}: {rejection.evidence}"
    raise StageError(
        f"{curate.SYNTHETIC} holds no example with the id {id!r}, and split rejected no general one; an id has 16 "
        f"hexadecimal digits, and a row that is no example is known by its place, such as {curate.SYNTHETIC}:1"
    )


def story(id: str, examples: Sequence[Example], limits: Thresholds, pages: Mapping[str, str]) -> str:
    """What each rule says about the example with this id, as lines to read.

    `examples` is the whole set, because some rules compare; `pages` has the texts of the pages by title.
    """
    return "\n".join(_story_lines(id, examples, limits, pages))


def _story_lines(id: str, examples: Sequence[Example], limits: Thresholds, pages: Mapping[str, str]) -> Iterator[str]:
    copies = [example for example in examples if example.id == id]
    example = copies[0]
    yield f"{id} {format_example(example)}"
    yield f"   page: {example.source.url or 'none'}"
    if len(copies) > 1:
        yield f"   is {len(copies)} times in the set; the story is that of the last copy"
    rejected = curate_examples(examples, limits, pages).rejected
    rejection = next((rejection for rejection in reversed(rejected) if rejection.example == example), None)
    evidence = dict(apply_rules(Case(example, limits, pages.get(example.source.title or ""))))
    for name in ORDER:
        yield f"  {name:21} {_statement(name, evidence, rejection)}"
    if rejection is None:
        yield "kept"
        return
    yield f"rejected: {rejection.reason}"
    named = set(re.findall(r"\b[0-9a-f]{16}\b", rejection.evidence)) - {id}
    for counterpart in examples:
        if counterpart.id in named:
            yield f"the other: {counterpart.id} {format_example(counterpart)}"


def _statement(rule: str, evidence: Mapping[str, str | None], rejection: Rejection | None) -> str:
    """What a rule says: its evidence against the example, or "-".

    `evidence` has the rules about a single example. The rules that compare examples are not asked about an example that
    an earlier rule has rejected.
    """
    if rule in evidence:
        return evidence[rule] or "-"
    if rejection is None:
        return "-"
    if rejection.reason == rule:
        return rejection.evidence
    earlier = rejection.reason in RULES or ORDER.index(rejection.reason) < ORDER.index(rule)
    return "not asked" if earlier else "-"
