"""Kinds of instruction around one statement: as it is, with a wrong detail, cut off, or with a gap."""

import itertools
import re
from collections.abc import Iterator

from stages.english.inflection import is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.context import says_enough, speaks_of
from stages.teachers.rules.definitions import describes
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.falsehoods import false_figure, false_version
from stages.teachers.rules.mentions import A_YEAR, NAME_ENDS, TIME, belongs_elsewhere, names_in
from stages.teachers.rules.questions import when

# Shares of the statements with a detail to change, so that half of all answers are "no" and "false"; 0 to 1.
NO_SHARE, FALSE_SHARE = 0.66, 0.7
_LEADS_ON = {"in", "by", "on", "of", "at", "from", "to", "into", "between", "near"}
_QUANTITIES = frozenset("group number kind set series type form part pattern piece pair collection one use lot".split())
_ASIDE = re.compile(r", an? (?!.*,)")  # "a painting by Leonardo, an Italian artist of ..." asks about the aside
_ROUGHLY = re.compile(r"\b(?:about|around)\b")
_ANYTHING_FITS = re.compile(r"\b(?:is|are|was|were|an?) $")  # "the early novels are ____", "became a ____"
_WORTH_KNOWING = re.compile(r"[A-Z]|\d")  # a name or a number, which can be known, not just guessed


def yes_no(fact: Fact) -> Iterator[Draft]:
    """The statement as a question, true or with a detail changed."""
    clause = fact.askable
    if not clause or clause.verb in {"have", "has", "had"} or not says_enough(clause):
        return
    if wrong := _wrong(fact, clause.rest, NO_SHARE):
        yield from _if_clear(fact, Draft("yes_no", fact.placed(clause.question("", wrong)), "", f"No, {clause.text}."))
    elif not describes(clause) and fact.rng.random() < 1 - NO_SHARE:  # a definition would only be echoed
        asked = fact.placed(clause.question("", clause.rest))
        yield from _if_clear(fact, Draft("yes_no", asked, "", f"Yes, {clause.text}."))


def true_or_false(fact: Fact) -> Iterator[Draft]:
    """The statement, true or with a detail changed. The answer gives the true one."""
    clause = fact.clause
    if not clause or not fact.is_named_in(clause.text) or not says_enough(clause) or clause.verb in {"may", "might"}:
        return
    wrong = _wrong(fact, clause.statement, FALSE_SHARE)
    if wrong or (not describes(clause) and fact.rng.random() < 1 - FALSE_SHARE):
        asked, true, false = fact.rng.choice(phrasing.TRUE_OR_FALSE)
        claim = asked.format(statement=wrong or clause.statement)
        yield Draft("true_or_false", claim, "", f"{false if wrong else true} {clause.statement}")


def _wrong(fact: Fact, text: str, share: float) -> str | None:
    """A false version of the text, for a share of the texts that can have one; else None."""
    return false_version(text, fact.rng, fact.name) if fact.rng.random() < share else None


def _if_clear(fact: Fact, draft: Draft) -> Iterator[Draft]:
    if fact.is_clear(draft.instruction):
        yield draft


