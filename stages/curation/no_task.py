"""What a confused teacher writes: its own prompt as a task, a preamble without an answer, JSON that nobody asked for, a
statement or a bare label where a task should be."""

import re

from stages.common.records import Example
from stages.curation.code_text import asks_for_code
from stages.english.inflection import lemmas_of
from stages.english.tasks import works_on_input
from stages.english.words import fold, quoted

_EXAMPLES = (
    r"(?:training |new |more |different |good |such |instruction[- ]following |instruction[- ]tuning |"
    r"question[- ]answer(?:ing)? |Q ?& ?A |input[- ]output |instruction[- ]output )*"
    r"(?:examples?|instructions?|tasks?|instances?|pairs?|prompts?|items)"
)
_ABOUT_A_PAGE = (
    r"(?:about|for|from|on|of|based on|using|with|to)\b.{0,30}\b(?:this|the|that|each|given|following) (?:\w+ )?"
    r"(?:page|topic|text|article|passage|content|context|encyclop\w+|document|above|language model|dataset|subject)\b"
)
# A teacher's prompt, in its own words or in others.
_PROMPT = re.compile(
    r"\b(?:"
    r"(?:write|generate|create|produce|provide|give|make|add|come up with|return|output|compose|design|formulate) "
    rf"(?:me |us )?(?:exactly |at least |at most |up to |about )?(?:\w+ |\d+ )?{_EXAMPLES} {_ABOUT_A_PAGE}"
    rf"|(?:write|generate|create|provide|give|return|output) (?:me |us )?(?:exactly |at least )?"
    r"(?:\d+|an?|some|several|one|two|three|four|five|six|eight|ten) "
    r"(?:training |instruction[- ]following |instruction[- ]tuning |input[- ]output )"
    rf"{_EXAMPLES}"
    r"|training examples for a (?:large )?language model|you write (?:training )?examples\b"
    r"|each example is an? (?:JSON )?object\b|objects? with (?:three|the) (?:strings|keys|fields)\b"
    r"|answer with (?:one|a) JSON object\b|return (?:only |just )?(?:the |a |valid )?JSON (?:for|of|"
    r"about) (?:this|the)\b"
    r"|use only facts (?:that|from|of) the page\b|no two examples\b|write in English only\b"
    r"|vary the tasks\b|about one example in (?:three|four|five)\b|clear to somebody who has never seen\b"
    r"|the page stands between\b|[0-9a-f]{16}>>>"
    r"|the (?:instruction|input|output) (?:field|key|string) (?:of|is|must)\b"
    r"|(?:write|generate|create) (?:an? |the )?(?:instruction|task)(?:,? (?:an? )?input,?)? and (?:an? |its |the )?"
    r"(?:output|answer|response)\b"
    r")|<<<\w+ [0-9a-f]{16}|[\"'`](?:instruction|input|output)[\"'`]\s*:",
    re.I,
)
_ABOUT_TEACHING = re.compile(r"\b(?:teach\w*|students?|pupils?|class|lesson|school|children|dog|employees?)\b", re.I)
# A task that is only the name of a field or a thing.
_LABEL = re.compile(
    r"\W*(?:example|instruction|input|output|task|question|prompt|text|string|answer|title|page|topic|heading|sentence|"
    r"n/?a|none|null|undefined|noinput|instruction here|your instruction|the (?:task|instruction|question))s?"
    r"(?: ?\d+)?\W*",
    re.I,
)
_LONGEST_LABEL = 80  # characters
# The whole answer announces an answer: "Sure! Here are the examples."
_PREAMBLE = re.compile(
    r"\W*(?:(?:sure(?: thing)?|certainly|of course|okay|ok|absolutely|great|yes|got it|understood|no problem|alright|"
    r"gladly|with pleasure|as requested|here you (?:go|are)|happy to help|thank you|thanks|done|I "
    r"understand)\W+)*(?:(?:here (?:is|are|'s)|here’s|here're|below (?:is|are)|the following (?:is|are)|these are|this "
    r"is|following are) (?:the|your|my|an?|some|a few|\w+)(?: \w+){0,4}? ?(?:examples?|answers?|responses?|summar(?:y|"
    r"ies)|translations?|lists?|sentences?|instructions?|tasks?|texts?|outputs?|results?|JSON|questions?|versions?|"
    r"paragraphs?|explanations?|requested|you (?:asked|requested|need)|ideas?|tips?|facts?|information|"
    r"descriptions?)(?: (?:about|for|of|on|based on|from|that|as|in|you)\b[^.!?:\n]{0,60})?"
    r"|(?:I(?:['’]d| would|['’]ll| will|['’]m| am| can)|let me) (?:be )?(?:happy to |glad to |going to |now |ready to |"
    r"gladly )*(?:help|assist|write|create|generate|provide|give|do|start|begin|try|answer|explain|summarize)\b"
    r"[^.!?:\n]{0,60}|let(?:['’]s| us) (?:begin|start|get started)|I hope (?:this|that|it) helps|"
    r"let me know if you [^.!?\n]{0,60})?\W*",
    re.I,
)
_LONGEST_PREAMBLE = 300  # characters
_OPENS_PREAMBLE = re.compile(
    r"\W*(?:sure|certainly|of course|okay|ok|absolutely|great|got it|understood|no problem|alright|gladly|as requested|"
    r"here|below|the following|these are|this is|following are|I|let|happy|with pleasure|done)\b",
    re.I,
)
_SAYS_SOMETHING = re.compile(
    r"\b(?:repl(?:y|ies)|respond|say|dialogue|conversation|rewrite|translate|synonym|informal\w*|formal\w*|polite\w*|"
    r"accept|agree\w*|greet\w*|e-?mail|message|complete|finish|continue|sentence|convert|quote|correct|word)\b",
    re.I,
)
# An object or a list of objects, whole or begun, with or without a fence.
_JSON = re.compile(r"\s*(?:```(?:json)?\s*)?(?:\[\s*)?\{\s*[\"'“](?P<key>[^\"'”\n]{1,60})[\"'”]\s*:", re.I)
_FIELDS = re.compile(r"[\"'](?P<key>instruction|output|examples|response|answer|question|task)[\"']\s*:", re.I)
_ASKS_FOR_OBJECTS = re.compile(
    r"\b(?:dict\w*|objects?|arrays?|APIs?|data structures?|key-value|formats?|schemas?|hash\w*|maps?|payloads?|"
    r"config\w*|YAML|MongoDB|databases?|records?|structured|set)\b",
    re.I,
)
# "Enkidu was made of clay.", "The epic is a poem."
_STATEMENT = re.compile(
    r"(?P<start>(?:The |An? )?[^\W\d_][\w'’-]*)(?: [\w'’()-]+){0,8}? (?:is|was|were|are|has|had|became|lived|died|"
    r"wrote) "
    r"[^?:\"“”\n]*\.",
)
_SPEAKS_TO_SOMEBODY = re.compile(
    r"\b(?:you|your|I|my|me|we|our|please|should|must|need|want|following|given|below|above|true|false|"
    r"write|explain|describe|give|name|find|list|tell|identify|say|what|how|why)\b",
    re.I,
)


