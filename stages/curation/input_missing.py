"""An instruction that needs an input which is missing: "Summarize the following passage." and nothing more."""

import re

from stages.common.records import Example
from stages.english.tasks import TEXT_NOUN, THING_NOUN
from stages.english.words import quoted, split_at_stops

_ADJECTIVES = r"(?:(?!the |an? )[a-z-]+ ){0,2}?"
_END = r"(?=\s*[.?!,;]|$)"
# What may follow the mention of a given text: "the sentence into French", but not "the sentence of the court".
_USE = (
    r"(?: (?:into|using|so that|as|without|to|and|correctly|backwards?|aloud|in (?:(?:the )?(?:passive|active|past|"
    r"present|future|correct|right|alphabetical|ascending|descending|reverse|chronological|order|third|first|plural)|"
    r"an?\b|your|one|two|fewer|other|different|simpler|(?-i:[A-Z]\w+)))\b)"
)
_POINTS = re.compile(
    rf"\b(?:following|given(?! name)|provided|attached|supplied|above) {_ADJECTIVES}(?:{TEXT_NOUN}|{THING_NOUN})\b"
    r"(?! after\b)"  # "the following month after June"
    rf"|\bthe following(?: into| to| in| as| by|{_END})"
    rf"|\b(?:this|these) (?!questions?\b){_ADJECTIVES}(?:{TEXT_NOUN}|{THING_NOUN})\b(?! (?:of|is called)\b)",
    re.I,
)
_POINTS_AFTER = re.compile(
    rf"\b(?:{TEXT_NOUN}|{THING_NOUN}) (?:provided|shown|listed|"
    r"(?:below|above)(?! (?:\d+|the|an?|zero|sea|ground|average|freezing)\b))\b",
    re.I,
)
_AFTER = re.compile(r" (?:below|above|provided|shown|listed)\b", re.I)
_WORK = (
    r"(?:rewrite|rephrase|reword|paraphrase|summarize|shorten|simplify|translate|correct|fix|edit|proofread|punctuate|"
    r"capitalize|convert|change|turn|transform|combine|join|complete|finish|sort|arrange|order|rank|classify|categorize|"
    r"find|identify|underline|extract|count|spell|pluralize|give|define|analyze|read|replace|remove|add|put|make|state|"
    r"explain|expand|continue|reverse)"
)
_OPENING = r"^(?:please |kindly |can you |could you |would you )*"
_KNOWN = re.compile(
    rf"{_OPENING}{_WORK} (?:[\w'-]+ ){{0,6}}?the (?:two |three )?(?!answer|name|fact|time|topic|numbers?\b|line|data)"
    rf"{TEXT_NOUN}(?:{_END}|{_USE})",
    re.I,
)
_BARE = re.compile(
    rf"{_OPENING}(?:translate|rewrite|summarize|paraphrase|rephrase|proofread|correct|sort|arrange)(?: it| this| them)?"
    r"(?: (?:into|to|in|from) [a-z ]+)?[.!]*$",
    re.I,
)
_MATERIAL = re.compile(r":\s*\S|\n\s*\S|_{2,}|\s[-–—]+\s|(?:[^\s,]+, ){2,}|,[^,.]+ or |\d\D+\d|\.\.\.|…|[=+*]")
_COMMAND = re.compile(
    r"(?:please |then |now |also |and )?(?:use|make|write|keep|do|don't|give|answer|be|explain|include|ensure|return|"
    r"list|provide|limit|try|avoid|output|state|say|name|show|identify|rewrite|correct|your|each|it should|what|which|"
    r"how|is|are|does|if|underline|only|find|sort|in (?:one|two|your|at most))\b",
    re.I,
)

