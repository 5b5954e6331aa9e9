"""Something else instead of an answer: a refusal, an unfilled gap, filler, markup, or markers of a chat."""

import re

from stages.common.records import Example

_APOLOGY = (
    r"(?:(?:I['’]?m|I am) (?:very |so |really |terribly )?(?:sorry|afraid)|sorry|I apologi[sz]e|unfortunately|"
    r"regrettably)"
)
_CANNOT = (
    r"(?:can(?:['’]?t|not)|could(?:n['’]?t| not)|(?:am|['’]m) (?:not able|unable)|do(?:n['’]?t| not) (?:have|know)|"
    r"won['’]?t|will not)"
)
_HELP = (
    r"(?:help|assist|answer|provide|fulfil+|comply|generate|create|complete|process|access|browse|predict|summari[sz]e|"
    r"translate|identify|determine|offer|give|discuss|do (?:that|this)|say|open|see|view|with (?:that|this)|"
    r"real-time|personal|enough|sufficient|any (?:information|text|feelings|opinions|preferences)|the ability)"
)
_REFUSAL = re.compile(
    rf"^\W*{_APOLOGY},?(?: but)?(?: as an? [^,.]+,)? I(?: \w+)? ?{_CANNOT}\b"
    rf"|^\W*I(?: am|['’]m)? ?{_CANNOT} (?:to )?{_HELP}\b"
    r"|\bas an? (?:large |virtual |AI |chat)+ ?(?:language )?(?:model|assistant|AI|bot)\b,? I\b"
    r"|\bas an AI\b,? I\b|\bI(?:['’]m| am) (?:just |only |merely )?an? (?:AI|(?:large )?language model|chatbot)\b"
    r"|\bmy (?:knowledge|training)(?: data)? (?:cut-?off|only goes|was last updated)\b"
    r"|^\W*(?:please|could you|can you) (?:please )?(?:provide|share|specify|clarify|give me|paste)\b"
    r"|^\W*I do(?:n['’]?t| not) know\W*$"
    r"|^\W*(?:there is )?no (?:text|input|passage|article) (?:was |is |has been )?(?:given|provided)"
    r"|\b(?:text|input|passage|article) (?:is|was|has) ?(?:not|n['’]t) (?:been )?(?:given|provided)\b",
    re.I,
)
# Tasks to write for somebody else or to work on given words: the answer may then be "I can't help you".
_SPEAKS_FOR_OTHERS = re.compile(
    r"\b(?:e-?mails?|letters?|dialogues?|conversations?|messages?|notes?|apolog\w+|reply|respond|decline|refus\w+|say|"
    r"stor(?:y|ies)|poems?|speech|role|scene|script|sentences?|statements?|rewrite|rephrase|translate|convert|negative|"
    r"polite\w*|formal\w*|correct|grammar|spelling|edit|proofread|contract\w*|language models?|chatbots?|assistants?|"
    r"quot\w+)\b",
    re.I,
)
_NO_ANSWER = re.compile(
    r"\W*(?:n/a|tb[ad]|todo|null|nan|undefined|none given)\W*"
    r"|(?=[\W_]*?(?:\.\.|[…–—_*-]))[\W_]*+",  # possessive, or a long line would be split in every possible way
    re.I,
)
_ASKS_FOR_A_MARK = re.compile(
    r"\b(?:marks?|signs?|symbols?|dash\w*|hyphens?|dots?|ellips\w+|punctuat\w+|Morse|operators?|blanks?|line|values?|"
    r"keywords?|abbreviat\w+|acronyms?|stands? for)\b",
    re.I,
)

# Tasks in which a kind of residue is wanted.
_CODE = re.compile(
    r"\b(?:HTML|XML|SVG|CSS|markup|markdown|tags?|LaTeX|code|comments?|programs?|scripts?|functions?|Python|Java\w*|SQL|"
    r"C\+\+|Rust|Bash|shell|regex|regular expressions?|JSON|YAML|Jinja|Mustache|templates?|placeholders?|variables?|"
    r"web ?pages?|wiki\w*|headings?|signs?|symbols?|tokens?|brackets?|braces)\b",
    re.I,
)
_LETTER = re.compile(
    r"\b(?:templates?|e-?mails?|letters?|messages?|forms?|placeholders?|invitations?|fill(?:ed|ing)? in|blanks?|cards?|"
    r"memos?|notes?|resum[eé]s?|contracts?|speech|announcements?|out-of-office|brackets?)\b",
    re.I,
)
_RESIDUE = tuple(
    (re.compile(residue), asked_for)
    for residue, asked_for in (
        (r"\{\{[^{}]*\}\}|\{%[^{}\n]*%\}|\{[a-z_]+\}|\$\{\w+\}|<[A-Z_]{3,}>", _CODE),
        (r"(?im)<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|</?s>|^#{2,} ?(?:Instruction|Input|Response)\b", _CODE),
        (r"(?m)^(?:User|Human|Assistant|AI|Bot|Q|A): ", re.compile(r"(?i)\b(?:dialogue|conversation|chat|label)")),
        (r"(?m)</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:nbsp|lt|gt|amp|quot|#\d+);|```|^#{2,6} ", _CODE),
        (r"\[\[|\]\]|\]\(https?://|'''", _CODE),
        (
            r"(?i)\[(?:your|name|insert|date|year|month|day|place|city|country|company|recipient|sender|topic|title|number|"
            r"answer|phone|address|gift|event|add|enter|fill)\b[^\[\]]*\]",
            _LETTER,
        ),
        (r"\b(?:TODO|FIXME|TBD)\b", re.compile(r"\b(?:TODO|FIXME|TBD)\b")),
        (r"\bX{4,}\b", re.compile(r"\bX{4,}\b")),
        (r"(?i)\blorem ipsum\b", re.compile(r"(?i)\b(?:lorem|ipsum|filler|placeholder)\b")),
    )
)


def placeholder(example: Example) -> str | None:
    """A refusal, no answer at all, or residue that the task doesn't ask for."""
    if _NO_ANSWER.fullmatch(example.output) and not _ASKS_FOR_A_MARK.search(example.instruction):
        return f"output is {example.output.strip()!r}"
    if (found := _REFUSAL.search(example.output)) and not _SPEAKS_FOR_OTHERS.search(example.instruction):
        return f"output refuses or speaks of itself: {found[0]!r}"
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        for pattern, asked_for in _RESIDUE:
            if (found := pattern.search(text)) and not asked_for.search(example.instruction):
                return f"{field} holds {found[0]!r}"
    return None
