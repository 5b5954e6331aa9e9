"""The sentence that says what a page's subject is, and the instruction that asks for it."""

import re
from collections.abc import Iterator

from stages.english.inflection import BE
from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import upper_first
from stages.teachers.rules.fact import Draft, Fact
from stages.teachers.rules.grammar import Clause
from stages.teachers.rules.sentences import Sentence
from stages.teachers.rules.subject import PERSON, Subject

# What says too little is no definition: "is a statement about sums", "was the first book by Achebe".
_A_KIND_OF = re.compile(
    r"(?:an?|one of the|the) "
    r"(?!(?:only|first|last|statement|victory|defeat|son|daughter|brother|sister|child|wife|husband)\b)"
)
_RANK = re.compile(r"(?:the|one of the) (?:[\w-]+ ){0,2}?(?:\w+est|most)\b")  # "the second longest river in Europe"
# "by Leonardo da Vinci, an Italian artist" describes the maker, and "released by Epic Records" names another one.
_ABOUT_MAKER = re.compile(r"\bby (?:the )?[A-Z][^,]*, an? |\breleased by\b")
_PLACE_NOUN = re.compile(
    r"an? (?:[\w-]+ ){0,3}?"
    r"(?:lake|canal|river|waterway|channel|mountain|volcano|peak|city|town|country|island|desert|sea)\b"
)


def definition(fact: Fact) -> Iterator[Draft]:
    """What the subject is: a sentence "X is a ..." near the start of the page."""
    clause = fact.clause
    if not clause or not defines(clause, fact.sentence, fact.subject) or not _identifies(fact, clause):
        return
    templates = phrasing.DEFINITION_OF_PERSON if is_person(fact) else phrasing.DEFINITION
    goes_on = fact.sentence.text.startswith(f"{upper_first(clause.text)}, and ")  # with what defines nothing
    text = clause.statement if goes_on else fact.sentence.text
    yield Draft("definition", fact.phrase(templates, verb=clause.verb, name=fact.name), "", text)


def _identifies(fact: Fact, clause: Clause) -> bool:
    """Whether a definition tells what the subject is from all others: a place says where, what is past says when."""
    if _RANK.match(clause.rest) or _ABOUT_MAKER.search(fact.sentence.text):
        return False
    if is_person(fact):
        return True
    if _PLACE_NOUN.match(clause.rest) and not re.search("[A-Z]", clause.rest):
        return False
    return clause.verb in {"is", "are"} or re.search(r"\d|\bcentury\b", fact.sentence.text) is not None


def is_person(fact: Fact) -> bool:
    """Whether a page is about a person, by its pronouns or by the noun of its definition."""
    rest = fact.clause.rest if fact.clause else ""
    head = re.split(r"\b(?:of|by|in|that|from|with|to|for|about)\b", rest)[0]
    return fact.subject.pronoun in {"She", "He"} or any(map(PERSON.fullmatch, re.findall(r"[a-z]+", head)[-1:]))


def defines(clause: Clause, sentence: Sentence, subject: Subject) -> bool:
    """Whether a sentence near the start of the page says what its subject is."""
    if clause.verb not in BE or not subject.is_full_name(clause.subject) or sentence.position > 4:
        return False
    return bool(_A_KIND_OF.match(clause.rest)) and len(clause.rest.split()) >= 4


def describes(clause: Clause) -> bool:
    """Whether the clause says what its subject is. A time in it then belongs to a noun, not to the verb."""
    return clause.verb in BE and bool(re.match(r"(?:an?|the|one|its|his|her|their|among|part)\b", clause.rest))