# "according to the text", "What does the passage say", "the theme of the article", "the animal in the photo"
_TEXT = (
    r"(?:text|passage|article|paragraph|page|excerpt|document|extract|reading|web ?page|essay|snippet|review|"
    r"transcript)"
)
_PICTURE = (
    r"(?:photos?|photographs?|pictures?|images?|videos?|audio|recording|clip|charts?|graphs?|diagrams?|screenshots?|"
    r"figure)"
)
_SPECIFIED = (  # "the text of the Ninth", "the article on bees"
    r"(?! (?:of|on|about|by|from|that|which|who|in(?! (?:simpl|plain|your|one|two|three|an? |other|formal|fewer|"
    r"different))|for|to|with|called|named|entitled|titled|where|between|below sea)\b"
    r"|[- ]?\w*-|\s*[\"'“‘])"
)
_REFERS = re.compile(
    rf"\b(?:rewrite|translate|paraphrase|rephrase|analy[sz]e|shorten|simplify|explain|proofread|is|are|was|according "
    rf"to|based on|using|on|from|in|mentioned in|described in|stated in|about|after reading|does|did|do|read|of|"
    rf"summari[sz]e|how|why|whether|that) (?:the|this|that|your|these) (?:whole |entire |short |above |given "
    rf")?{_TEXT}s?\b{_SPECIFIED}"
    rf"|\b(?:is|are|was) (?:the|this|that|these) {_TEXT}s? (?:mainly |mostly |all )?about(?=\s*[?.]|$)"
    rf"|\b(?:in|on|from|of|by) (?:the|this|that|these) {_PICTURE}\b{_SPECIFIED}"
    rf"|\b(?:the|this) {_TEXT} (?:say|says|mention|mentions|describe|describes|state|states|discuss|discusses|tell|"
    rf"tells|"
    r"explain|explains|suggest|suggests|claim|claims|argue|argues|is about|talks about|focuses on)\b"
    rf"|\b(?:theme|idea|topic|subject|author|title|tone|purpose|summary|argument|gist|message) (?:of|in) (?:the|"
    rf"this) {_TEXT}"
    rf"\b{_SPECIFIED}",
    re.I,
)
# Where a text or page is something that one makes with a program, or that everybody has.
_OFFICE = re.compile(
    r"\b(?:(?-i:Word)|Excel|PDF|HTML|CSS|LaTeX|editors?|fonts?|browsers?|software|keyboards?|printers?|web|websites?|"
    r"bold|italics?|align\w*|margins?|format\w*|insert\w*|scroll\w*|print\w*|Google|newspaper|magazine|contract|"
    r"Wikipedia|SEO|camera|pixels?|resolution|edit|editing)\b",
    re.I,
)
# An input that is only an address or the name of a file, which a model cannot open.
_ADDRESS = re.compile(
    r"\W*(?:[A-Za-z ]{3,25}: )?(?:[A-Za-z]:[\\/])?(?:(?:https?://|ftp://|www\.)\S+|[\w./\\ ()-]{1,60}\.(?:jpe?g|png|"
    r"gif|bmp|webp|svg|tiff?|heic|mp[34]|wav|avi|mov|mkv|pdf|docx?|xlsx?|pptx?|txt|csv|zip|html?|epub|rtf|odt)|"
    r"[\w-]+(?:\.[\w-]+)+/\S+|(?:insert |attached? |see |the |an? |your )*(?:attached |linked )?(?:image|photo|picture|"
    r"video|audio|file|document|article|text|link|attachment|screenshot|graph|chart)(?: (?:here|attached|file|url|link|"
    r"goes here|of .{1,40}))?)"
    r"(?:[\s,;]+(?:https?://|www\.)\S+)*\W*",
    re.I,
)
_LONGEST_ADDRESS = 500  # characters
_BARE_WORD = re.compile(r"\w+")  # "photo" without brackets is a word to work on
_ABOUT_THE_ADDRESS = re.compile(
    r"\b(?:URLs?|URIs?|links?|hyperlinks?|address(?:es)?|domains?|web ?sites?|sites?|hosts?|extensions?|file ?names?|"
    r"files?|filenames?|paths?|protocols?|HTML|Markdown|code|command|script|rename|parse|QR|query string|port|"
    r"sub-?domain|"
    r"slug|scheme|phishing|safe|words?|translate|sentence|spell\w*|company|cite|citation|APA|MLA)\b",
    re.I,
)
_OPENS_IT = re.compile(
    r"\b(?:summari[sz]e|summary|read|paraphrase|caption|main (?:idea|point)s?|describe the (?:image|photo|picture|"
    r"content)|(?:article|page|story|post|image|photo|picture|video)s? (?:at|in|from|behind) (?:the|this|that) "
    r"(?:link|url|file|address|website|web ?page))\b",
    re.I,
)
_LINKED = re.compile(
    r"\b(?:summari[sz]e|read|paraphrase|translate|describe|caption|analyze|review|transcribe|watch)\b.*"
    r"(?:https?://|www\.)\S+",
    re.I,
)


def input_missing(example: Example) -> str | None:
    """An instruction that mentions a text, a list or a thing as given, although neither the input nor the instruction
    (in quotes, after a colon or in another sentence) contains it."""
    task = example.instruction.strip()
    if given := example.input.strip():
        return _cannot_be_opened(task, given)
    if ("://" in task or "www." in task.lower()) and (linked := _LINKED.search(task)):
        return f"{linked[0][:80]!r} is asked about, which a model cannot open"
    pointer = (
        _POINTS.search(task)
        or (_AFTER.search(task) and _POINTS_AFTER.search(task))
        or _KNOWN.match(task)
        or _BARE.match(task)
        or _REFERS.search(task)
    )
    if (
        not pointer
        or (pointer.re is _REFERS and _OFFICE.search(task))
        or quoted(task)
        or _MATERIAL.search(task)
        or _has_own_sentence(task, pointer)
    ):
        return None
    return f"{pointer[0].strip()!r} is asked about, and there is no input"


def _cannot_be_opened(task: str, given: str) -> str | None:
    if len(given) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(given) or _BARE_WORD.fullmatch(given):
        return None
    if _ABOUT_THE_ADDRESS.search(task) and not _OPENS_IT.search(task):
        return None
    return f"input {given[:80]!r} is only an address or a file name, which a model cannot open"


def _has_own_sentence(task: str, pointer: re.Match[str]) -> bool:
    """Whether a sentence other than the one that mentions the text is itself a text, not another command."""
    return any(
        pointer[0] not in part and not _COMMAND.match(part) and len(part.split()) > 1 for part in split_at_stops(task)
    )