def complete(fact: Fact) -> Iterator[Draft]:
    """The statement, cut off after a preposition in its second half."""
    clause = fact.clause
    if not clause or not 7 <= len(clause.text.split()) <= 24 or not fact.is_clear(clause.statement):
        return
    words = clause.statement.split()
    earliest = max(len(clause.subject.split()) + 2, len(words) // 2)
    cuts = (cut for cut in range(earliest, len(words) - 1) if _may_cut(words, cut))
    if cut := max(cuts, default=None):
        start = " ".join(words[:cut])
        if fact.is_named_in(start) and fact.is_clear(start) and not _ASIDE.search(start):
            yield Draft("complete", fact.phrase(phrasing.COMPLETE, start=start), "", clause.statement)


def _may_cut(words: list[str], cut: int) -> bool:
    """Whether what follows at `cut` can be known and isn't the end of a name: "Memory of the World"."""
    before, preposition = words[cut - 2 : cut]
    if preposition not in _LEADS_ON or before[:1].isupper() or before.endswith(",") or words[cut] == "least":
        return False
    open_ended = preposition == "of" and before in _QUANTITIES
    phrase = itertools.takewhile(lambda word: word not in _LEADS_ON, words[cut : cut + 4])  # not "in print in 1829"
    return not open_ended and _WORTH_KNOWING.search(" ".join(phrase)) is not None


def fill_blank(fact: Fact) -> Iterator[Draft]:
    """The statement with a year or a name left out, but no name before a noun: "is a ____ player" has many answers."""
    if not fact.clause:
        return
    text = fact.clause.statement
    years = list(A_YEAR.finditer(text))
    names = [name for name in names_in(text) if NAME_ENDS.match(text, name.end())]
    gaps = [*(years if len(years) == 1 else []), *names]  # one of several years is hard to tell from the others
    gaps = [gap for gap in gaps if gap.start() > len(fact.clause.subject) and text.count(gap[0]) == 1]
    gaps = [gap for gap in gaps if gap[0][:4].lower() not in fact.name.lower()]  # not "the Mexican capital"
    gaps = [gap for gap in gaps if not _ANYTHING_FITS.search(text[: gap.start()])]
    if not gaps:
        return
    gap = fact.rng.choice(gaps)
    gapped = f"{text[: gap.start()]}____{text[gap.end() :]}"
    if fact.is_named_in(gapped) and fact.is_clear(gapped):
        several = phrasing.MISSING_WORDS if " " in gap[0] else phrasing.MISSING_WORD
        answer = fact.phrase(phrasing.MISSING_NUMBER if gap[0].isdigit() else several, missing=gap[0])
        yield Draft("fill_blank", fact.phrase(phrasing.FILL_BLANK, statement=gapped), "", answer)


def event_of_year(fact: Fact) -> Iterator[Draft]:
    """What happened in a year that the page names once."""
    clause = fact.clause
    if not clause or not (time := TIME.search(clause.rest)) or not (year := A_YEAR.search(time[0])):
        return
    happened = (is_past(clause.verb) or clause.verb in {"was", "were"}) and not belongs_elsewhere(time, clause.rest)
    if len(A_YEAR.findall(fact.sentence.text)) > 1 or _ROUGHLY.search(time[0]) or not fact.has_years_to_itself(year[0]):
        return
    if not speaks_of(fact.subject, clause.text) or not fact.askable:
        return
    if happened and not describes(clause) and time[0].startswith(("in", "on")) and year[0] not in fact.name:
        asked = fact.phrase(phrasing.EVENT_OF_YEAR, year=year[0], name=fact.name)
        yield Draft("event_of_year", asked, "", clause.statement)


def correct_error(fact: Fact) -> Iterator[Draft]:
    """The statement with a wrong number as `input`."""
    clause = fact.clause
    if clause and fact.is_clear(clause.statement) and (wrong := false_figure(clause.statement, fact.rng, fact.name)):
        yield Draft("correct_error", fact.phrase(phrasing.CORRECT_ERROR), wrong, clause.statement)


def choose(fact: Fact) -> Iterator[Draft]:
    """The right year among three."""
    for draft in when(fact):
        years = A_YEAR.findall(draft.output)
        if (
            len(years) != 1
            or not fact.is_clear(draft.instruction)
            or not draft.instruction.startswith(("When", "In w"))
        ):
            continue
        offered = {years[0]}
        while len(offered) < 3:
            wrong = false_figure(f"in {years[0]}", fact.rng, "")
            offered.add(wrong.removeprefix("in ") if wrong else years[0])
        listed = "\n".join(f"{letter}) {year}" for letter, year in zip("ABC", sorted(offered), strict=True))
        right = "ABC"[sorted(offered).index(years[0])]
        question = re.sub(r"^(?:When|In (?:what|which) \w+)", "In which year", draft.instruction)
        instruction = fact.phrase(phrasing.CHOOSE, question=question)
        yield Draft("choose", instruction, listed, f"{right}) {years[0]}. {draft.output}")


STATEMENTS: tuple[Kind, ...] = (
    yes_no, true_or_false, complete, fill_blank, event_of_year, correct_error, choose,
)  # fmt: skip
