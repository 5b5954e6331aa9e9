"""An instruction that contains the whole answer: "Was Jane Austen, author of Emma, its author? Name the author."."""

import re

from stages.common.records import Example
from stages.english.inflection import stem
from stages.english.tasks import COMPARATIVES
from stages.english.words import FUNCTION_WORDS, content_words, quoted, split_at_stops, without_quotes, words

# Asks for a thing, by a question word or by a request to name it.
_ASKS = re.compile(
    r"(?:^|[.?!:,] )(?:(?:in|on|at|by|from|to|of|for|with|through) )?(?:(?:who|whom|whose|what|which|where|when|how "
    r"(?:many|much|old|long|high|tall|far|deep))\b|(?:please )?(?:name|identify|give|state|list|tell me)\b)",
    re.I,
)
# Tasks whose answer may consist of words of the instruction: choices, comparisons, and work on a text or on words.
_IN_ITS_OWN_WORDS = re.compile(
    r"\b(?:or|either|between|among|which of|one of|whether|true|false|yes|no|than|compare|"
    rf"{COMPARATIVES}|"
    r"rewrite|rephrase|reword|paraphrase|repeat|echo|say|write|copy|print|type|quote|respond|reply|spell|spelled|"
    r"correct|fix|edit|change|turn|make|replace|remove|add|put|sort|order|arrange|rank|alphabetical\w*|capitalize|"
    r"combine|join|complete|finish|fill|continue|classify|categorize|group|sum|product|plus|minus|times|divided|"
    r"multiplied|percent|average|median|mean|round|square|cube|root|even|odd|prime|remainder|factor|plural|singular|"
    r"tense|participle|infinitive|synonym|antonym|opposite|rhymes?|letters?|vowels?|consonants?|syllables?|words?|verb|"
    r"noun|adjective|adverb|pronoun|subject|object|predicate|sentence|phrase|passage|text|paragraph|abbreviation|"
    r"translat\w+|greet\w*|oldest|youngest|tallest|shortest|largest number|smallest number|remain\w*|left|altogether|"
    r"total|punctuation|absolute value|units? (?:of \w+ )?(?:in|of|used in)|floor of|ceiling of|transpose|union of|"
    r"intersection of|"
    r"complement of|determinant|inverse of|contraction|(?:long|full|short) form|derivative|integral|"
    # parts of names, dates, addresses and texts
    r"surnames?|(?:first|last|middle|given|family|maiden) names?|initials?|honorific|user ?names?|domain(?: name)?|"
    r"(?:file )?extension|protocol|host ?name|(?:area|country|post(?:al)?|zip) code|postcode|prefix|suffix|stem|root "
    r"word|(?:day|month|year|hour|minute|second|city|town|state|country|street|title|unit|currency|author|name|date|"
    r"time|price|amount|number|figure) (?:part |name |mentioned |given )?(?:in|of|from) the (?:\w+ )?(?:date|time|"
    r"timestamp|address|name|measurement|amount|price|expression|heading|title|file\w*|phone number|number|citation|"
    r"reference|quotation|e-?mail)|(?:day|month|year|hour) (?:in|of|from) \d+|keyword|(?:first|second|third|last|next|"
    r"final) (?:name|element|item|entry|term|letter|character|argument|part)|(?:in|of|from) the (?:list|set|array|"
    r"tuple|string|sequence|expression|equation|fraction|pair|ratio|formula|name|e-?mail|address|URL|date|path|file "
    r"?name)|"
    r"(?:name|identify|give|state|list) (?:an?|any|some|one))\b",
    re.I,
)
_DIGITS = re.compile(r"\d+")
_VERDICT = re.compile(
    r"^\W*(?:yes|no|true|false|correct|incorrect|(?:that|this|it) is (?:true|false|correct|not))\b", re.I
)
_TOPIC = re.compile(r"^(?:about|regarding|concerning|a question (?:about|on)|on) [^:]+:", re.I)
# The kind of thing that is asked for ("Which city ..."). A sentence that names the city needn't say that it is one.
_KIND_ASKED_FOR = re.compile(
    r"\b(?:which|what) [a-z]+(?= (?:is|are|was|were|do|does|did|has|have|had|can|will)\b)", re.I
)
_OPERATOR = re.compile(r"\|-?\d+\||\w ?[+*/÷=^] ?\d|\d ?[-x×] ?\d")  # noqa: RUF001
# Sums, extremes and parts of numbers, points and fractions, whose answer may be one of the numbers given.
_CALCULATES = re.compile(
    r"\b(?:absolute value|modulus|magnitude|mode|modal|maxim\w+|minim\w+|extrem\w+|largest|smallest|greatest|highest|"
    r"lowest|biggest|least|range|nearest|middle|between|[xyz][- ]?\w*|co-?ordinates?|abscissa|ordinate|intercept|slope|"
    r"gradient|vertex|radius|numerator|denominator|divisor|exponent|power|base|index|coefficients?|constant|leading|"
    r"degree|quotient|dividend|addends?|terms?|digits?|place value|(?:real|imaginary|integer|whole|fractional|decimal) "
    r"part|ceiling|floor|conjugate|inverse|reciprocal|negation|GCD|GCF|HCF|LCM|common|intersection|union|first|second|"
    r"third|last|next|count|repeated|frequent|often|unique|missing|element|value|parameter|argument|component|variable|"
    r"length|width|height|area|side|difference|number in|real|positive|negative|multiple|hour|minute|day|month|year in|"
    r"cost|price|score|"
    r"round\w*|numbers? (?:are )?in)\b",
    re.I,
)
# A question that gives several numbers, or a negative one: "of 3, 9 and 4", "(3, 7)", "-5".
_GIVES_NUMBERS = re.compile(
    r"\d[^\w\n]+(?:and |or |to |by )?-?\d|[\s(|]-\d|\d (?:and|to|by|from|or) -?\d|\d[a-z]?/\d|\d[a-z^]"
)
_NUMBER = re.compile(r"\d")
# Words that only turn an answer into a sentence.
_FILLING = FUNCTION_WORDS | frozenset("took place happened occurred located situated held name answer".split())


