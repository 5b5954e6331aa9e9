"""Kinds of instruction that ask with a question word. The answer is the sentence that they ask about."""

import re
from collections.abc import Iterator
from dataclasses import replace

from stages.english.inflection import AUXILIARIES, BE, base_form, is_participle, is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.grammar import Clause, parse_clause, upper_first
from stages.teachers.rules.mentions import A_YEAR, MONTH, NUMBER, TIME, UNIT
from stages.teachers.rules.subject import PERSON

# Verbs, in their base form, for what people are known for: "Who invented ...?"
_MAKERS = frozenset(
    "write compose paint found discover invent design direct lead conquer explore build publish describe propose prove "
    "introduce win defeat rule patent develop create establish produce demonstrate explain name coin record measure "
    "predict observe isolate identify sign command capture reach cross climb sail circumnavigate translate edit adapt "
    "illustrate film play sing order perform commission marry succeed assassinate kill unite liberate unify sponsor "
    "map chart visit excavate decipher popularize coordinate calculate construct launch".split()
)
_AGENT = re.compile(
    r"(?P<done>(?:\w+ ){0,2}?(?P<verb>\w+)(?: [a-z]+){0,2}?) by (?P<agent>[A-Za-z' .-]+?)"
    rf"(?: {TIME.pattern})?"
)
_PERSON_NAME = re.compile(
    r"(?:(?:the|an?) (?:[A-Z]?[a-z-]+ ){0,4}[a-z-]+ )?"  # the Scottish botanist
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
_PLACE_VERBS = frozenset("lies stands stood flows rises lives live died began landed grows grow".split())
_THINGS = re.compile(
    rf"{NUMBER} (?P<things>(?:[a-z-]+ )?(?!{UNIT}\b)[a-z]{{3,}}s|people|men|women|children)"
    r"(?P<after> (?:in|on|at|of|to|for|from|across|along|around)\b(?!.* and )[^,]*)?"
)
_NOT_COUNTED = re.compile(rf"(?:{UNIT}|hundreds|thousands|millions|times|percent)\b")
_EXTENT = re.compile(rf"{NUMBER} {UNIT} (?P<adjective>high|tall|long|wide|deep|thick|old)\b")
_SIZE = re.compile(
    r"an? (?:[a-z]+ )?(?P<what>population|length|height|area|depth|mass|diameter|weight|width|circumference|volume) "
    rf"of {NUMBER}\b"
)
_REASON = re.compile(r"(?P<main>[^,]+),? (?:because|in order to|so that|due to|thanks to) (?P<reason>[^;]+)")
_MADE_OF = re.compile(
    r"(?:\w+ly )?(?P<done>made (?:up )?of|composed of|divided into|built of|made from|known for|famous for|"
    r"surrounded by|covered (?:by|with|in)) (?!\w+ing\b)\S"
)
_CONSISTING = {"consists": "of", "consisted": "of", "belongs": "to", "belonged": "to"}
_HOLDING = frozenset(
    "contains contained comprises includes included produces connects separates depicts represents".split()
)
_OTHER_TIME = re.compile(r"\b(?:until|after|before|since|during|following|from \d+|between \d+)\b")
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
_A_KIND_OF = re.compile(r"(?:an?|one of the|the) (?!(?:only|son|daughter|brother|sister|child|wife|husband)\b)")
_NAMED = re.compile(r"(?:\w+ )?(?:named|called) (?P<link>after|for|in honor of) \S")


def definition(fact: Fact) -> Iterator[Draft]:
    """What the subject is: a sentence "X is a ..." near the start of the page."""
    clause = fact.clause
    if not clause or clause.verb not in BE or not fact.subject.is_full_name(clause.subject):
        return
    if fact.sentence.position > 4 or not _A_KIND_OF.match(clause.rest) or len(clause.rest.split()) < 4:
        return
    head = re.split(r"\b(?:of|by|in|that|from|with|to|for|about)\b", clause.rest)[0]
    is_person = any(map(PERSON.fullmatch, re.findall(r"[a-z]+", head)[-1:]))
    templates = phrasing.DEFINITION_OF_PERSON if is_person else phrasing.DEFINITION
    yield Draft("definition", fact.phrase(templates, verb=clause.verb, name=fact.name), "", fact.sentence.text)


def when(fact: Fact) -> Iterator[Draft]:
    """The time at which something happened, if the sentence names only one."""
    clause = fact.clause
    if not clause or not (time := TIME.search(clause.rest)) or TIME.search(clause.rest, time.end()):
        return
    if clause.verb in {"is", "are"} or describes(clause) or time[0].startswith(("by ", "about ")):
        return
    if belongs_elsewhere(time, clause.rest):
        return
    rest = _without(clause.rest, time)
    if rest or clause.verb not in BE:
        word = fact.phrase(("When", "When", "When", "In what year")) if A_YEAR.search(time[0]) else "When"
        yield Draft("when", clause.question(word, rest), "", clause.statement)


def who(fact: Fact) -> Iterator[Draft]:
    """The person who did it: the agent of a passive, or a subject that is a person's name."""
    clause = fact.clause
    if not clause:
        return
    if clause.verb in BE:
        match = _AGENT.fullmatch(clause.rest)
        if match and is_participle(match["verb"]) and _PERSON_NAME.fullmatch(match["agent"]):
            words = {"verb": clause.verb, "subject": clause.subject, "done": match["done"]}
            yield Draft("who", fact.phrase(phrasing.WHO_PASSIVE, **words), "", clause.statement)
    elif is_past(clause.verb) and base_form(clause.verb) in _MAKERS and _PERSON_NAME.fullmatch(clause.subject):
        if not fact.subject.is_full_name(clause.subject):
            yield Draft("who", f"Who {clause.verb} {clause.rest}?", "", clause.statement)


def where(fact: Fact) -> Iterator[Draft]:
    """The place where something is, or where something happened."""
    clause = fact.clause
    if not clause:
        return
    rest = " ".join(TIME.sub("", clause.rest).split())
    if (
        clause.verb in BE
        and " by " not in rest
        and (match := _PLACED.fullmatch(rest))
        and _PLACE.fullmatch(match["place"])
    ):
        yield Draft("where", clause.question("Where", match["done"]), "", clause.statement)
    elif clause.verb in _PLACE_VERBS and _PLACE.fullmatch(rest) and not re.search(MONTH, rest):
        yield Draft("where", clause.question("Where", ""), "", clause.statement)


def how_many(fact: Fact) -> Iterator[Draft]:
    """A counted object: "has 88 keys"."""
    clause = fact.clause
    if not clause or clause.verb in AUXILIARIES or not (match := _THINGS.fullmatch(clause.rest)):
        return
    if not _NOT_COUNTED.match(match["things"]):
        verb = "have" if clause.verb in {"has", "had"} else base_form(clause.verb)
        question = f"How many {match['things']} {clause.helper} {clause.subject} {verb}{match['after'] or ''}?"
        yield Draft("how_many", question, "", clause.statement)


def measurement(fact: Fact) -> Iterator[Draft]:
    """A size with its unit: "is 324 meters tall", "has a population of about 400,000"."""
    clause = fact.clause
    if clause and clause.verb in BE and (match := _EXTENT.match(clause.rest)):
        yield Draft("measure", f"How {match['adjective']} {clause.verb} {clause.subject}?", "", clause.statement)
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
    if not match or len(match["reason"].split()) < 2 or text.count("because") > 1:
        return
    clause = parse_clause(match["main"], fact.names)
    if clause and upper_first(clause.text) == match["main"] and not describes(clause):
        yield Draft("why", clause.question("Why", clause.rest), "", fact.sentence.text)


def parts(fact: Fact) -> Iterator[Draft]:
    """What something consists of, contains or is known for."""
    clause = fact.clause
    if not clause:
        return
    first = clause.rest.split()[0]
    if clause.verb in BE and (match := _MADE_OF.match(clause.rest)):
        yield Draft("parts", clause.question("What", match["done"]), "", clause.statement)
    elif _CONSISTING.get(clause.verb) == first:
        yield Draft("parts", clause.question("What", first), "", clause.statement)
    elif clause.verb in _HOLDING and first not in {"of", "that", "how", "why"}:
        yield Draft("parts", clause.question("What", ""), "", clause.statement)


def named_after(fact: Fact) -> Iterator[Draft]:
    """Where a name comes from."""
    clause = fact.clause
    if clause and clause.verb in BE and (match := _NAMED.match(clause.rest)):
        question = clause.question("Who or what", f"named {match['link']}")
        yield Draft("named_after", question, "", clause.statement)


def _naming_the_subject(kind: Kind) -> Kind:
    """The same kind, for readers who don't see the passage: "About Moby-Dick: when was the book published?"."""

    def named(fact: Fact) -> Iterator[Draft]:
        for draft in kind(fact):
            yield replace(draft, instruction=fact.about(draft.instruction))

    return named


QUESTIONS: tuple[Kind, ...] = tuple(
    map(_naming_the_subject, (definition, when, who, where, how_many, measurement, reason, parts, named_after))
)


def describes(clause: Clause) -> bool:
    """Whether the clause says what its subject is. A time in it then belongs to a noun, not to the verb."""
    return clause.verb in BE and bool(re.match(r"(?:an?|the|one|its|his|her|their|among|part)\b", clause.rest))


def belongs_elsewhere(time: re.Match[str], rest: str) -> bool:
    """Whether a time may belong elsewhere than to the verb: "until her abdication in 1654", "that he began in 1908"."""
    return bool(_OTHER_TIME.search(rest) or re.search(r"\b(?:that|which|who|whose|where|when)\b", rest[: time.start()]))


def _without(text: str, match: re.Match[str]) -> str:
    return " ".join(f"{text[: match.start()].rstrip()} {text[match.end() :]}".replace(" ,", ",").split()).strip(" ,")
