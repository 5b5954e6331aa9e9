"""Kinds of instruction that ask with a question word. The answer is the sentence that they ask about."""

import re
from collections.abc import Iterator
from dataclasses import replace

from stages.english.inflection import AUXILIARIES, BE, base_form, is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import upper_first
from stages.teachers.rules.context import can_be_asked, is_vague
from stages.teachers.rules.definitions import definition, describes
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.grammar import main_clause
from stages.teachers.rules.mentions import MONTH, NUMBER, OPENING_TIME, TIME, UNIT, belongs_elsewhere

# Verbs, in their base form, for what only one person or group does: "Who invented ...?", but not "Who visited ...?"
_MAKERS = frozenset(
    "write compose paint discover invent design direct build publish prove introduce patent develop create establish "
    "found coin isolate identify commission assassinate unify decipher launch name lead".split()
)
# What is one of its kind, or was done once: "the electron", "Aida", "a patent in 1799".
_ONE_OBJECT = re.compile(r"the |[A-Z\"]|(?!(?:about|for|in|on|of|to|with) ).*\b(?:1\d{3}|20[012]\d)\b")
_AGENT = re.compile(
    r"(?P<done>(?:\w+ ){0,2}?(?P<verb>\w+)(?: [a-z]+){0,2}?) by (?P<agent>[A-Za-z' .-]+?)"
    rf"(?: {TIME.pattern})?"
)
_PERSON_NAME = re.compile(
    r"(?:(?:the|an?) (?:(?!of )[A-Z]?[a-z-]+ ){0,4}(?!of )[a-z-]+ )?"  # the Scottish botanist
    r"[A-Z][\w.'-]*(?: (?:[a-z]{1,3}|[A-Z][\w.'-]*)){0,3} [A-Z][\w'-]+(?: the [A-Z][a-z]+)?",  # Robert Brown
)
_PLACED = re.compile(
    r"(?P<done>(?:first )?(?:located|situated|found|born|fought|held|built|buried|set|kept|based|spoken|grown|signed|"
    r"founded|discovered|filmed|staged|shown|performed|published|displayed|housed|raised|crowned|executed|exiled|educated|"
    r"produced|stored|preserved|exhibited|opened|baptized|completed)(?: [a-z]+ly)?) (?P<place>.+)"
)
_PLACE = re.compile(
    r"(?:in|at|on|near|between|off|along|within|outside|beneath|across|inside) (?:[a-z\-]+ ){0,6}[A-Z][^,]*"
)
_PLACE_VERBS = frozenset("lies stands stood flows rises lives live died landed grows grow".split())
_THINGS = re.compile(
    rf"{NUMBER} (?P<things>(?:[a-z-]+ )?(?!{UNIT}\b)[a-z]{{3,}}s|people|men|women|children)"
    r"(?P<after> (?:in|on|at|to|for|from|across|along|around)\b(?!.* and )[^,]*)?"
)
_NOT_COUNTED = re.compile(rf"(?:{UNIT}|hundreds|thousands|millions|times|percent)\b")
_EXTENT = re.compile(rf"{NUMBER} {UNIT} (?P<adjective>high|tall|long|wide|deep|thick|old)\b(?! and)")
_SIZE = re.compile(
    r"an? (?:[a-z]+ )?(?P<what>population|length|height|area|depth|mass|diameter|weight|width|circumference|volume) "
    rf"of {NUMBER}\b"
)
_REASON = re.compile(
    r"(?P<main>.+?),? (?:(?:partly|probably|perhaps|mainly|chiefly|largely) )?"
    r"(?:because|in order to|so that|due to|thanks to) (?P<reason>(?:(?!, (?:and|but|so|while|yet) )[^;])+)"
)
_MADE_OF = re.compile(
    r"(?:\w+ly )?(?P<done>made (?:up )?of|composed of|divided into|built of|made from|known for|famous for|"
    r"surrounded by|covered (?:by|with|in)) (?!\w+ing\b)\S"
)
_CONSISTING = {"consists": "of", "consisted": "of", "belongs": "to", "belonged": "to"}
_HOLDING = frozenset(
    "contains contained comprises includes included produces connects separates depicts represents".split()
)
_PURPOSE = re.compile(
    r"(?P<main>(?:built|founded|created|designed|established|set up|sent|held|formed|made|invented|written|erected|"
    r"organized|started|introduced|launched|chosen|dug|opened)\b[^,]*?) (?P<purpose>(?:in order )?to [a-z]+ .+)"
)
_MEANS = re.compile(r"(?P<main>.+?) (?P<means>by \w+ing .+)")
_USED = re.compile(r"(?:\w+ly )?used (?:to|for|as) .+")
_BIRTH = re.compile(rf"(?P<done>born|buried|baptized) (?P<place>in [A-Z][^,]*(?:, [^,]+?)?),? (?P<time>{TIME.pattern})")
_BORN = re.compile(r"born (?:in|near|at|on) ")
_NO_PERSON = re.compile(
    r"\b(?:Museum|Society|Company|University|Academy|Institute|Office|Army|Navy|Empire|Republic|Kingdom|Times|Press|"
    r"Church|Committee|Commission|Court|Council|Records|Studios?|Pictures|Entertainment|Games|Theat(?:re|er)|Brothers|"
    r"Union|Nations|States|League|Party|Parliament|Congress|Corporation|House|Telescope|Organization|Station|Force|"
    r"Expedition|College|School|Club|Bank|Agency|Association|Federation|Group|Team|Orchestra|Opera|Festival|Prize|"
    r"Collider|Mission|Center|Centre|Laboratory|Observatory|Bell|Ocean|River|Sea|War|Act|Zealand|Kong)\b"
)
_SECOND_TIME = re.compile(
    rf"\b(?:when|before|after|while|until|since|as|ago|during)\b|\b(?:1\d{{3}}|20[012]\d)\b|\b{MONTH}\b"
)
_PRONOUN = re.compile(r"\b(?:it|its|he|his|him|she|her|they|their|them)\b")
_IS_DUE = re.compile(r"\b(?:is|was|are|were)$")
_LENGTH = r"(?:(?:kilo|centi|milli)?met(?:er|re)s?|feet|miles|inches)"
_DURATION = "(?:years|months|weeks|days|hours|minutes|seconds)"
# By verb: what follows it if it gives a size, and the question about that size.
_EXTENTS = {
    "cover": ((rf"{NUMBER} (?:square {_LENGTH}|hectares|acres)", "How large an area {do} {subject} cover?"),),
    "flow": ((rf"(?:for )?{NUMBER} {_LENGTH}", "How far {do} {subject} flow?"),),
    "stretch": ((rf"(?:for )?{NUMBER} {_LENGTH}", "How far {do} {subject} stretch?"),),
    "rise": ((rf"(?:to (?:a height of )?)?{NUMBER} {_LENGTH}", "How high {do} {subject} rise?"),),
    "weigh": ((rf"{NUMBER} {UNIT}", "How much {do} {subject} weigh?"),),
    "last": ((rf"(?:for )?{NUMBER} {_DURATION}", "How long {do} {subject} last?"),),
    "run": (
        (rf"(?:for )?{NUMBER} {_LENGTH}", "How far {do} {subject} run?"),
        (rf"(?:for )?{NUMBER} {_DURATION}", "How long {do} {subject} run?"),
    ),
}
_NAMED = re.compile(r"(?:\w+ )?(?:named|called) (?P<link>after|for|in honor of) \S")


