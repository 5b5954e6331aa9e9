"""Writes the examples of a page: every kind asks what it can, and kinds and sentences get a fair share."""

import random
from collections import Counter, deque

from stages.common.records import Page, Source, Teacher, make_example
from stages.english.language import ENGLISH, identify_language
from stages.teachers import Lesson
from stages.teachers.rules.definitions import defines
from stages.teachers.rules.fact import Draft, Fact, Kind, PageKind
from stages.teachers.rules.grammar import Clause, main_clause
from stages.teachers.rules.overviews import OVERVIEWS, tell_about
from stages.teachers.rules.passages import PASSAGES, passage_fits, passage_why
from stages.teachers.rules.questions import QUESTIONS, SELDOM
from stages.teachers.rules.rewriting import REWRITES
from stages.teachers.rules.sentences import PageSentences, select_sentences
from stages.teachers.rules.statements import STATEMENTS
from stages.teachers.rules.subject import bare_title

GROUPS: tuple[tuple[Kind, ...], ...] = (QUESTIONS, STATEMENTS, REWRITES, PASSAGES)
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
    if not bare_title(page.title):
        return Lesson([], "no_title")
    if page.language != ENGLISH or identify_language(text[:LANGUAGE_SAMPLE])[0] != ENGLISH:
        return Lesson([], "not_english")
    selected = select_sentences(page)
    facts = make_facts(selected, f"{seed} {page.title}")
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


def make_facts(selected: PageSentences, seed: str) -> list[Fact]:
    """The kept sentences of a page as facts, which know the statement that says what the page is about."""
    subject, casing = selected.subject, selected.casing
    definition: Clause | None = None
    for sentence in selected.kept[:3]:
        clause = main_clause(sentence.text, casing)
        if clause and defines(clause, sentence, subject):
            definition = clause
            break
    return [Fact(sentence, subject, casing, seed, definition, selected.years) for sentence in selected.kept]


def _choose(facts: list[Fact], per_page: int, rng: random.Random) -> list[Draft]:
    """The groups of kinds take turns, and so do the kinds of each group, in random order, the seldom ones first.

    Each kind asks about the sentence that was asked about least. A kind that finds no sentence drops out.
    """
    if not facts:
        return []
    with_passage = list(filter(passage_fits, facts))
    alone = [fact for fact in facts if fact.stands_alone]
    to_try: dict[Kind, list[Fact]] = {}
    for group in GROUPS:
        suited = with_passage if group is PASSAGES else alone
        to_try |= {kind: rng.sample(suited, len(suited)) for kind in group}
    asked: Counter[int] = Counter()  # drafts by the position of their sentence
    chosen: list[tuple[int, Draft]] = []
    first = facts[0].sentence.text
    rare = {*SELDOM, passage_why}
    turns = [
        deque(sorted(rng.sample(group, len(group)), key=lambda kind: kind not in rare))
        for group in rng.sample(GROUPS, len(GROUPS))
    ]
    named = not facts[0].name.startswith("'")  # not by a heading: "some dates that concern 'Geography of Norway'"
    overviews = deque(rng.sample(OVERVIEWS, len(OVERVIEWS) if named else 0))
    while len(chosen) < per_page and (any(turns) or overviews):
        if draft := _overview(overviews, facts, rng):
            position = 0 if first in draft.output else 1
            chosen.append((position, draft))
            asked[0] += position == 0
        for kinds in turns:
            while kinds and len(chosen) < per_page:
                kind = kinds.popleft()
                if choice := _ask(kind, to_try[kind], asked, chosen, int(per_page * FIRST_SENTENCE_SHARE)):
                    position, draft = choice
                    chosen.append((0 if first in draft.output else position, draft))
                    asked[position] += 1
                    kinds.append(kind)
                    break
    written = {draft.output for _, draft in chosen}
    for draft in tell_about(facts, rng):  # about more sections, if little else can be asked
        if named and len(chosen) < per_page and draft.output not in written:
            chosen.append((1, draft))
    return _without_surplus(chosen)


def _overview(kinds: deque[PageKind], facts: list[Fact], rng: random.Random) -> Draft | None:
    """A draft about several facts. Each kind writes at most one."""
    while kinds:
        if draft := next(kinds.popleft()(facts, rng), None):
            return draft
    return None


def _ask(
    kind: Kind, facts: list[Fact], asked: Counter[int], chosen: list[tuple[int, Draft]], first_at_most: int
) -> tuple[int, Draft] | None:
    """A draft about the sentence that was asked about least, with its position. Facts that were tried are removed."""
    for fact in sorted(facts, key=lambda fact: asked[fact.sentence.position]):
        facts.remove(fact)
        position = fact.sentence.position
        if position == 0 and asked[0] >= max(1, first_at_most):
            continue
        draft = next(kind(fact), None)
        if draft and not any(_repeats(draft, earlier) for _, earlier in chosen):
            return position, draft
    return None


def _repeats(draft: Draft, earlier: Draft) -> bool:
    """Whether two drafts ask the same thing of the same passage, or judge the same statement."""
    if draft.input != earlier.input:
        return False
    if draft.input:
        same = {draft.kind, earlier.kind} <= {"topic", "heading"}
        return draft.kind == earlier.kind or draft.output == earlier.output or same
    ends = draft.output[-40:], earlier.output[-40:]
    return ends[0] == ends[1] and {draft.kind, earlier.kind} <= {"yes_no", "true_or_false", "fill_blank", "complete"}


def _without_surplus(chosen: list[tuple[int, Draft]]) -> list[Draft]:
    """Drops drafts about the first sentence if there are too few about others. One may always stay."""
    others = sum(position > 0 for position, _ in chosen)
    allowed = max(1, int(others * FIRST_SENTENCE_SHARE / (1 - FIRST_SENTENCE_SHARE)))
    first = [draft for position, draft in chosen if position == 0][:allowed]
    return [draft for position, draft in chosen if position > 0 or draft in first]
