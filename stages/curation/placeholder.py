"""Something else instead of an answer: a refusal, an unfilled gap, filler, markup, or markers of a chat."""

import re

from stages.common.records import Example
from stages.curation.code_text import asks_for_code, looks_like_code
from stages.english.tasks import asks_for_new_text

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
_REFUSES = re.compile(  # at the start of an answer
    rf"\W*(?:{_APOLOGY},?(?: but)?(?: as an? [^,.]+,)? I(?: \w+)? ?{_CANNOT}\b"
    rf"|I(?: am|['’]m)? ?{_CANNOT} (?:to )?{_HELP}\b"
    r"|(?:please|could you|can you) (?:please )?(?:provide|share|specify|clarify|give me|paste)\b"
    r"|I do(?:n['’]?t| not) know\W*$"
    r"|(?:there is )?no (?:text|input|passage|article) (?:was |is |has been )?(?:given|provided))",
    re.I,
)
_SPEAKS_OF_ITSELF = re.compile(  # anywhere
    r"\b(?:as an? (?:large |virtual |AI |chat)+ ?(?:language )?(?:model|assistant|AI|bot)\b,? I\b"
    r"|as an AI\b,? I\b|I(?:['’]m| am) (?:just |only |merely )?an? (?:AI|(?:large )?language model|chatbot)\b"
    r"|my (?:knowledge|training)(?: data)? (?:cut-?off|only goes|was last updated)\b"
    r"|(?:text|input|passage|article) (?:is|was|has) ?(?:not|n['’]t) (?:been )?(?:given|provided)\b)",
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
# A word that says that there is no answer: "N/A", "No output", "NaN".
_NO_ANSWER = re.compile(
    r"[\W_]*(?:n\.?/a\.?|tb[ad]|todo|null|nil|nan|undefined|none given|<?no[ _-]?(?:output|answer|response|reply|"
    r"result|input|content)s?>?(?: (?:is |was )?(?:needed|necessary|required|given|provided|available|generated|"
    r"possible))?|(?:output|answer|response) (?:not (?:needed|required|provided|available|given)|here|goes here|"
    r"missing)|"
    r"not (?:applicable|available|provided|specified)|(?:output|response|answer|placeholder))[\W_]*",
    re.I,
)
_ASKS_FOR_SUCH_A_WORD = re.compile(
    r"\b(?:values?|keywords?|abbreviat\w+|acronyms?|literals?|returns?|JavaScript|Python|SQL|written|spell\w*|"
    r"response code|synonyms?|antonyms?|opposite|translat\w+|(?:which|what) word|rhymes?)\b",
    re.I,
)
_LONGEST_NO_ANSWER = 80  # characters
# "None" answers many questions, but no request to make something.
_NONE = re.compile(r"\W*none\W*", re.I)
_DRAWS = re.compile(r"(?:please )?(?:draw|sketch|paint|record|take|sing|play|explain|describe|summarize)\b", re.I)
# Signs that mark a gap: "...", "___", "- - -". An emoji or a mathematical sign is no gap. The group is possessive, or a
# long line would be split in every possible way.
_GAP = re.compile(r"(?=[\W_]*?(?:\.\.|[…–—_*-]))[\s.…–—_*~=#!?()\[\]<>/|,:;\"'-]*+")
_MORSE = re.compile(r"(?=.*\.)(?=.*[-–−])[.·–−\s/|-]++", re.S)  # noqa: RUF001
_ASKS_FOR_A_MARK = re.compile(
    r"\b(?:marks?|signs?|symbols?|characters?|dash\w*|hyphens?|dots?|ellips\w+|punctuat\w+|Morse|operators?|blanks?|line|"
    r"lines|values?|keywords?|abbreviat\w+|acronyms?|stands? for|keys?|glyphs?|delimiters?|separat\w+|wildcards?|"
    r"bullets?|"
    r"underscores?|asterisks?|prefix|subtract\w*|multipl\w+|minus|joins?|pattern|draw|ASCII|telegraph\w*|code)\b",
    re.I,
)

# Tasks in which a kind of residue is wanted.
_SIGNS = re.compile(
    r"\b(?:tags?|elements?|comments?|programs?|scripts?|functions?|methods?|quer(?:y|ies)|templates?|placeholders?|"
    r"variables?|web ?pages?|wiki\w*|headings?|signs?|symbols?|tokens?|brackets?|braces|fence\w*|mask\w*|"
    r"anonymi[sz]\w*|redact\w*|"
    r"(?:sub|super|power)?sets?|union|replace|substitute|terminal|shell|loops?|arrays?|matri(?:x|ces)|determinants?)\b",
    re.I,
)
_LETTER = re.compile(
    r"\b(?:templates?|e-?mails?|letters?|messages?|forms?|placeholders?|invitations?|fill(?:ed|ing)? in|blanks?|cards?|"
    r"memos?|notes?|resum[eé]s?|contracts?|speech|announcements?|out-of-office|brackets?|"
    r"posts?|tweets?|captions?|job descriptions?|ads?|advert\w*|press releases?|bios?|scripts?|certificates?|"
    r"introductions?|agenda|minutes|policy|agreements?|proposals?|cover|LinkedIn|chatbots?|rejection|reviews?)\b",
    re.I,
)
_HTML_TAG = (  # with attributes that have values, so that "x <b and c> d" is none
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em|font|footer|h[1-6]|head|"
    r"header|hr|html|i|img|ins|li|link|mark|nav|nowiki|ol|p|pre|q|ref|s|section|small|span|strike|strong|style|sub|sup|"
    r"table|tbody|td|th|thead|title|tr|u|ul|video|script|meta|noinclude|gallery|math|think|answer|response|instruction|"
    r"input|output|example|page)(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*/?>"
)
_CITES = re.compile(
    r"\b(?:cit(?:e|es|ed|ation|ations)|references?|footnotes?|bibliograph\w+|sources?|arrays?|lists?|index\w*|matri\w+|"
    r"vectors?|intervals?|dimension\w*|tensors?|Wikipedia|domain|range|solve)\b",
    re.I,
)
_NEVER = re.compile(r"(?!)")
_FUNCTIONS = re.compile(r"\b(?:inputs?|outputs?|examples?|programs?|functions?|codes?)\b", re.I)
_QUIZ = re.compile(
    r"\b(?:questions?|quiz\w*|Q ?& ?A|FAQs?|trivia|flash ?cards?|riddles?|interview|exam|tests?)\b", re.I
)
# Residue, and the tasks in which it is wanted.
_RESIDUE = tuple(
    (re.compile(residue), asked_for)
    for residue, asked_for in (
        (r"(?im)<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|</?s>|^#{2,} ?(?:Instruction|Input|Response)\b", _SIGNS),
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
# A second task, or the label of the answer: "Iron.\n\nInstruction: Name a metal.", "Name a metal. Output:"
_LABELS = tuple(
    (re.compile(residue), asked_for)
    for residue, asked_for in (
        (
            r"(?im)(?:^|[.!?\"”][^\S\n])[^\w\n]{0,8}(?:\d+\W{1,3})?instruction\W{0,2}:|^[^\w\n]{0,8}response\W{0,2}:",
            _NEVER,
        ),
        (r"\bInstruction(?: \d+)?:\s", re.compile(r"(?i)\binstructions?\b")),
        (r"(?im)^[^\w\n]{0,8}output:\s", _FUNCTIONS),
        (r"(?im)(?:^[^\w\n]{0,8}|[.!?\"”]\s{1,3})(?:output|answer|response):\s*\Z|\A\W{0,8}output:", _QUIZ),
        (
            r"(?is)(?:\A|[.!?\"”]\s|\n)[^\w\n]{0,8}(?:task|question)(?: \d+)?:.{1,400}?[.?!\n]\s{0,3}[^\w\n]{0,8}"
            r"(?:output|response|answer):",
            _QUIZ,
        ),
    )
)
# The same for what code may hold.
_RESIDUE_OUTSIDE_CODE = tuple(
    (re.compile(residue), asked_for)
    for residue, asked_for in (
        # {{topic}}, {% if %}, {city}, <NAME>; but not \text{city}, {a} or ${HOME}
        (r"\{\{[^{}]*\}\}|\{%[^{}\n]*%\}|(?<![\w\\}^_$#])\{[a-z_]{3,}\}|<[A-Z_]{3,}>", _SIGNS),
        (rf"(?m){_HTML_TAG}|^#{{2,6}} ", _SIGNS),
        (r"```", _SIGNS),
        # [[Finland]] and [[Finland|the country]], but not the matrix [[1, 2], [3, 4]] or Bash's [[ -f x ]]
        (r"(?<!\w)\[\[(?=[^\W\d_])[^\[\],]*\]\]|\]\(https?://|'''", _SIGNS),
        # Wikipedia's marks: "in 1990.[2]", "Silva[citation needed]"
        (
            r"(?i)\[(?:citation|clarification|better source|verification|page|quote|attribution|disambiguation) "
            r"needed\]|\[dead link\]|\[(?:who|when|where|which|by whom|according to whom|vague|dubious|update|edit|"
            r"failed verification|original research)\?? ?\]|(?<=[\w.,;:)\"”’%])\[(?:\d{1,3}|note \d+|nb \d+|"
            r"[a-z])\](?![\w(])"
            r"|(?<=\w) \[\d{1,3}\](?=[.,;]|\s+[A-Z])",
            _CITES,
        ),
    )
)
# One of these is in every residue, and in every label.
_SIGN_OF_RESIDUE = re.compile(r"[:{}<>`#\[\]]|'''|TODO|FIXME|TBD|XXXX|[Ll][Oo][Rr][Ee][Mm]")
# A speaker's label. "A: Paris\nB: Rome" are the options of a question, and "AI: ..." may be one of several
# abbreviations.
_SPEAKER = re.compile(r"^(?:User|Human|Assistant|AI|Bot|Q|A): ", re.M)
_OPTION = re.compile(r"^(?:B|(?!AI)[A-Z]{2,5}): ", re.M)
_DIALOGUE = re.compile(r"(?i)\b(?:dialogue|conversation|chat|label|Q ?& ?A|FAQ|interview|questions?|options?)")


def placeholder(example: Example) -> str | None:
    """A refusal, no answer at all, or residue that the task doesn't ask for."""
    task, output = example.instruction, example.output
    if (len(output) <= _LONGEST_NO_ANSWER and _is_no_answer(task, output)) or _is_gap(task, output):
        return f"output is {output.strip()!r}"
    if (found := _REFUSES.match(output) or _SPEAKS_OF_ITSELF.search(output)) and not _SPEAKS_FOR_OTHERS.search(task):
        return f"output refuses or speaks of itself: {found[0]!r}"
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        asked = f"{task}\n{example.input}" if field == "output" else task
        if residue := _find_residue(text, asked):
            return f"{field} holds {residue!r}"
    return None


def _is_no_answer(task: str, output: str) -> bool:
    if _NONE.fullmatch(output):
        return asks_for_new_text(task) or _DRAWS.match(task) is not None
    return _NO_ANSWER.fullmatch(output) is not None and not _ASKS_FOR_SUCH_A_WORD.search(task)


def _is_gap(task: str, output: str) -> bool:
    return _GAP.fullmatch(output) is not None and not _ASKS_FOR_A_MARK.search(task) and not _MORSE.fullmatch(output)


def _find_residue(text: str, task: str) -> str | None:
    if not _SIGN_OF_RESIDUE.search(text):
        return None
    for pattern, asked_for in _RESIDUE:
        if (found := pattern.search(text)) and not asked_for.search(task):
            return found[0]
    for pattern, asked_for in _RESIDUE_OUTSIDE_CODE:
        if (found := pattern.search(text)) and not asked_for.search(task):
            return None if asks_for_code(task) or looks_like_code(text) else found[0]
    for pattern, asked_for in _LABELS:
        if (found := pattern.search(text)) and not asked_for.search(task):
            return found[0]
    speaker = _SPEAKER.search(text)
    return speaker[0] if speaker and not _OPTION.search(f"{text}\n{task}") and not _DIALOGUE.search(task) else None
