r"""Finds the sentences of a wiki's plain text that must not reach a reader: those with a hole or debris, and notices.

Plain text has no templates, formulas or mark-up. Where one of them gave a number, a unit, a date or a name, a hole is
left, in two forms: "an area of  and a population of ." as a wiki writes it, with the spaces around what is gone, and
"an area of and a population of." where somebody has tidied the spaces. `mark_holes` finds the first form by the
spaces, `has_debris` the second by words that cannot be next to each other. Both know English only.
"""

import re
from collections import Counter

from stages.english.language import ENGLISH
from stages.english.wiki_text import HOLE, is_about_the_page, split_sentences

_DETERMINER = r"(?:an?|the|this|that|these|those|its|his|her|their|our|your|my|he|she|it|they|we|you|who|what)\b"
_PREPOSITION = (
    r"(?:of|at|in|on|from|with|to|for|by|into|onto|between|than|per|near|over|under|about|around|during|since|until|"
    r"through|within|throughout|beyond|above|below|across|along|among|against|towards?|upon)"
)
_ROUGHLY = r"(?:approximately|roughly|nearly|almost|circa)"
_HOLDS_A_VALUE = (
    r"(?:is|are|was|were|be|been|has|had|rose|ran|lay|stood|held|(?:weigh|measure|cover|span|reach|stretch|extend|total|cost|rise|flow|produce|contain|hold|stand|run|lie|last)"
    r"(?:e?[sd]|ing)?)"
)
# A mark that ends a word: not the one of ".NET", nor "...".
_MARK = r"(?!\.\.)[.,;:!?)]+(?=[\s\"'”’»)\]]|$)"
_GAP = r"[^\S\n]{2,}"

# Where white space shows that a value is gone. HOLE goes to the end of the match.
_SPACED_HOLES = [
    # "an area of ." "a weight of , a" "called ." "In , he" "the word , meaning"
    rf"\b(?:{_PREPOSITION}|{_ROUGHLY}|an?|the|and|or|nor|as|including|its|their|called|named|titled|word|symbol|"
    r"code|Greek|Latin|Arabic|Hebrew|Sanskrit|Persian|Chinese|Japanese|Russian)\s+"
    rf"(?={_MARK})",
    # "Its height is ."; not "which is , however,"
    rf"\b{_HOLDS_A_VALUE}\s+(?=\.(?:[\s\"'”’»)\]]|$))",
    # "with a population of  (2010)"
    rf"\b(?:{_PREPOSITION}|{_ROUGHLY}){_GAP}(?=\()",
    # "an area of  and", "is  long", "a  -long trail"; but a space is only doubled in "is  the", "duck's  beak" and
    # "6 million  today"
    rf"(?-i:(?<![\w'’])(?!(?:hundred|thousand|[mb]illion)\b)[a-z]+{_GAP}(?=[a-z-])(?!{_DETERMINER}))",
    # "At  sea level", "The  -largest"
    rf"\b(?:at|in|on|of|from|the|an?){_GAP}(?-i:(?=[a-z-])(?!{_DETERMINER}))",
    r"\b(?:an?|the) +(?=-[a-z])",
]
_SPACED_HOLE = re.compile("|".join(_SPACED_HOLES), re.I)
_ODD_SPACE = re.compile(r"\s[\s.,;:!?)-]|\(\s")  # all of these holes have one, and few other texts do
_BRACKETS = re.compile(r"\s?\([^()]*\)")
_UNIT_ALONE = re.compile(r"\s?\(\s+(?:sq )?(?:mi|ft|in|yd|km|m|cm|ha|acres?|lb|kg|mph|km/h|°[CF])[²2]?\)")

