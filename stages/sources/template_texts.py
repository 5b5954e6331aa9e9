"""What the templates of a wiki show in the middle of a sentence, as far as a page's own wikitext tells.

A dump has the calls of templates ("{{convert|100|km|mi}}") without their texts. Here are those of Wikipedia that show
one of their own arguments, a sign, or nothing but the mark of a footnote. Every other template in a sentence leaves a
hole, and the sentence is left out.
"""

import re
from collections.abc import Mapping

Arguments = Mapping[str, str]  # texts by name; those without a name are "1", "2", ...

# Templates that show a footnote's mark, a note to editors, a pronunciation (which is taken out of sentences anyway), or
# nothing.
_SILENT = frozenset(
    "efn|efn-ua|efn-lr|efn-la|sfn|sfnp|sfnm|sfnmp|r|rp|ref|refn|notetag|note|ref label|cref|cref2|ref begin|ref end|"
    "citation needed|cn|fact|clarify|explain|when|who|who?|which|which?|where|why|how|by whom|by whom?|"
    "according to whom|according to whom?|dubious|discuss|page needed|pn|vague|specify|failed verification|"
    "verify source|better source|disputed inline|update after|unreliable source?|dead link|webarchive|medcn|"
    "anchor|anchors|shy|wbr|zwnj|zwj|clear|clr|-|toc|tocright|tocleft|toc limit|toc right|defaultsort|"
    "short description|use dmy dates|use mdy dates|use british english|use american english|good article|"
    "featured article|pp|pp-semi|"
    "ipa|ipalink|respell|pronunciation|pron|pronounced|audio|listen|help|main other|"
    "begriffsklärungshinweis|refnec|quelle|citation nécessaire|refsou|référence nécessaire".split("|")
)
_SILENT_FORM = re.compile(r"(?:ipac?-\w+|.* needed|.*[ -]inline|sfn[a-z]*|efn[a-z-]*)")

_SIGNS = {
    "snd": " –", "spnd": " –", "spaced ndash": " –", "spaced en dash": " –", "ndash": "–", "en dash": "–",
    "mdash": "—", "emdash": "—", "spaced mdash": " —", "nbsp": " ", "nnbsp": " ", "thinsp": " ", "space": " ",
    "sp": " ", "!": "|", "=": "=", "'": "'", "`": "`", "dot": " ·", "·": " ·", "bull": " •", "times": "×", "!-": "|-",
    "(": "{", ")": "}", "pi": "π", "minus": "−", "shilling": "/", "en": "–", "cdot": " ·",
}  # fmt: skip

# The arguments of which a template shows the first that is there.
_SHOWS: dict[str, tuple[str, ...]] = {
    "lang": ("2", "text"),
    "illm": ("lt", "1"),
    "ill": ("lt", "1"),
    "interlanguage link": ("lt", "1"),
    "transliteration": ("3", "2"),
    "transl": ("3", "2"),
    "tlit": ("3", "2"),
    "link": ("2", "1"),
    "color": ("2",),
    "font color": ("3", "2"),
} | dict.fromkeys(
    "nowrap|nobr|nowr|nobold|noitalic|noitalics|normal|small|smaller|big|larger|em|strong|bold|italic|"
    "underline|abbr|tooltip|abbrlink|sc|sc2|smallcaps|small caps|allcaps|mono|code|var|mvar|kbd|samp|not a typo|"
    "visible anchor|vanchor|vanc|formatnum|num|val|no wrap|nobreak|script".split("|"),
    ("1", "text"),
)

