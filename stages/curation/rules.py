"""All rules over a set of examples, in their order: the first that speaks against an example is its reason.

Rules about an example alone come first, on all cores where there are many examples; then those that compare. An
example that is rejected is nobody's twin.
"""

import gc
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple

from tqdm import tqdm

from stages.common.records import Example, Rejection
from stages.curation.after_cutoff import after_cutoff
from stages.curation.answer_in_input import answer_in_input
from stages.curation.answer_in_instruction import answer_in_instruction
from stages.curation.content import Content, read_content, words_of
from stages.curation.contradicts_input import contradicts_input
from stages.curation.input_missing import input_missing
from stages.curation.input_unused import input_unused
from stages.curation.malformed import malformed
from stages.curation.not_english import not_english
from stages.curation.personal_data import personal_data
from stages.curation.placeholder import placeholder
from stages.curation.sets import Finding, compare
from stages.curation.thresholds import Thresholds
from stages.curation.too_long import too_long
from stages.curation.too_short import too_short
from stages.curation.unsupported import unsupported

Paged = tuple[Example, str | None]  # an example and the text of its page, where that is known


class Case(NamedTuple):
    """What a rule about an example alone may look at."""

    example: Example
    limits: Thresholds
    page: str | None


# The rules about an example alone, in their order: evidence against it, or None.
RULES: dict[str, Callable[[Case], str | None]] = {
    "malformed": lambda case: malformed(case.example),
    "placeholder": lambda case: placeholder(case.example),
    "too_short": lambda case: too_short(case.example, case.limits.min_task_words, case.limits.min_open_words),
    "too_long": lambda case: too_long(
        case.example,
        case.limits.max_instruction_words,
        case.limits.max_passage_words,
        case.limits.max_output_words,
        case.limits.max_word_length,
    ),
    "not_english": lambda case: not_english(case.example, case.limits.max_foreign),
    "personal_data": lambda case: personal_data(case.example),
    "after_cutoff": lambda case: after_cutoff(case.example, case.limits.cutoff),
    "input_missing": lambda case: input_missing(case.example),
    "answer_in_input": lambda case: answer_in_input(case.example, case.limits.max_input_words),
    "contradicts_input": lambda case: contradicts_input(case.example, case.limits.max_input_words),
    "input_unused": lambda case: input_unused(case.example),
    "answer_in_instruction": lambda case: answer_in_instruction(case.example),
    "unsupported": lambda case: None if case.page is None else unsupported(case.example, case.page),
}
ORDER = (*RULES, "conflicting_answer", "exact_duplicate", "near_duplicate")

_CHUNK = 500  # examples that a process takes at a time
_WORTH_A_PROCESS = 4000  # examples; with fewer, starting one takes longer than it saves


@dataclass(frozen=True)
class Curation:
    """Every example is in exactly one of the two, in the order of the input."""

    kept: list[Example]
    rejected: list[Rejection]
    contents: list[Content] = field(default_factory=list, compare=False, repr=False)  # of the kept ones, where read


def curate(
    examples: Sequence[Example], limits: Thresholds, pages: Mapping[str, str], processes: int | None = None
) -> Curation:
    """`pages` has the texts of pages by title; `processes` is a number, or None for as many as are worth it."""
    paged = [(example, pages.get(example.source.title or "")) for example in examples]
    texts = {example.id: page for example, page in paged if page is not None}
    if processes is None:
        processes = max(1, min(os.cpu_count() or 1, len(paged) // _WORTH_A_PROCESS))
    bar = tqdm(_alone(paged, limits, processes), total=len(paged), unit="example", desc="rules", disable=None)
    found: list[Content | Finding] = list(bar)
    good = [(place, content) for place, content in enumerate(found) if isinstance(content, Content)]
    pairs = [(examples[place], content) for place, content in good]
    compared = compare(pairs, limits.min_similarity, partial(_supported, texts))
    for (place, content), finding in zip(good, compared, strict=True):
        found[place] = finding or content
    kept, rejected, contents = [], [], []
    for example, result in zip(examples, found, strict=True):
        if isinstance(result, tuple):
            rejected.append(Rejection(example=example, reason=result[0], evidence=result[1]))
        else:
            kept.append(example)
            contents.append(result)
    return Curation(kept, rejected, contents)


def alone(case: Case) -> Iterator[tuple[str, str | None]]:
    """The name of each rule about an example alone, and its evidence; a rule runs when its turn comes."""
    return ((name, rule(case)) for name, rule in RULES.items())


def _alone(paged: Sequence[Paged], limits: Thresholds, processes: int) -> Iterator[Content | Finding]:
    """Each example's content, or what speaks against it, in order."""
    chunks = [paged[start : start + _CHUNK] for start in range(0, len(paged), _CHUNK)]
    if processes == 1:
        for chunk in chunks:
            yield from _read_chunk(chunk, limits)
        return
    spawned = get_context("spawn")  # this process may have threads
    with ProcessPoolExecutor(processes, spawned, initializer=gc.disable) as pool:
        for read in pool.map(partial(_read_chunk, limits=limits), chunks):
            yield from read


def _read_chunk(chunk: Sequence[Paged], limits: Thresholds) -> list[Content | Finding]:
    return [_first(Case(example, limits, page)) or read_content(example) for example, page in chunk]


def _first(case: Case) -> Finding | None:
    return next(((name, evidence) for name, evidence in alone(case) if evidence is not None), None)


def _supported(texts: Mapping[str, str], example: Example) -> bool:
    """Whether all that the answer adds to its question stands on the page."""
    page = texts.get(example.id)
    return page is not None and read_content(example).added <= words_of(page)