# Mark-up, and the place of a formula: "{{Cairo}}", "[[Cairo]]", '""', "<ref>", "</i>".
_MARK_UP = (
    rf"{HOLE}|\{{\{{|\}}\}}|\[\[|\]\]|\"\"|“”|</?(?:[biup]|code|pre|table|t[dr]|li)/?>"
    r"|</?(?:ref|br|div|span|su[bp]|small|math|nowiki|templatestyles)\b"
)
# TeX: "$E = mc^2$", "$n$", "$$x$$", "\frac{1}{2}", "\alpha", "\(x\)", "{\displaystyle", "mc^2", "a_{n}", "x_1", "H_2O";
# but neither "$5 and NZ$6", "$uicideboy$" nor "C:\Users".
_TEX = (
    r"(?<![\w$])\$\$?(?=[^\s$])(?:[A-Za-z]\w?|\d+(?:[./]\d+)?|[^$\n]*[\\^_={}+<>][^$\n]*)(?<=\S)\$\$?(?![\w$])"
    r"|\{\\|(?<![\w:\\])\\(?:[A-Za-z]+|[()\[\]])|[A-Za-z\d)\]}]\^[\w{(\\+-]|[A-Za-z]_\{"
    r"|(?<![\w.])(?:[A-Za-z]_\w(?!\w)|[A-Z][a-z]?_\d)"
)
_DEBRIS = re.compile(f"{_MARK_UP}|{_TEX}")
# All mark-up and TeX has one of these, and few sentences do.
_RARE_SIGN = re.compile(rf"[{HOLE}{{}}\[\]<$\\^_]")
_EMPTY_QUOTES = ('""', "“”")


def _at(letters: str, pattern: str) -> str:
    """The pattern where one of these letters is next: those with which all of its matches start.

    `re` passes over an alternative that starts with a class of characters at once, so that a long list of such
    alternatives takes a tenth of the time. A match is only the letter.
    """
    return rf"[{letters}](?<=(?={pattern}).)"


