"""The rules that compare the examples of a set: conflicting_answer, exact_duplicate, near_duplicate."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from stages.common.records import Example
from stages.curation.conflicting_answer import conflicting_answer
from stages.curation.content import Content
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.near_duplicate import candidates, near_duplicate

Finding = tuple[str, str]  # reason and evidence
Pair = tuple[Example, Content]


def compare(pairs: Sequence[Pair], min_similarity: float, supported: Callable[[Example], bool]) -> list[Finding | None]:
    """What speaks against each example, given those that were kept before it."""
    conflicts = _conflicts(pairs, supported)
    agreed = [place for place, evidence in enumerate(conflicts) if evidence is None]
    repeated = _repetitions([pairs[place] for place in agreed], min_similarity)
    findings: list[Finding | None] = [("conflicting_answer", evidence) if evidence else None for evidence in conflicts]
    for place, finding in zip(agreed, repeated, strict=True):
        findings[place] = finding
    return findings


def _conflicts(pairs: Sequence[Pair], supported: Callable[[Example], bool]) -> list[str | None]:
    same: dict[Hashable, list[int]] = defaultdict(list)
    for place, (example, content) in enumerate(pairs):
        same[content.question or question_key(example)].append(place)
    conflicts: list[str | None] = [None] * len(pairs)
    for places in same.values():
        if len(places) > 1:
            found = conflicting_answer([pairs[place] for place in places], supported)
            for place, evidence in zip(places, found, strict=True):
                conflicts[place] = evidence
    return conflicts


def _repetitions(pairs: Sequence[Pair], min_similarity: float) -> list[Finding | None]:
    numbers: dict[Content, int] = {}
    for _, content in pairs:
        numbers.setdefault(content, len(numbers))
    similar = candidates(list(numbers))
    seen: dict[tuple[str, str], str] = {}
    kept: dict[int, list[Pair]] = defaultdict(list)  # by the number of the content
    findings: list[Finding | None] = []
    for example, content in pairs:
        number = numbers[content]
        twins = (pair for other in (*similar[number], number) for pair in kept[other])
        if evidence := exact_duplicate(example, seen):
            findings.append(("exact_duplicate", evidence))
        elif evidence := near_duplicate(content, twins, min_similarity):
            findings.append(("near_duplicate", evidence))
        else:
            findings.append(None)
            seen[question_key(example)] = example.id
            kept[number].append((example, content))
    return findings
