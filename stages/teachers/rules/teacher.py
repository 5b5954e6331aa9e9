"""One page to its examples: every kind asks what it can, and a fair choice of kinds and sentences is kept."""

import random
import re
from collections import Counter

from stages.records import Example, Page, Source, Teacher, make_example
from stages.teachers.rules.fact import Draft, Fact
from stages.teachers.rules.figures import LEADING_TIME
from stages.teachers.rules.grammar import Clause, parse
from stages.teachers.rules.passages import PASSAGES, passage_fits
from stages.teachers.rules.questions import QUESTIONS
from stages.teachers.rules.sentences import capitalized_words, page_sentences, subject_name
from stages.teachers.rules.statements import STATEMENTS

TEACHER = Teacher(name="rules")


def teach(page: Page, per_page: int, seed: int) -> tuple[list[Example], Counter[str]]:
    """At most `per_page` examples of a page, and why sentences were passed over.

    A page's examples depend on the page and the seed alone, not on the other pages.
    """
    rng = random.Random(f"{seed} {page.title}")
    sentences, skipped = page_sentences(page)
    name, names = subject_name(page), capitalized_words(page)
    drafts: list[tuple[int, Draft]] = []
    for index, sentence in enumerate(sentences):
        found = _drafts(Fact(sentence, main_clause(sentence.text, names), name, names, rng))
        if not found:
            skipped["no_pattern"] += 1
        drafts += [(index, draft) for draft in found]
    source = Source(kind="synthetic", title=page.title, revision_id=page.revision_id, url=page.url)
    examples = [
        make_example(
            instruction=draft.instruction,
            input=draft.input,
            output=draft.output,
            kind=draft.kind,
            source=source,
            teacher=TEACHER,
        )
        for draft in _choose(drafts, per_page, rng)
    ]
    return examples, skipped


def main_clause(text: str, names: frozenset[str]) -> Clause | None:
    """The main clause; a time that opens the sentence is put at the clause's end."""
    if not (opening := LEADING_TIME.match(text)):
        return parse(text, names)
    rest = text[opening.end() :]
    clause = parse(rest[:1].upper() + rest[1:], names | {rest.split()[0]} if rest[:1].isupper() else names)
    time = opening["time"]
    if clause and re.search(r",|\b(?:that|which|who|when|after|before)\b", clause.rest):
        return None  # at the end, the time would belong to the last part alone
    return clause and Clause(clause.subject, clause.verb, f"{clause.rest} {time[0].lower()}{time[1:]}")


def _drafts(fact: Fact) -> list[Draft]:
    kinds = (*QUESTIONS, *STATEMENTS, *(PASSAGES if passage_fits(fact) else ()))
    return [draft for kind in kinds for draft in kind(fact)]


def _choose(drafts: list[tuple[int, Draft]], per_page: int, rng: random.Random) -> list[Draft]:
    """Kinds take turns in random order; each takes a draft about the sentence that was asked about least."""
    by_kind: dict[str, list[tuple[int, Draft]]] = {}
    for index, draft in drafts:
        by_kind.setdefault(draft.kind, []).append((index, draft))
    asked: Counter[int] = Counter()
    chosen: list[Draft] = []
    while by_kind:
        for kind in rng.sample(sorted(by_kind), len(by_kind)):
            candidates = by_kind[kind]
            rng.shuffle(candidates)
            candidates.sort(key=lambda candidate: asked[candidate[0]])
            index, draft = candidates.pop(0)
            if not candidates:
                del by_kind[kind]
            chosen.append(draft)
            asked[index] += 1
            if len(chosen) == per_page:
                return chosen
    return chosen