# What is measured: a value has to follow "of", whatever is before it.
_MEASURED = (
    r"(?:area|population|length|width|height|depth|weight|mass|speed|range|elevation|altitude|distance|diameter|radius|"
    r"circumference|temperature|volume|capacity|density|size|span|wingspan|total|average|maximum|minimum|mean|median|"
    r"cost|price|budget|revenue|turnover|thickness|power|displacement|duration|age|value|rate|income|attendance)s?"
)
_MEASURED_LETTERS = "abcdehilmprstvw"
# "limited to." and "the son of and a", but not "referred to." The particles ("moved in", "came about") are not here.
_STRICT = r"(?:of|at|from|with|to|for|into|between|during|per)"
# What comes after the noun of a preposition, so that right after the preposition the noun is gone: "of and a", "of is".
_AND_ON = (
    r" (?:and|or) (?:an?|the|is|was|are|were|has|had|its|his|her|their|he|she|they)\b| (?:is|was|are|were|has|had) "
)
# "of." "of, a"; but "similar to, and often bigger than, the wolf" and "of, by and for the people" go on.
_ENDS_CLAUSE = rf"(?:[.;)]|,(?! (?:and|or|but|if|though|as well|rather|not|yet|nor|{_PREPOSITION})\b)|{_AND_ON})"
# "of in", "at across", "for through"; not "of at least", "of in vitro", "a sum of from 5 to 10".
_OTHER_PREPOSITION = (
    r" (?:of|per|through(?! (?:traffic|trains?|services?)\b)|in(?! (?:front|vitro|vivo|situ|utero)\b)"
    r"|at(?! (?:least|most|best|all|once|first|sea|home)\b)|on(?! high\b)|by|to|with"
    r"|as(?! (?:much|many|few|little|far|low|high|long)\b)|for|from(?! ?[\d$£€])|across|during)(?=[ .,;)])"
)
# A preposition may be at the end of a clause that asks or relates ("what it is made of.", "the house he lived in."),
# after an infinitive ("a house to live in.", "hard to deal with.") and after some verbs ("was referred to.").
_RELATES = re.compile(
    r"\b(?i:which|that|who|whom|whose|what|whatever|where|wherever|how|why|than)\b"
    r"|(?<!\band )(?<!\bbut )(?<!\bbecause )(?<!\bwhen )(?<!\bwhile )(?<!\bas )(?<!\bif )(?<!\bor )(?<!\bafter )"
    r"(?<!\bbefore )(?<!\bsince )(?<!\balthough )(?<=[a-z] )(?:he|she|it|they|we|you|I|people)(?:'s|'re|'d|'ve)? "
    r"|\b(?:[Tt]he|[Aa]n?|of|every|any) (?![a-z]+ing )[a-z]+ (?:the|an?|its|his|her|their) [a-z]+ "
    r"|\b(?:the|an?|only|every|any|no) [a-z ]{1,30}(?:every(?:one|body)|any(?:one|body)|nobody|[A-Z]\w+) "
    r"(?!is|was|are|were)[a-z]"
    rf"|\b(?:{_STRICT}|in|by|on), (?:and|but|or|if|though)\b"
    r"|\bto (?!(?:an?|the|its|his|her|their) )[a-z]+(?: [a-z]+){0,3} $"
)
# "was referred to.", "if they want to.", "is cared for.", "dealt with."
_TAKES_ONE = re.compile(
    r"\b(?:(?:refer|adher|attend|cater|respond|listen|consent|object|subject)(?:red|ed|s)?|spoken|talked|agreed|wants?|"
    r"wanted|needs?|needed|have|has|had|used|ought|going|like[ds]?|wish(?:ed|es)?|tr(?:y|ied|ies)|refused?|allowed|"
    r"forced|asked|told|supposed|permitted|expected|required|able|unable|willing|free|eager|afraid|come|came|brought|voted|"
    r"accounted|cared|stands?|stood|called|paid|provided|sent|looked|searched|hoped|applied|fought|prayed|"
    r"longed|unaccounted|bargained|"
    r"disposed|heard|unheard|thought|dreamed|dreamt|approved|complained|care|advantage|use|fun|sort|kind|laughed|shot|"
    r"aimed|stared|fired|arrived|dealt|done|tampered|interfered|reckoned|met|away|apart|broken|bumped|run|"
    r"in|far|anywhere|somewhere|everything|go|up) $"
)
# Verbs after which "in" needs a place or a time ("born in."), or "by" a name ("written by."); not "moved in."
_HAPPENED = (
    r"(?:born|died|founded|established|located|situated|published|released|incorporated|constructed|completed|created|"
    r"introduced|organized|premiered|buried|baptized|elected|appointed|adopted|abolished|launched|commissioned|formed|"
    r"fought|signed|celebrated|crowned|opened|closed|demolished|renovated|inaugurated|each year|every year)"
)
_BY_WHOM = r"(?:(?!passed|lived|abided|stopped|dropped)[a-z]+ed|written|led|built|won|run|held|sung|known|drawn)"
# "limited to." "of and a" "of in" "of above sea level"; not "of above-average quality"
_CLAUSE_END = _at(
    "AaBbDdFfIiOoPpTtWw",
    rf"(?i:{_STRICT}(?={_ENDS_CLAUSE}|{_OTHER_PREPOSITION})"
    r"|(?:of|at)(?= (?:above|below)\b(?!-| (?:average|normal|zero|freezing|\d))))",
)
# "an area of and", "a population of about."
_MEASURE_END = _at(
    _MEASURED_LETTERS,
    rf"{_MEASURED} (?:of|between|from)(?: about| over| around| up to| {_ROUGHLY})?"
    rf"(?=[.,;)]| (?:and|or)\b|{_OTHER_PREPOSITION})",
)
# "born in and died", "directed by and starred", "named after by", "is about."
_AFTER_PARTICLE = (
    rf"(?=[.;)]|,(?! (?:and|or|but|among|{_PREPOSITION})\b)|, and (?:is|was|has|had|it|he|she)\b|,(?= near\b)"
    rf"|{_AND_ON}| (?:in|on|at|by|of|to|from|after) | and (?:in|on) \d| and [a-z]+ed\b(?! (?:after|by|for|to)\b))"
)
_PARTICLE_END = _at(
    "abcdefilnoprsw",
    rf"(?:{_HAPPENED} (?:in|on|at|near)|named after){_AFTER_PARTICLE}|(?:is|was|are|were) about(?=[.;])",
)
_BY_NOBODY = re.compile(rf"\b{_BY_WHOM} by{_AFTER_PARTICLE}")
_WRONG_WORDS = [
    # "In, Alabama has", "The, which"
    _at(
        "ABDFINOTUW",
        r"^(?:In|At|On|Of|From|With|For|To|Into|Between|During|Until|Among|Under|Near|By|The|An),",
    ),
    # "from to", "between and", "born in in", "and and"
    _at(
        "abfio",
        r"(?:from to|between and|from and|of of|at at|and and|"
        r"(?<!moved )(?<!came )(?<!settled )(?<!brought )(?<!lived )in in) ",
    ),
    # "an and", "the of", "a -long"; not "Xi'an,"
    _at(
        "AaTt",
        r"(?<![\w'’-])(?<!The )(?:[Aa]n|[Tt]he)(?= (?:and|or|of|is|was|are|were|has|had|by|from|with|for)\b)",
    ),
    _at("at", r"(?<![\w'’-])(?:an|the)(?= (?:in|on|at) (?:\d|an? |the )|[.,;)])|(?<!\S)(?:an?|the) -[a-z]"),
    # "is a in the", "a and a range", "is a and writer"; not "a and b" or "the letter a is"
    _at("a", r"(?<=[a-z,] )(?<!\bletter )(?<!\bvowel )(?<!\bside )a(?= (?:and (?:an?|the)|of|is in|in|was|with) )"),
    _at("abiw", r"(?:is|was|as|in|with|by) a(?= and [a-z]{2,}|[.,;)](?![a-z]))"),
    # "At it is the longest", "Its capital is and its port", "grows to tall"
    _at("A", r"^At (?:it|he|she|they)\b"),
    _at("iw", r"(?<!he )(?<!it )(?<!they )(?:is|was) and (?:its|his|her|their|has|had)\b"),
    _at(
        "gru",
        r"(?:grows?|growing|rises?|rose|up) to (?:tall|long|wide|high|broad|deep|thick|across|(?:above|below) the)\b",
    ),
    # "of approximately." "is approximately and" "is about from" "is over in length" "is in length"
    _at("ahiotw", rf"(?:of|to|at|is|was|are|were|with|has|had|weighs?) {_ROUGHLY}(?=[.,;)]| (?:and|or|of)\b)"),
    _at(
        "ailsw",
        rf"(?:is|was|lies|stands) (?:about|over|{_ROUGHLY}) (?:from|of|away|across|above|below)\b|averages per\b",
    ),
    _at("aimow", r"(?:is|was|are|measures|over|about) in (?:length|width|height|diameter|area|depth|circumference)\b"),
    # "known as." "such as and" "including." "is called." "It weighs and can"
    _at(
        "cdknrsw",
        r"(?:known|such|named|serves?|served|regarded|described|classified|designated|worked) as"
        r"(?=[.;)]| (?:and|or)\b)|weigh(?:s|ed)(?:[.,;)]| and (?:an?|is|was|has|had|can|measures)\b)",
    ),
    _at("ainow", r"(?:including|and|or|nor|is called|was called|is named|was named)(?=[.;)])"),
    # "an area of km²", "is about percent"; not "hundreds of km"
    _at(
        "acinow",
        r"(?:(?<!undreds )(?<!housands )(?<!ens )(?<!illions )of|is|was|about|approximately|covers|nearly) "
        r"(?:km|km²|km2|mi|ft|kg|lb|mm|cm|mph|°C|°F|%|percent|per cent)(?=[.,;)]|\s(?![\d/]))",
    ),
    # "an area of square kilometres", "is miles long", "contains of water", "has a capacity of people"
    _at(
        _MEASURED_LETTERS,
        rf"{_MEASURED} of (?:square|cubic|kilomet|met(?:er|re)s|miles|feet|acres|hectares|km|inhabitants)",
    ),
    _at("aiw", r"(?:is|was|are|were) (?:kilomet(?:er|re)s|met(?:er|re)s|miles|feet|km) (?:long|wide|tall|high|deep)\b"),
    _at("coprw", r"(?:contains|receives|produces|weighs|occupies|comprises|consumes) of\b"),
    _at(
        "hw",
        r"(?:has|had|with) an? (?:[a-z]+ )?(?:capacity|population|total|attendance) of "
        r"(?:people|inhabitants|residents|spectators|passengers|persons)\b",
    ),
]
# All of these in one pass: words that are wrong anywhere, and those that are wrong unless they may end a clause.
_WRONG_WORD = re.compile(
    rf"\b(?:(?P<anywhere>{'|'.join([_MEASURE_END, *_WRONG_WORDS])})|{_CLAUSE_END}|{_PARTICLE_END})"
)
# "contains% of"; and "a cost of $ million", "earned US$ worldwide"; not "the $ sign"
_WRONG_SIGN = re.compile(
    r"\b[a-z]{2,} ?% of\b"
    r"|(?<!\S)(?:US|C|A|NZ|HK)?[$€£¥](?: ?(?:million|billion|[.,;)](?!\d)|and )| (?!sign|symbol)[a-z])"
)
_VALUE_SIGN = re.compile("[%$€£¥]")
# "The top speed is."; not "That is what it is."
_STATES_NOTHING = re.compile(
    r"(?:The|Its|His|Her|Their|An?) (?!.*\b(?:who|what|where|how|as|than|that|which|there)\b).*"
    r"(?<!\bhe )(?<!\bshe )(?<!\bit )(?<!\bthey )(?<!\bwe )(?<!\byou )\b(?:is|are|was|were)\."
)


