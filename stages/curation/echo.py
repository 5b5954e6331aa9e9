"""An answer that only repeats what it was given: the input, the question, or a sentence that it should translate."""

import re

from stages.common.records import Example
from stages.curation.code_text import looks_like_code
from stages.english.inflection import stem
from stages.english.language import ENGLISH, identify_language
from stages.english.words import FUNCTION_WORDS, content_words, quoted

# Tasks in which the input may rightly come back as it is: it may be correct or sorted already.
_MAY_STAY = re.compile(
    r"\b(?:correct\w*|fix\w*|proofread\w*|grammar\w*|grammatical\w*|spell\w*|misspell\w*|punctuat\w+|marks?|period|"
    r"full stop|end of|errors?|mistakes?|check\w*|verify|repeat|copy|echo|sort\w*|order|arrange|rank|alphabetical\w*|"
    r"ascending|descending|already|if (?:it is |it's )?(?:needed|necessary|any|possible|required)|same|unchanged|"
    r"remove|delete|duplicates?|filter|clean|trim|round|lowest terms|simplest form|reverse|palindrome|transcribe|"
    r"plural|singular|tense|past|participle|upper ?case|lower ?case|capital letters?|capitali[sz]\w*|decode|mirror\w*|"
    r"print|return|output the|unscramble|quote|recite|say|type|write "
    r"the (?:word|number|name)|keep)\b",
    re.I,
)
# Tasks whose answer must differ from the input, however short it is.
_MUST_CHANGE = re.compile(
    r"\b(?:rewrite|rephrase|reword|paraphrase|summar\w+|shorten|condense|expand|elaborate|explain|describe|opposite|"
    r"antonym|synonym|negative|question|passive|active|formal\w*|polite\w*|continue|classify|categorize|sentiment)\b",
    re.I,
)
_SELECTS = re.compile(
    r"\b(?:which|choose|pick|select|find|extract|identify|name|what|who|where|when|underline|highlight|list)\b", re.I
)
_SAYS = re.compile(
    r"\b(?:repeat|copy|echo|say|write|quote|type|print|recite|read|spell|speak|translate|correct\w*|rewrite|punctuat\w+|"
    r"complete|continue|capitali[sz]\w*)\b",
    re.I,
)
_NOT_WORDS = re.compile(r"[^\w']+|(?<!\w)'|'(?!\w)")
_WHO_IS = re.compile(r"(?:who|what) (?:is|was|are|were)\b", re.I)
_PASSAGE_WORDS = 4  # an input of fewer words may be a name or a word, which is often its own answer
_OPEN = re.compile(
    r"^(?:please |can you |could you )?(?:explain|describe|discuss|elaborate|define|why|how(?! (?:many|much|old|long|"
    r"far|often)\b))\b",
    re.I,
)
_OTHER_LANGUAGES = (
    "French|German|Spanish|Italian|Portuguese|Dutch|Swedish|Danish|Norwegian|Finnish|Icelandic|Polish|Czech|Hungarian|"
    "Romanian|Bulgarian|Serbian|Croatian|Ukrainian|Russian|Greek|Turkish|Arabic|Hebrew|Persian|Farsi|Hindi|Bengali|Tamil|"
    "Urdu|Sanskrit|Chinese|Mandarin|Japanese|Korean|Thai|Vietnamese|Indonesian|Malay|Swahili|Zulu|Latin|Esperanto|Irish|"
    "Welsh|Catalan|Filipino|Tagalog"
)
_TRANSLATES = re.compile(
    r"\btranslate\b|\b(?:give|write|provide|what is) (?:me )?(?:the|an?) (?:\w+ )?translation\b"
    rf"|\b(?:convert|turn|put|change|render|rewrite)\b.*\b(?:into|to) (?-i:{_OTHER_LANGUAGES})\b"
    rf"|\b(?:say|write|express)\b.*\bin (?-i:{_OTHER_LANGUAGES})\W*\Z",
    re.I,
)
_INTO_ANOTHER = re.compile(rf"\b(?:into|to|in) (?:the )?(?:{_OTHER_LANGUAGES})\b")
_AFTER_COLON = re.compile(r":\s+(?P<given>\S.*)\Z", re.S)
# Frequent English words that other languages which are written alike don't have.
_ENGLISH_WORDS = frozenset("the and is are was were with of to that this they he she it you we have has from".split())
_ENGLISH_SHARE = 0.25
_SENTENCE_WORDS = 4


def echo(example: Example) -> str | None:
    """The three fields are one text; or the answer is the instruction, the input or the sentence to translate, unless
    the task is one whose answer may stay the same."""
    task, given, answer = (_bare(getattr(example, field)) for field in ("instruction", "input", "output"))
    if task == given and (task == answer or (" " in task and not _SAYS.search(example.instruction))):
        return f"input repeats the instruction: {example.input[:80]!r}"
    found = _repeats_question(example, task, answer) or _untranslated(example, answer)
    if not found and example.input and _plain(example.input) == _plain(example.output):
        found = "output repeats the input" if _must_differ(example, given.split()) else None
    return f"{found}: {example.output.strip()[:80]!r}" if found and not looks_like_code(example.output) else None


def _bare(text: str) -> str:
    """Its words in small letters."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()


def _plain(text: str) -> str:
    """With one space between words, and without what stands around the text. Case counts: it may be what the task
    changes."""
    return " ".join(text.split()).strip(" .\"'“”")


def _must_differ(example: Example, given: list[str]) -> bool:
    if _MAY_STAY.search(example.instruction):
        return False
    if _MUST_CHANGE.search(example.instruction):
        return len(given) > 1 or not _SELECTS.search(example.instruction)
    if _WHO_IS.match(example.instruction) and set(given) <= set(_bare(example.instruction).split()):
        return True
    return len(given) >= _PASSAGE_WORDS


def _repeats_question(example: Example, task: str, answer: str) -> str | None:
    """What is wrong, if the answer is or begins with the instruction, or adds nothing to it."""
    instruction = example.instruction
    begins_so = task.count(" ") >= _SENTENCE_WORDS - 1 and answer.startswith(task)
    adds_nothing = not example.input and _OPEN.search(instruction) and ":" not in instruction and _adds_nothing(example)
    if not (task == answer or begins_so or adds_nothing) or quoted(instruction) or _SAYS.search(instruction):
        return None
    return "output adds nothing to the instruction" if adds_nothing else "output repeats the instruction"


def _adds_nothing(example: Example) -> bool:
    answer = content_words(example.output)
    return bool(answer) and {stem(word) for word in answer} <= {
        stem(word) for word in content_words(example.instruction)
    }


def _untranslated(example: Example, answer: str) -> str | None:
    """What is wrong, if the answer to a translation is the text that it should translate, or still English."""
    task = example.instruction
    if not _TRANSLATES.search(task):
        return None
    after = _AFTER_COLON.search(task)
    given = example.input or quoted(task) or (after["given"] if after else "")
    words = answer.split()
    if len(words) > 1 and answer == _bare(given) and not _is_name(example.output):
        return "output is what it should translate"
    english = sum(word in _ENGLISH_WORDS for word in words)
    if _INTO_ANOTHER.search(task) and len(words) >= _SENTENCE_WORDS and english >= _ENGLISH_SHARE * len(words):
        if not quoted(example.output) and identify_language(example.output)[0] == ENGLISH:
            return "output is English, and another language is asked for"
    return None


def _is_name(text: str) -> bool:
    """Whether all words but function words have capitals: a name needs no translation."""
    return all(word[0].isupper() for word in text.split() if word.lower() not in FUNCTION_WORDS)