# Symbols of `convert`'s units that are not its own codes. https://en.wikipedia.org/wiki/Template:Convert/list_of_units
_UNITS = {
    "km2": "km²", "m2": "m²", "cm2": "cm²", "mm2": "mm²", "km3": "km³", "m3": "m³", "cm3": "cm³", "sqmi": "sq mi",
    "sqft": "sq ft", "sqkm": "km²", "sqm": "m²", "cuft": "cu ft", "cumi": "cu mi", "cuyd": "cu yd", "sqyd": "sq yd",
    "C": "°C", "F": "°F", "acre": "acres", "mile": "miles", "foot": "feet", "inch": "inches", "metre": "metres",
    "meter": "meters", "kilometre": "kilometres", "kilometer": "kilometers", "m3/s": "m³/s", "cuft/s": "cu ft/s",
    "lb": "lb", "ST": "short tons", "LT": "long tons", "MT": "tonnes", "t": "tonnes", "impgal": "imp gal",
    "USgal": "US gal", "kn": "knots", "PD/sqkm": "/km²", "kph": "km/h",
}  # fmt: skip
_SAME_SYMBOL = frozenset(
    "km m cm mm mi ft in yd nmi kg g mg kW MW hp km/h mph m/s ft/s L l ml ha K Pa kPa J kJ".split()
)
_NUMBER = re.compile(r"[-−+]?\d[\d,.]*")
_RANGES = {"-": "–", "–": "–", "to": " to ", "and": " and ", "by": " by ", "x": " × ", "×": " × ", "or": " or "}

# Templates of pages that only list others, in the Wikipedias with the most articles.
_DISAMBIGUATION = frozenset(
    "disambig|disamb|disam|dab|disambiguation page|hndis|hndis-cleanup|geodis|geo-dis|mountainindex|roaddis|schooldis|"
    "hospitaldis|letterdisambig|numberdis|mathdab|airport disambig|callsigndis|station dis|taxonomy dis|"
    "wp disambig|begriffsklärung|homonymie|toponymie|patronymie|desambiguación|desambiguacion|desambig|"
    "desambiguação|disambigua|doorverwijspagina|dp|неоднозначность|ujednoznacznienie|förgrening|aimai|曖昧さ回避|"
    "消歧义|消歧義|disambiguasi|rozcestník|egyért|täsmennyssivu|peker|flertydig|anlam ayrımı".split("|")
)


def normal_name(name: str) -> str:
    """A template's name as the tables here have it: in lower case, without "Template:", with single spaces."""
    words = " ".join(name.replace("_", " ").split()).casefold()
    return words.removeprefix("template:").strip()


def is_silent(name: str) -> bool:
    return name in _SILENT or _SILENT_FORM.fullmatch(name) is not None


def lists_other_pages(name: str) -> bool:
    """Whether this template marks its page as a disambiguation."""
    return name in _DISAMBIGUATION or name.endswith("disambiguation")


def has_text(name: str) -> bool:
    """Whether `shown_text` may know what this template shows."""
    return name in _SHOWS or name in _SIGNS or name in ("convert", "cvt", "circa", "c.", "ca.", "as of")


def shown_text(name: str, arguments: Arguments) -> str | None:
    """What the template shows, without mark-up, or None if its arguments don't tell."""
    if name in _SIGNS:
        return _SIGNS[name]
    if name in _SHOWS:
        return next((arguments[key] for key in _SHOWS[name] if arguments.get(key)), None)
    first, only = arguments.get("1", ""), len(arguments) == 1
    if name in ("convert", "cvt"):
        return _quantity(arguments)
    if name == "as of":
        return f"As of {first}" if only and first.isdigit() else None
    return f"c. {first}" if only and first else None


def _quantity(arguments: Arguments) -> str | None:
    """The amount and the unit that the writer gave, such as "3 to 5 km", without its conversion."""
    positional = [arguments[str(number)] for number in range(1, 5) if str(number) in arguments]
    amount = positional[0] if positional else ""
    if len(positional) > 3 and positional[1] in _RANGES:
        amount, unit = f"{amount}{_RANGES[positional[1]]}{positional[2]}", positional[3]
        whole = _NUMBER.fullmatch(positional[0]) and _NUMBER.fullmatch(positional[2])
    else:
        unit = positional[1] if len(positional) > 1 else ""
        whole = _NUMBER.fullmatch(amount)
    if len(positional) > 2 and unit == positional[1] and _NUMBER.fullmatch(positional[2]):
        return None  # "5 feet 6 inches"
    symbol = unit if unit in _SAME_SYMBOL else _UNITS.get(unit, "")
    adjective = arguments.get("adj", "off") not in ("off", "no")  # "a 5-kilometre run"
    return f"{amount} {symbol}" if whole and symbol and not adjective else None