def answer_in_instruction(example: Example) -> str | None:
    """An answer that adds no word to its question. Questions that offer a choice or are about a text or word are fine.

    Sentences before the question may be a problem to solve. They give the answer away only if one of them has the words
    of both question and answer.
    """
    if example.input:
        return None
    task = without_quotes(example.instruction)
    topic = _TOPIC.match(task)
    plain = task if topic else task.split(":")[0]
    answer = [word for word in words(example.output) if word not in _FILLING] + words(quoted(example.output))
    if not answer or not set(answer) <= set(words(plain)):
        return None
    if not _ASKS.search(plain) or _IN_ITS_OWN_WORDS.search(plain):
        return None
    if _NUMBER.search(example.output) and _GIVES_NUMBERS.search(plain) and _CALCULATES.search(plain):
        return None
    if _VERDICT.match(example.output) or _OPERATOR.search(plain) or not _is_said(plain, answer):
        return None
    return f"the instruction holds the answer {example.output[:80]!r}"


def _is_said(plain: str, answer: list[str]) -> bool:
    """Whether all sentences are questions, or one before the last has the words of the last question and the answer."""
    parts = split_at_stops(plain)
    *before, question = parts
    if not before or all(part.rstrip().endswith("?") for part in before):
        return True
    if len(_DIGITS.findall(plain)) > 1:
        return False  # a problem to solve
    asked = set(map(stem, content_words(_KIND_ASKED_FOR.sub(" ", question))))
    wanted = asked | set(map(stem, answer))
    return bool(asked) and any(wanted <= set(map(stem, words(part))) for part in before)
