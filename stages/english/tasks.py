"""What an instruction says about its input: whether it works on one, and whether it can be answered without one.

In doubt, both answers are in favour of the example: an instruction counts as working on an input if it may do so, and
as complete only if it certainly is.
"""

import re
from functools import lru_cache

from stages.english.words import FUNCTION_WORDS, quoted, words

# Nouns for a text or a part of one. An instruction that uses one usually comes with that text.
TEXT_NOUN = (
    "(?:adjective|adverb|answer|argument|article|claim|clause|code|comment|comparison|conversation|data|description|"
    "dialogue|document|email|equation|error|essay|excerpt|expression|fact|headline|idiom|item|joke|letter|line|list|"
    "message|metaphor|mistake|"
    "name|noun|note|number|numeral|option|paragraph|passage|phrase|poem|post|problem|pronoun|proverb|question|quotation|"
    "quote|recipe|response|review|riddle|saying|scenario|sentence|sequence|series|situation|spelling|statement|story|"
    "tense|term|text|topic|tweet|verb|word)s?"
)
# Nouns for a thing that the input names, if the instruction doesn't say which one is meant.
THING_NOUN = (
    "(?:abbreviation|acronym|action|activity|actor|album|amount|angle|animal|antonym|area|artist|artwork|author|battle|behaviou?r|bird|book|"
    "brand|building|capital|car|category|character|circle|city|code|color|colour|company|composer|compound|concept|"
    "continent|contraction|country|crop|cube|currency|customer|date|definition|device|director|dish|drawing|element|event|"
    "figure|film|fish|flag|food|formula|fraction|fruit|game|genre|greeting|group|holiday|hormone|image|ingredient|instrument|"
    "invention|inventor|island|job|king|lake|landmark|language|leader|material|matrix|measurement|metal|month|monument|"
    "mood|mountain|movie|narrator|nation|novel|object|opera|opposite|organ|organization|painter|painting|pair|person|pet|phenomenon|"
    "photo|photograph|picture|place|planet|plant|play|player|plural|poet|population|president|price|product|profession|queen|region|religion|"
    "result|river|room|ruler|scene|scientist|sentiment|set|shape|shop|sign|singular|solid|song|sound|speaker|species|speed|"
    "sport|stadium|star|state|statue|stone|subject|substance|sum|symbol|synonym|team|temperature|theme|thing|time|title|"
    "tone|tool|town|treaty|tree|triangle|unit|user|value|vegetable|vehicle|volume|war|weight|writer|year)s?"
)

# A question with one of these offers a choice, so that its answer may rightly repeat its words.
COMPARATIVES = (
    "(?:larger|bigger|longer|shorter|taller|older|younger|heavier|lighter|faster|slower|higher|lower|deeper|wider|"
    "greater|smaller|colder|hotter|warmer|closer|nearer|farther|earlier|later|better|worse|more|less|fewer|stronger|"
    "weaker|cheaper|harder|softer|brighter)"
)

