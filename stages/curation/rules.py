"""All rules, applied to a set of examples in a fixed order: the first rule that objects to an example is its reason.

Rules about a single example come first, on all cores if there are many examples. Then come the rules that compare
examples. They don't look at rejected examples: a bad example never rejects a good one that resembles it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple

from pydantic import ConfigDict, field_validator

from stages.common.params import Fraction, Positive, SectionModel
from stages.common.processes import map_chunks
from stages.common.records import Example, Rejection
from stages.curation.after_cutoff import after_cutoff
from stages.curation.answer_in_input import answer_in_input
from stages.curation.answer_in_instruction import answer_in_instruction
from stages.curation.broken_escapes import broken_escapes
from stages.curation.conflicting_answer import conflicting_answer
from stages.curation.content import Content, read_content, word_forms
from stages.curation.contradicts_input import contradicts_input
from stages.curation.cut_off import cut_off
from stages.curation.echo import echo
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.input_missing import input_missing
from stages.curation.input_unused import input_unused
from stages.curation.lengths import too_long, too_short
from stages.curation.malformed import malformed
from stages.curation.near_duplicate import candidates, near_duplicate
from stages.curation.no_task import no_task
from stages.curation.not_english import not_english
from stages.curation.personal_data import personal_data
from stages.curation.placeholder import placeholder
from stages.curation.repetition import repetition
from stages.curation.unsupported import unsupported
from stages.english.normal_form import normal_characters, normal_form

Paged = tuple[Example, str | None]  # an example, and the text of its page if that is known
Pair = tuple[Example, Content]
Finding = tuple[str, str]  # reason and evidence


class Thresholds(SectionModel):
    """The thresholds of the rules: the keys of section `curate` of params.yaml that apply to any set of examples."""

    model_config = ConfigDict(extra="ignore")  # the section also has the auditor's keys, which the stage checks

    cutoff: date  # facts after this day are rejected
    min_task_words: Positive  # of instruction and input together
    min_open_words: Positive  # of the answer to a task such as explaining or describing
    max_instruction_words: Positive
    max_passage_words: Positive  # of the input
    max_output_words: Positive
    max_word_length: Positive  # characters
    max_foreign: Fraction  # probability of a language other than English
    max_input_words: Positive  # a longer input is a text to work on
    min_similarity: Fraction  # share of the content words that near-duplicates have in common

    @field_validator("cutoff", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("must be a date such as 2022-12-31") from None


class Case(NamedTuple):
    """What a rule about a single example may look at."""

    example: Example
    limits: Thresholds
    page: str | None  # the text of the example's page


# The rules about a single example, in order. Each returns the evidence against it, or None.
RULES: dict[str, Callable[[Case], str | None]] = {
    "malformed": lambda case: malformed(case.example),
    "broken_escapes": lambda case: broken_escapes(case.example),
    "no_task": lambda case: no_task(case.example),
    "placeholder": lambda case: placeholder(case.example),
    "repetition": lambda case: repetition(case.example),
    "cut_off": lambda case: cut_off(case.example),
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
    "echo": lambda case: echo(case.example),
    "answer_in_input": lambda case: answer_in_input(case.example, case.limits.max_input_words),
    "contradicts_input": lambda case: contradicts_input(case.example, case.limits.max_input_words),
    "input_unused": lambda case: input_unused(case.example),
    "answer_in_instruction": lambda case: answer_in_instruction(case.example),
    "unsupported": lambda case: None if case.page is None else unsupported(case.example, case.page),
}
_AS_WRITTEN = frozenset({"malformed", "placeholder"})  # they look at characters; the others at normal characters
ORDER = (*RULES, "conflicting_answer", "exact_duplicate", "near_duplicate")


@dataclass(frozen=True)
class Curation:
    """Every example is in exactly one of the two lists, in the order of the input."""

    kept: list[Example]
    rejected: list[Rejection]
    contents: list[Content] = field(default_factory=list, compare=False, repr=False)  # of the kept examples


def curate(
    examples: Sequence[Example], limits: Thresholds, pages: Mapping[str, str], processes: int | None = None
) -> Curation:
    """Applies all rules. `pages` has the texts of pages by title. `processes` None means as many as are worth it."""
    by_title = {normal_form(title): text for title, text in pages.items()} | dict(pages)
    paged = [(example, page_of(example, by_title)) for example in examples]
    results = list(map_chunks(partial(judge_singly, limits=limits), paged, "rules", processes))
    good = [(place, content) for place, content in enumerate(results) if isinstance(content, Content)]
    pairs = [(examples[place], content) for place, content in good]
    compared = compare_examples(pairs, limits.min_similarity, partial(is_supported, by_title))
    for (place, content), finding in zip(good, compared, strict=True):
        results[place] = finding or content
    kept, rejected, contents = [], [], []
    for example, result in zip(examples, results, strict=True):
        if isinstance(result, tuple):
            rejected.append(Rejection(example=example, reason=result[0], evidence=result[1]))
        else:
            kept.append(example)
            contents.append(result)
    return Curation(kept, rejected, contents)


def page_of(example: Example, by_title: Mapping[str, str]) -> str | None:
    """The text of its page, if that is known: under the very title, or else under its normal form."""
    title = example.source.title
    return None if title is None else by_title.get(title, by_title.get(normal_form(title)))


def apply_rules(case: Case) -> Iterator[tuple[str, str | None]]:
    """The name and the evidence of each rule about a single example. Each rule runs only when its turn comes."""
    normal = case._replace(example=_in_normal_characters(case.example))
    return ((name, rule(case if name in _AS_WRITTEN else normal)) for name, rule in RULES.items())


def _in_normal_characters(example: Example) -> Example:
    texts = {key: getattr(example, key) for key in ("instruction", "input", "output")}
    if all(map(str.isascii, texts.values())):
        return example
    return example.model_copy(update={key: normal_characters(text) for key, text in texts.items()})


def judge_singly(chunk: Sequence[Paged], limits: Thresholds) -> list[Content | Finding]:
    """The content of each example, or the first finding against it, in order.

    This goes rule by rule, not example by example: the patterns of one rule fit into the processor's cache, those of
    all rules don't, and fetching them anew for each example takes a third of the time.
    """
    written = [Case(example, limits, page) for example, page in chunk]
    normal = [case._replace(example=_in_normal_characters(case.example)) for case in written]
    findings: dict[int, Finding] = {}
    for name, rule in RULES.items():
        for place, case in enumerate(written if name in _AS_WRITTEN else normal):
            if place not in findings and (evidence := rule(case)) is not None:
                findings[place] = name, evidence
    return [findings.get(place) or read_content(example) for place, (example, _) in enumerate(chunk)]


def is_supported(by_title: Mapping[str, str], example: Example) -> bool:
    """Whether every word that the answer adds to its question is on its page."""
    page = page_of(example, by_title)
    return page is not None and read_content(example).added <= word_forms(page)


def compare_examples(
    pairs: Sequence[Pair], min_similarity: float, supported: Callable[[Example], bool]
) -> list[Finding | None]:
    """The finding of the comparing rules against each example, given the examples that were kept before it."""
    conflicts = _find_conflicts(pairs, supported)
    agreed = [place for place, evidence in enumerate(conflicts) if evidence is None]
    repeated = _find_repetitions([pairs[place] for place in agreed], min_similarity)
    findings: list[Finding | None] = [("conflicting_answer", evidence) if evidence else None for evidence in conflicts]
    for place, finding in zip(agreed, repeated, strict=True):
        findings[place] = finding
    return findings


def _find_conflicts(pairs: Sequence[Pair], supported: Callable[[Example], bool]) -> list[str | None]:
    same_question: dict[Hashable, list[int]] = defaultdict(list)
    for place, (example, content) in enumerate(pairs):
        same_question[content.question or question_key(example)].append(place)
    conflicts: list[str | None] = [None] * len(pairs)
    for places in same_question.values():
        if len(places) > 1:
            evidence = conflicting_answer([pairs[place] for place in places], supported)
            for place, against in zip(places, evidence, strict=True):
                conflicts[place] = against
    return conflicts


def _find_repetitions(pairs: Sequence[Pair], min_similarity: float) -> list[Finding | None]:
    numbers: dict[Content, int] = {}
    for _, content in pairs:
        numbers.setdefault(content, len(numbers))
    similar = candidates(list(numbers), min_similarity)
    seen: dict[tuple[str, str], str] = {}
    kept: dict[int, list[Pair]] = defaultdict(list)  # by the number of the content
    findings: list[Finding | None] = []
    for example, content in pairs:
        number = numbers[content]
        twins = (pair for twin_number in (*similar[number], number) for pair in kept[twin_number])
        if evidence := exact_duplicate(example, seen):
            findings.append(("exact_duplicate", evidence))
        elif evidence := near_duplicate(content, twins, min_similarity):
            findings.append(("near_duplicate", evidence))
        else:
            findings.append(None)
            seen[question_key(example)] = example.id
            kept[number].append((example, content))
    return findings