def when(fact: Fact) -> Iterator[Draft]:
    """The time at which something happened, if the sentence names only one."""
    clause = fact.askable
    if not clause or not (time := TIME.search(clause.rest)) or TIME.search(clause.rest, time.end()):
        return
    told = clause.verb in {"was", "were"} or is_past(clause.verb) or fact.in_plot
    if not told or describes(clause) or time[0].startswith(("by ", "about ")):
        return
    if (
        belongs_elsewhere(time, clause.rest)
        or clause.rest.startswith((",", " and "), time.end())
        or _SECOND_TIME.search(_without(clause.rest, time))
    ):
        return
    rest = _without(clause.rest, time)
    if clause.verb in BE and _BORN.match(rest):
        rest = "born"  # somebody is born once, wherever it was
    if clause.verb == "died" and _PLACE.fullmatch(rest):
        rest = ""
    if rest or clause.verb not in BE:
        yield Draft("when", clause.question(_time_word(fact, time[0]), rest), "", clause.statement)


def _time_word(fact: Fact, time: str) -> str:
    """The question word for a time: "When", or more exactly "In what year"."""
    if "century" in time:
        return fact.phrase(("When", "In which century"))
    if re.search(r"\d0s\b", time):
        return fact.phrase(("When", "In which decade"))
    if re.search(rf"\d {MONTH}|{MONTH} \d{{1,2}}\b(?!\d)", time):
        return fact.phrase(("When", "On what date", "On which day"))
    if re.search(MONTH, time):
        return fact.phrase(("When", "In which month"))
    exact = re.fullmatch(r"in \d{4}", time)
    return fact.phrase(("When", "In what year", "In which year")) if exact else "When"