def mark_holes(text: str, language: str = ENGLISH) -> str:
    """The text with a HOLE where the spaces show that a value is gone: "an area of  and a population of .".

    Brackets with such a hole, as in "(equivalent to  today)" or "( mi)", are removed: the sentence is whole without.
    """
    if language != ENGLISH or not _ODD_SPACE.search(text):
        return text
    text = _BRACKETS.sub(lambda brackets: "" if _SPACED_HOLE.search(brackets[0]) else brackets[0], text)
    text = _UNIT_ALONE.sub("", text)
    return _SPACED_HOLE.sub(rf"\g<0>{HOLE} ", text)


def has_debris(sentence: str, language: str = ENGLISH) -> bool:
    """Whether a sentence has a hole, marked or not, mark-up or TeX."""
    rare = _RARE_SIGN.search(sentence) or any(quotes in sentence for quotes in _EMPTY_QUOTES)
    if rare and _DEBRIS.search(sentence):
        return True
    if language != ENGLISH:
        return False
    # Without brackets, "an area of (12 sq mi) and" has its hole.
    return _lacks_words(sentence) or ("(" in sentence and _lacks_words(_BRACKETS.sub("", sentence)))


def reason_to_leave_out(sentence: str, language: str = ENGLISH) -> str:
    """Why a sentence of a page must not reach a reader, as a snake_case code; "" if it may."""
    if has_debris(sentence, language):
        return "sentence_with_a_hole"
    return "notice" if is_about_the_page(sentence) else ""


