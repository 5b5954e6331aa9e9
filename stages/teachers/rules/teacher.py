"""Writes the examples of a page: every kind asks what it can, and kinds and sentences get a fair share."""

import random
from collections import Counter, deque

from stages.common.records import Page, Source, Teacher, make_example
from stages.english.language import ENGLISH, identify_language
from stages.teachers import Lesson
from stages.teachers.rules.exercises import PASSAGES, STATEMENTS, passage_fits
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.questions import QUESTIONS
from stages.teachers.rules.sentences import select_sentences

GROUPS: tuple[tuple[Kind, ...], ...] = (QUESTIONS, STATEMENTS, PASSAGES)
TEACHER = Teacher(name="rules")
LANGUAGE_SAMPLE = 300  # characters from the start of a page, from which its language is identified
FIRST_SENTENCE_SHARE = 0.4  # of a page's examples, at most: there is more to know than definitions


def teach(page: Page, per_page: int, seed: int) -> Lesson:
    """At most `per_page` examples of a page.

    They depend only on the page and the seed, not on other pages. At most two fifths of them are about the page's first
    sentence, if others can be asked about.
    """
    text = " ".join(section.text for section in page.sections).strip()
    if not text:
        return Lesson([], "no_text")
    if page.language != ENGLISH or identify_language(text[:LANGUAGE_SAMPLE])[0] != ENGLISH:
        return Lesson([], "not_english")
    selected = select_sentences(page)
    facts = [Fact(sentence, selected.subject, selected.names, f"{seed} {page.title}") for sentence in selected.kept]
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
        for draft in _choose(facts, per_page, random.Random(f"{seed} {page.title}"))
    ]
    return Lesson(examples, None if examples else "nothing_to_ask" if facts else "no_prose", selected.skipped)


def _choose(facts: list[Fact], per_page: int, rng: random.Random) -> list[Draft]:
    """Questions, statements and passages take turns, and so do the kinds of each group, in random order.

    Each kind asks about the sentence that was asked about least. A kind that finds no sentence drops out.
    """
    with_passage = list(filter(passage_fits, facts))
    to_try: dict[Kind, list[Fact]] = {}
    for group in GROUPS:
        suited = with_passage if group is PASSAGES else facts
        to_try |= {kind: rng.sample(suited, len(suited)) for kind in group}
    asked: Counter[int] = Counter()  # drafts by the position of their sentence
    chosen: list[tuple[int, Draft]] = []
    turns = [deque(rng.sample(group, len(group))) for group in rng.sample(GROUPS, len(GROUPS))]
    while len(chosen) < per_page and any(turns):
        for kinds in turns:
            while kinds and len(chosen) < per_page:
                kind = kinds.popleft()
                if choice := _ask(kind, to_try[kind], asked, first_at_most=int(per_page * FIRST_SENTENCE_SHARE)):
                    chosen.append(choice)
                    asked[choice[0]] += 1
                    kinds.append(kind)
                    break
    return _without_surplus(chosen)


def _ask(kind: Kind, facts: list[Fact], asked: Counter[int], first_at_most: int) -> tuple[int, Draft] | None:
    """A draft about the sentence that was asked about least, with its position. Facts that were tried are removed."""
    for fact in sorted(facts, key=lambda fact: asked[fact.sentence.position]):
        facts.remove(fact)
        position = fact.sentence.position
        if position == 0 and asked[0] >= max(1, first_at_most):
            continue
        if draft := next(kind(fact), None):
            return position, draft
    return None


def _without_surplus(chosen: list[tuple[int, Draft]]) -> list[Draft]:
    """Drops drafts about the first sentence if there are too few about others. One may always stay."""
    others = sum(position > 0 for position, _ in chosen)
    allowed = max(1, int(others * FIRST_SENTENCE_SHARE / (1 - FIRST_SENTENCE_SHARE)))
    first = [draft for position, draft in chosen if position == 0][:allowed]
    return [draft for position, draft in chosen if position > 0 or draft in first]