def who(fact: Fact) -> Iterator[Draft]:
    """The person who did it: the agent of a passive, or a subject that is a person's name."""
    clause = fact.askable
    if not clause or _NO_PERSON.search(clause.rest if clause.verb in BE else clause.subject):
        return
    if clause.verb in BE:
        match = _AGENT.fullmatch(clause.rest)
        if match and base_form(match["verb"]) in _MAKERS and _PERSON_NAME.fullmatch(match["agent"]):
            words = {"verb": clause.verb, "subject": clause.subject, "done": match["done"]}
            yield Draft("who", fact.phrase(phrasing.WHO_PASSIVE, **words), "", clause.statement)
    elif is_past(clause.verb) and base_form(clause.verb) in _MAKERS and _PERSON_NAME.fullmatch(clause.subject):
        only_one = _ONE_OBJECT.match(clause.rest) and not _PRONOUN.search(clause.rest)
        if only_one and not fact.subject.is_full_name(clause.subject):
            yield Draft("who", f"Who {clause.verb} {clause.rest}?", "", clause.statement)


def where(fact: Fact) -> Iterator[Draft]:
    """The place where something is, or where something happened."""
    clause = fact.askable
    if not clause:
        return
    rest = " ".join(TIME.sub("", clause.rest).split()).strip(",")
    if (
        clause.verb in BE
        and " by " not in rest
        and (match := _PLACED.fullmatch(rest))
        and _PLACE.fullmatch(match["place"])
    ):
        yield Draft("where", clause.question("Where", match["done"]), "", clause.statement)
    elif clause.verb in _PLACE_VERBS and _PLACE.fullmatch(rest) and not re.search(MONTH, rest):
        yield Draft("where", clause.question("Where", ""), "", clause.statement)


def when_and_where(fact: Fact) -> Iterator[Draft]:
    """Two facts of one sentence: "When and where was Galileo born?"."""
    clause = fact.askable
    if clause and clause.verb in {"was", "were"} and (match := _BIRTH.fullmatch(clause.rest)):
        yield Draft("when_and_where", clause.question("When and where", match["done"]), "", clause.statement)


def how_many(fact: Fact) -> Iterator[Draft]:
    """A counted object: "has 88 keys"."""
    clause = fact.askable
    if not clause or clause.verb in AUXILIARIES or not (match := _THINGS.fullmatch(clause.rest)):
        return
    if fact.sentence.text.rstrip(".") != upper_first(clause.text):
        return  # "six natural elements, and one synthetic"
    if not _NOT_COUNTED.match(match["things"]):
        question = f"How many {match['things']} {clause.helper} {clause.subject} {clause.base}{match['after'] or ''}?"
        yield Draft("how_many", question, "", clause.statement)


def measurement(fact: Fact) -> Iterator[Draft]:
    """A size with its unit: "is 324 meters tall", "has a population of about 400,000"."""
    clause = fact.askable
    if clause and clause.verb in BE and (match := _EXTENT.match(clause.rest)):
        after = clause.rest[match.end() :] if clause.rest.startswith(" when", match.end()) else ""
        if not _PRONOUN.search(after.partition(" ")[2].partition(" ")[2].partition(" ")[2]):
            question = f"How {match['adjective']} {clause.verb} {clause.subject}{after}?"
            yield Draft("measure", question, "", clause.statement)
    elif clause and clause.verb in {"has", "had"} and (match := _SIZE.match(clause.rest)):
        verb = "is" if clause.verb == "has" else "was"
        yield Draft("measure", f"What {verb} the {match['what']} of {clause.subject}?", "", clause.statement)
    elif clause:
        for pattern, question in _EXTENTS.get(base_form(clause.verb), ()):
            if re.match(rf"{pattern}\b", clause.rest):
                question = question.format(do=clause.helper, subject=clause.subject)
                yield Draft("measure", question, "", clause.statement)
                return