def without_broken_sentences(paragraph: str, language: str = ENGLISH) -> tuple[str, Counter[str]]:
    """A paragraph without the sentences that must not reach a reader, and how many these are by reason."""
    marked = mark_holes(paragraph, language)
    sentences = split_sentences(marked, language)
    reasons = [reason_to_leave_out(sentence, language) for sentence in sentences]
    if not any(reasons):
        return marked, Counter()
    whole = [sentence for sentence, reason in zip(sentences, reasons, strict=True) if not reason]
    return " ".join(whole), Counter(filter(None, reasons))


def _lacks_words(text: str) -> bool:
    """Whether words of a sentence are next to each other that cannot be, so that one between them is gone."""
    if _states_nothing(text) or (_VALUE_SIGN.search(text) and _WRONG_SIGN.search(text)):
        return True
    if any(word["anywhere"] or not _may_end_clause(text[: word.start()]) for word in _WRONG_WORD.finditer(text)):
        return True
    return " by" in text and any(not _may_end_clause(text[: end.start()]) for end in _BY_NOBODY.finditer(text))


def _states_nothing(text: str) -> bool:
    return text.endswith(("is.", "are.", "was.", "were.")) and _STATES_NOTHING.fullmatch(text) is not None


def _may_end_clause(before: str) -> bool:
    """Whether a preposition can be the last word of a clause after the words before it in its sentence."""
    return bool(_RELATES.search(before) or _TAKES_ONE.search(before))
