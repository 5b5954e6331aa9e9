"""Whether a question can be understood by somebody who doesn't see the page."""

import re

from stages.english.inflection import BE, MODALS
from stages.english.tasks import COMPARATIVES, works_on_input
from stages.teachers.rules.grammar import Clause
from stages.teachers.rules.subject import Subject, bare

_THE = re.compile(r"\b[Tt]he (?=((?:[\w'’-]+ ){0,5}[\w'’-]+))")  # a lookahead, as another "the" may follow
# Where the noun phrase after "the" ends, unless it goes on with what tells which one is meant.
_PHRASE_END = re.compile(
    r" (?:in|on|at|to|by|with|for|from|as|into|through|during|after|before|is|was|are|were|and|or|a|an|the)\b"
)
_ONLY_ONE = re.compile(
    r"(?:world|Earth|earth|Sun|sun|Moon|moon|sea|sky|equator|universe|human|first (?:human|person|woman|man|people) |"
    r"(?:\w+ )?(?:\w+teenth|\w+ieth|\d+th|first|second|third|\w+th) century|\d{3,4}s|"
    r"(?:early|late|mid) |word |name (?:[A-Z]|of )|(?:United|northern|southern|eastern|western) )"
)
# Nouns that need to be told which one is meant, even where the page's subject is named.
_VAGUE = re.compile(
    r"\b[Tt]he (?:\w+ )?(?:name|object|work|thing|idea|place|site|result|results|process|method|word|term|subject|"
    r"item|event|change|point|problem|question|answer|design|effect|case|matter|group|part|parts|number|rest|others?|two|pair)"
    r"(?! (?:of|that|which|for|[A-Z]))\b"
    r"|\bsimilar [a-z]+\b(?! to\b)"
)
_COMPARATIVE = rf"(?:{COMPARATIVES}|safer|easier|simpler|newer|richer|poorer)"
# Nouns and adjectives that point at something else on the page: "a lengthy English version", "a lighter instrument".
_RELATIONAL = re.compile(
    r"\b(?:[Aa]n?|[Tt]he|its|his|her|their|two|similar|first|new) (?:[\w-]+ ){0,3}(?:version|translation|edition|copy|"
    r"copies|text|sequel|performance|adaptation|premiere|chapters?|episodes?|results|poem|story|manuscript|film|book|role|"
    r"part|album)\b"
    rf"|\b{_COMPARATIVE} (?!than|or)[a-z]"
)
# "is better for low sounds": better than what?
_BETTER = re.compile(rf"\b{_COMPARATIVE} (?!than|or)[a-z](?!.*\bthan\b)")
_HEDGE = re.compile(
    r"^(?:probably|perhaps|possibly|also|even|only|still|now|thus|therefore|too|simply|no|nothing|so|such)\b"
)
_APART = re.compile(r", the (?:son|daughter|child|wife|husband|author) ")  # belongs to the subject, far from it
_NEGATIVE = re.compile(r"\b(?:no|not|never|nothing|nobody|none|neither|nor|hardly|cannot)\b")
_NEUTER = re.compile(r"\b(?:it|its|they|them|their)\b")
_IT = re.compile(r"\b(?:it|they|them)\b")
_PERSONAL = re.compile(r"\b(?:he|him|his|she|her)\b")
_NAME = re.compile(r"[A-Z][\w'’.-]+(?: (?:of|the|de|da|von|van|al) [A-Z][\w'’-]+| [A-Z][\w'’.-]+)+")
_QUESTION_WORD = re.compile(
    r"^(?:Who|Whom|What|When|Where|Why|How|Which|In|On|By|Is|Are|Was|Were|Do|Does|Did|Can|Could|Name|Give|For|The) "
)
_FIRST_WORD = re.compile(r"^(?:\w+ )?(?:is|was|are|were|do|does|did|can|could) ([A-Z][\w'’-]+) [a-z]")
_OF_SOMEBODY = re.compile(r"'s? (?!name\b)[\w -]*?[a-z]")  # "Anouilh's French version": of what?
MOST_WORDS_OF_SUBJECT = 8
MOST_WORDS = 20  # of a clause; longer questions are hard to read


def names(subject: Subject, text: str) -> bool:
    """Whether a text names the subject, as whole words."""
    spelled = re.escape(bare(subject.name).strip("'"))
    return bool(spelled) and re.search(rf"(?<!\w){spelled}(?!\w)", text, re.I) is not None


def speaks_of(subject: Subject, text: str) -> bool:
    """Whether a text names the subject itself, not something with a longer name: "Dead Sea Scrolls"."""
    spelled = re.escape(bare(subject.name).strip("'"))
    longer = rf"[A-Z][\w'-]+ {spelled}(?!\w)|(?<!\w){spelled} [A-Z]"
    return names(subject, text) and re.search(longer.replace(spelled, f"(?i:{spelled})"), text) is None


def is_clear(instruction: str, subject: Subject) -> bool:
    """Whether an instruction without an input says what it is about.

    It names the page's subject, or a full name of something else and nothing that only the page explains ("the king").
    """
    if is_vague(instruction) or works_on_input(instruction.rpartition(": ")[2].rstrip("?")):
        return False
    if names(subject, instruction):
        return True
    open_ends = _FIRST_WORD, _OF_SOMEBODY, _RELATIONAL
    if any(pattern.search(instruction) for pattern in open_ends) or points_at_page(instruction):
        return False
    return _NAME.search(_QUESTION_WORD.sub("", instruction)) is not None


def is_vague(text: str) -> bool:
    """Whether a text speaks of "the name" or "the object" as if the reader knew which."""
    return _VAGUE.search(text) is not None


def points_at_page(text: str) -> bool:
    """Whether "the" introduces something that hasn't been named: "the king died", not "the king of Sparta"."""
    for match in _THE.finditer(text):
        phrase = _PHRASE_END.split(match[1])[0]
        if not re.search("[A-Z]", phrase) and not _ONLY_ONE.match(match[1]):
            return True
    return False


def can_be_asked(clause: Clause, subject: Subject) -> bool:
    """Whether a clause is certain, short and positive, and it is known what its pronouns stand for."""
    if len(clause.subject.split()) > MOST_WORDS_OF_SUBJECT or len(clause.text.split()) > MOST_WORDS:
        return False
    if clause.verb in MODALS or _HEDGE.match(clause.rest):
        return False
    if clause.verb in BE and clause.rest[:1].isupper():
        return False  # "Is the most celebrated warrior Rostam?"
    return not _NEGATIVE.search(clause.text) and not _APART.search(clause.rest) and has_known_pronouns(clause, subject)


def has_known_pronouns(clause: Clause, subject: Subject) -> bool:
    """Whether each pronoun surely stands for the clause's subject."""
    about_subject = names(subject, clause.subject)
    if _PERSONAL.search(clause.subject) or _NEUTER.search(clause.subject):
        return False
    if _PERSONAL.search(clause.rest):
        if about_subject:
            return subject.pronoun != "It"
        return not subject.short and clause.subject[:1].isupper()
    if about_subject and subject.pronoun != "It" and _IT.search(clause.rest):
        return False  # "Ahab was the last survivor of it"
    if _NEUTER.search(clause.rest):
        return about_subject or not (" " in clause.subject and clause.subject[:1].isupper())
    return True


def says_enough(clause: Clause) -> bool:
    """Whether a clause says more than "Ahab began to paint": a name, a number or four words after the verb."""
    if _BETTER.search(clause.text):
        return False
    return bool(re.search(r"[A-Z\d]", clause.rest)) or len(clause.rest.split()) >= 4