_QUALIFIED = r"(?! (?:of|for|about|by|that|which|who|whose|where|with|called|named|known|(?-i:[A-Z]|\d))\b|\s*['\"“‘])"
_NUMBERED = "(?:two|three|four|five|whole|entire|same|correct|wrong|missing|underlined|highlighted|bold|capitalized)"
# Words that refer to an input, or to something that the instruction leaves open.
_POINTERS = (
    # "the following words", "this poem", "it"
    r"\b(?:following(?! (?:the|a|an|day|year|month|week|century)\b)|given(?! name)|provided|below|shown|listed|"
    r"supplied|attached|this|these|those|here|input|above(?! (?:sea|the|ground|all)\b)|it|they|them|he|she|him)\b",
    # "the sentence", but not "the sentence of the court"
    rf"\b(?:the|each|every|your|both|any|all) (?:{_NUMBERED} )?{TEXT_NOUN}\b{_QUALIFIED}",
    # "the two", "the three words", but not "the three primary colors"
    rf"\b(?:the|both|all) (?:two|three|four|five|pair)(?=\s*[.?!,]|$| {TEXT_NOUN})",
    # "the type of sentence"
    rf"\b(?:type|kind|form|sort|part|figure) of (?:speech|{TEXT_NOUN}|{THING_NOUN})(?=\s*[.?!,]|$)",
    # "the country", "the speaker says", but not "the country that won" or "the largest country"
    rf"\b(?:the|each|its|their|whose) (?:(?!(?-i:[A-Z])|\w+est\b|most\b|first\b|last\b|only\b)\w+ )?{THING_NOUN}"
    r"\b(?! (?:of|that|which|who|whose|whom|where|when|in (?!the \d|\d)|on|at|for|with|to|by|between|held|built|made|"
    r"\w+ed\b|(?!during\b)\w+ing\b|(?-i:[A-Z]))|\s*['\"“‘])",
    # "What literary device is used?"
    r"\b(?:is|are|was|were) (?:being )?(?:used|described|expressed|meant|mentioned|missing|needed|wrong)[.?!]*$",
    # "How do you say thank you?": the language may be the input
    r"\b(?:how (?:do|would|can) (?:you|i|we|one) (?:say|write|spell)|what is the word for|what comes next)\b",
    # "What should I cook?": what I have may be the input
    r"\b(?:my|mine|i|we|our)\b",
)
_POINTS = re.compile("|".join(_POINTERS), re.I)
_TRANSFORMS = (
    "(?:abbreviate|alphabetize|analyze|annotate|arrange|capitalize|categorize|change|check|choose|classify|combine|"
    "complete|condense|conjugate|continue|convert|correct|decode|delete|divide|edit|encode|evaluate|expand|extend|"
    "extract|fill|finish|fix|format|group|highlight|improve|insert|join|label|match|merge|modify|omit|order|paraphrase|"
    "parse|pluralize|proofread|punctuate|put|rank|rate|read|rearrange|remove|reorder|repeat|rephrase|replace|reply|"
    "respond|restate|reverse|revise|reword|rewrite|rhyme|round|scan|select|shorten|simplify|sort|spell|split|"
    "substitute|summarize|sum up|tag|transcribe|transform|translate|turn|underline|unscramble|use)"
)
_CREATES = (
    "(?:add|build|come up with|compose|construct|craft|create|design|develop|draft|form|generate|imagine|invent|make|"
    "produce|recommend|suggest|think of|write)"
)
_OPENING = r"^(?:please |kindly |can you |could you |would you |now |i want you to )*"
_TRANSFORMING = re.compile(rf"{_OPENING}{_TRANSFORMS}\b(?!.*\d)", re.I)
_CREATING = re.compile(rf"{_OPENING}(?:{_CREATES}|give (?:an|another) example)\b", re.I)

_YES_OR_NO = re.compile(
    r"^(?!(?:can|could|would) you\b)"
    r"(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)\b",
    re.I,
)
# Asks for one definite thing: a question, or "Name the ...".
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|where|when|how (?:many|much|old|long|high|tall|far|deep|wide|large|big|fast))\b"
    r"|\b(?:name|identify|give|state|find|determine|tell me|list|calculate|compute|specify|provide|mention|define|"
    r"explain|describe|solve)\b",
    re.I,
)
_INDEFINITE = re.compile(
    r"\b(?:name|identify|give|state|find|list|provide|mention)(?: me| us)? "
    r"(?:an?|any|some|one|two|three|four|five|six|ten|\d+)\b",
    re.I,
)
_BARE_REQUEST = re.compile(
    r"^(?:(?:who|what|which|where|when) (?:is|are|was|were)|name|give|state|identify|find|describe|explain|define) "
    r"(?:the|its|their) (?P<thing>[\w -]+)[.?!]*$",
    re.I,
)


@lru_cache(maxsize=1024)  # several rules ask about the same instruction
def works_on_input(instruction: str) -> bool:
    """Whether an instruction refers to an input ("this word", "the sentence"), leaves open what it is about ("the
    country"), or asks for work that is done on a text ("translate")."""
    return _POINTS.search(without_names(instruction)) is not None or _TRANSFORMING.search(instruction) is not None


def asks_for_new_text(instruction: str) -> bool:
    """Whether an instruction asks for a new text, which may rightly use the input."""
    return _CREATING.search(instruction) is not None


def is_yes_or_no(instruction: str) -> bool:
    """Whether an instruction is a question to be answered with yes or no."""
    return _YES_OR_NO.search(instruction) is not None


@lru_cache(maxsize=1024)
def is_complete(instruction: str) -> bool:
    """Whether an instruction asks for one definite thing and says which: "the highest mountain in Africa"."""
    if works_on_input(instruction) or asks_for_new_text(instruction) or is_yes_or_no(instruction):
        return False
    if not _ASKS.search(instruction) or _INDEFINITE.search(instruction):
        return False
    bare = _BARE_REQUEST.match(instruction)
    if bare and not quoted(instruction):
        thing = bare["thing"].split()
        return any(word.lower() in FUNCTION_WORDS or word[0].isupper() or word[0].isdigit() for word in thing)
    return len(words(instruction)) > 2


def without_names(instruction: str) -> str:
    """The instruction without "US" and "IT", which would be taken for pronouns."""
    return re.sub(r"\bUS\b|\bIT\b", "", instruction)