def reason(fact: Fact) -> Iterator[Draft]:
    """A reason or a purpose."""
    text = fact.sentence.text.rstrip(".")
    match = _REASON.fullmatch(text)
    if match and len(match["reason"].split()) >= 2 and text.count("because") <= 1:
        clause = main_clause(match["main"], fact.casing, bare=True)
        if clause and can_be_asked(clause, fact.subject) and not _IS_DUE.search(match["main"]):
            opening = OPENING_TIME.match(match["main"])
            end = clause.rest[: -len(opening["time"])].rstrip() if opening else clause.rest
            if match["main"].endswith(end or clause.verb):  # nothing was cut off
                yield Draft("why", clause.question("Why", clause.rest), "", fact.sentence.text)
                return
    clause = fact.askable
    if clause and clause.verb in BE and (match := _PURPOSE.fullmatch(clause.rest)):
        yield Draft("why", clause.question("Why", match["main"]), "", clause.statement)


def manner(fact: Fact) -> Iterator[Draft]:
    """How something is or was done: "catches insects by snapping its leaves shut"."""
    clause = fact.askable
    if clause and (match := _MEANS.fullmatch(clause.rest)) and not TIME.search(match["means"]):
        if "," not in match["main"] and not describes(clause):
            yield Draft("how", clause.question("How", match["main"]), "", clause.statement)


def purpose(fact: Fact) -> Iterator[Draft]:
    """One thing that something is used for."""
    clause = fact.askable
    if clause and clause.verb in BE and _USED.fullmatch(clause.rest) and " and " not in clause.rest:
        words = {"subject": clause.subject, "verb": clause.verb}
        yield Draft("use", fact.phrase(phrasing.USE, **words), "", clause.statement)


def parts(fact: Fact) -> Iterator[Draft]:
    """What something consists of, contains or is known for."""
    clause = fact.askable
    if not clause:
        return
    first = clause.rest.split()[0]
    if clause.verb in BE and (match := _MADE_OF.match(clause.rest)):
        if re.match(NUMBER, clause.rest[match.end() - 1 :]):
            return  # "divided into 63 clauses" tells how many
        yield Draft("parts", clause.question("What", match["done"]), "", clause.statement)
    elif _CONSISTING.get(clause.verb) == first and (first == "of" or clause.rest.startswith("to the ")):
        yield Draft("parts", clause.question("What", first), "", clause.statement)
    elif clause.verb in _HOLDING and not re.match(rf"(?:of|that|how|why|{NUMBER})\b", clause.rest):
        yield Draft("parts", clause.question("What", ""), "", clause.statement)


def meaning(fact: Fact) -> Iterator[Draft]:
    """What a word or a name means, or where it comes from."""
    clause = fact.askable
    if not clause:
        return
    if clause.verb in {"means", "meant"} and len(clause.rest.split()) >= 2 and not clause.rest.startswith("that"):
        yield Draft("meaning", clause.question("What", ""), "", clause.statement)
    elif clause.verb in {"comes", "came"} and clause.rest.startswith("from "):
        yield Draft("origin", clause.question("Where", "from"), "", clause.statement)


def named_after(fact: Fact) -> Iterator[Draft]:
    """Where a name comes from."""
    clause = fact.askable
    if clause and clause.verb in BE and (match := _NAMED.match(clause.rest)):
        question = clause.question("Who or what", f"named {match['link']}")
        yield Draft("named_after", question, "", clause.statement)


def for_anybody(kind: Kind) -> Kind:
    """The same kind without questions that only those understand who see the page."""

    def clear(fact: Fact) -> Iterator[Draft]:
        for draft in kind(fact):
            question = fact.placed(draft.instruction)
            if fact.is_clear(question) and not is_vague(draft.output):
                yield replace(draft, instruction=question)

    return clear


_USUAL: tuple[Kind, ...] = (when, who, where)
_SELDOM: tuple[Kind, ...] = (
    when_and_where, how_many, measurement, reason, manner, purpose, parts, meaning, named_after,
)  # fmt: skip
KINDS = _SELDOM + _USUAL
SELDOM: tuple[Kind, ...] = tuple(
    map(for_anybody, _SELDOM)
)  # kinds that fit few sentences, and are tried before the others
QUESTIONS: tuple[Kind, ...] = (definition, *map(for_anybody, _USUAL), *SELDOM)


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()].rstrip()} {text[match.end() :]}".replace(" ,", ",").split()).strip(" ,")