def no_task(example: Example) -> str | None:
    """A task that is a teacher's prompt, a label, JSON or a statement; or an answer that only announces one, or that is
    JSON although the task doesn't ask for it."""
    task = example.instruction
    if (found := _PROMPT.search(task)) and not _ABOUT_TEACHING.search(task):
        return f"the instruction is a teacher's prompt: {found[0]!r}"
    if len(task) <= _LONGEST_LABEL and _LABEL.fullmatch(task):
        return f"the instruction {task!r} is no task"
    if _JSON.match(task) or _is_statement(example):
        return f"the instruction asks for nothing: {task[:80]!r}"
    output = example.output
    if len(output) <= _LONGEST_PREAMBLE and _OPENS_PREAMBLE.match(output) and _PREAMBLE.fullmatch(output):
        if not _SAYS_SOMETHING.search(task):
            return f"output only announces an answer: {output.strip()[:80]!r}"
    return _unasked_json(example)


def _unasked_json(example: Example) -> str | None:
    output = example.output.lstrip()
    if not (found := _JSON.match(output) or _FIELDS.match(output)):
        return None
    asked = f"{example.instruction}\n{example.input}"
    if asks_for_code(asked) or (_ASKS_FOR_OBJECTS.search(asked) and not _FIELDS.search(output)):
        return None
    return f"output is JSON with {found['key']!r}, and the task asks for none"


def _is_statement(example: Example) -> bool:
    task = example.instruction.strip()
    if example.input or not (found := _STATEMENT.fullmatch(task)) or quoted(task):
        return False
    if _SPEAKS_TO_SOMEBODY.search(task):
        return False
    first = found["start"]
    if " " in first:
        return not works_on_input(task)
    return not lemmas_of(fold(first))  # a name; any other first word may be the verb of a request
