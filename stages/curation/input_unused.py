"""An `input` that neither the instruction nor the answer uses."""

import re

from stages.common.records import Example
from stages.english.inflection import stem
from stages.english.tasks import asks_for_new_text, is_complete, works_on_input
from stages.english.words import content_words

_NOTHING = re.compile(
    r"[\W_]*(?:(?:input|context) ?: ?)?(?:n\.?/?a\.?|none|null|nil|nan|nothing|empty|blank|undefined|no "
    r"?[_-]?(?:(?:additional|further|specific|extra|other|external) )?(?:inputs?|contexts?|texts?|data|content|"
    r"information|passage|details?)(?: (?:text|data|is|was|here|for this task|at all))*(?: (?:necessary|needed|"
    r"required|given|provided|available|applicable|specified|supplied|exists?))?(?: (?:here|for this (?:task|question|"
    r"instruction)))?|(?:input|it|this task|this)? ?(?:is |does )?not (?:applicable|needed|required|provided|available|"
    r"necessary|specified|given|require (?:an? )?(?:input|any input))|without input|\(?no\)?|(?:an )?empty (?:string|"
    r"input)|-{1,3}|—|\.{3})"
    r"[\W_]*|[-–—_.…\s]{1,5}",
    re.I,
)
_LONGEST_NOTHING = 80  # characters
# Unless the word itself, or the sign, is what the task works on.
_ABOUT_A_WORD = re.compile(
    r"\b(?:words?|synonyms?|antonyms?|opposite|translate|spell\w*|part of speech|rhymes?|plural|define|definition|"
    r"meaning|mean|pronoun|adjective|adverb|terms?|abbreviat\w+|acronyms?|signs?|symbols?|marks?|characters?|Morse|"
    r"punctuat\w+|"
    r"values?|keywords?|answer|reply|response|acronym|stands? for)\b",
    re.I,
)
# Inputs that say how to answer, for whom, or when and where: "in four lines", "Audience: children", "1921".
_CONDITION = re.compile(
    r"^(?:for|in|as|with|without|using|use|at|on|by|to|from|like|about|during|assume|suppose|imagine)\b|^[\w ]{1,30}:|"
    r"\d|\b(?:simple|short|brief|formal|informal|child|children|beginners?|audience|tone|style|language|words?|"
    r"sentences?|"
    r"paragraphs?|lines?|level|english|spanish|french|german|italian)\b",
    re.I,
)
_ABOUT = re.compile(r"\b(?:about|on|of|for) (?!(?:your|any|some|the given|this|it)\b)\w+", re.I)
_NEW_TEXT_WORDS = 4  # a shorter input of a task "Write ..." may name a form or a mood


def input_unused(example: Example) -> str | None:
    """An input that shares no word with the answer or with an instruction that is complete without it, or an input that
    only says that there is none."""
    text = example.input.strip()
    if not text:
        return None
    if len(text) <= _LONGEST_NOTHING and _NOTHING.fullmatch(text) and not _ABOUT_A_WORD.search(example.instruction):
        return f"input {text!r} says that there is none"
    if _CONDITION.search(text) or not _needs_none(example.instruction, text):
        return None
    own = {stem(word) for word in content_words(text)}
    used = {stem(word) for word in content_words(f"{example.instruction} {example.output}")}
    if not own or own & used:
        return None
    return f"neither instruction nor output has to do with the input {text[:80]!r}"


def _needs_none(instruction: str, text: str) -> bool:
    if asks_for_new_text(instruction):
        is_text = len(text.split()) >= _NEW_TEXT_WORDS
        return is_text and _ABOUT.search(instruction) is not None and not works_on_input(instruction)
    return is_complete(instruction)
