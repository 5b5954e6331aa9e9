r"""The normal form in which texts are compared, so that two spellings that look the same are the same.

Questions, answers, runs of words, duplicates and titles of pages are compared in it. What is stored stays as it was.
It is Unicode's NFKC ("e" + accent is "é", full-width letters and ligatures are plain ones) with these differences:

- Superscripts, fractions and the trade mark sign stay: NFKC would make "10²" the same as "102", and "1½" as "11/2".
- Characters without a width go (zero-width spaces, soft hyphens, marks of direction, variants of a glyph). The joiners
  U+200C and U+200D stay where spelling needs them: between two letters of Arabic, Indic, Mongolian and other scripts in
  which they change the shape of a letter, and between two emoji.
- In a word that has Latin letters, Cyrillic and Greek letters (and some others) that look like Latin ones become those.
  Nobody means the Cyrillic letter in "P\u0430ris". A word of another script alone stays, and so does "μm": μ looks like
  no Latin letter.
"""

# ruff: noqa: RUF001, RUF003 # letters that look alike

import re
import unicodedata

# Characters that NFKC would change to other text: superscripts, spacing accents (which become a space and an accent),
# fractions and signs of trade.
_KEPT = (
    "\u00a8\u00aa\u00af\u00b2-\u00b4\u00b8-\u00ba\u00bc-\u00be\u02d8-\u02dd\u2070-\u207f\u2120\u2122\u2150-\u215f\u2189"
)
_COMPATIBLE = re.compile(f"[^{_KEPT}]+")

# Unicode's Default_Ignorable_Code_Point, and the controls that DerivedCoreProperties.txt leaves out.
_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_IGNORED}]+")
_JOINERS = re.compile("[\u200c\u200d]")
# Scripts in which a joiner changes the shape of its neighbours: Arabic to Mandaic, Devanagari to Sinhala, Tibetan and
# Burmese, Khmer, Mongolian, Limbu to Lepcha, Arabic presentation forms.
_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1c4f\ua840-\ua87f\ua8e0-\ua8ff\ufb50-\ufdff"
    "\ufe70-\ufefc"
)
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
# A joiner that stays. Between an emoji and the joiner there may be a variation selector.
_NEEDED = re.compile(
    f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])",
)

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
# Pairs of letters: one of another script, and the Latin one that it looks like. Not there: letters that stand beside
# Latin ones in formulas and look only a little like one, such as γ, ω and π.
_PAIRS = (
    # Cyrillic
    "аa вb еe кk мm нh оo рp сc тt уy хx ѕs іi їï јj ԁd ԛq ԝw һh ѵv ҫç ёë ӏl ьb ӑă ӓä ӧö ԍg "
    "АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ЅS ІI ЇÏ ЈJ ԀD ԚQ ԜW ҺH ѴV ҪÇ ЁË ӀI ЬB ӐĂ ӒÄ ӦÖ ԌG "
    # Greek
    "αa βb εe ηn ιi κk νv οo ρp τt υu χx άá έé ήn ίí όó ύú ϊï ϋü ϳj "
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ΆÁ ΈÉ ΉH ΊÍ ΌÓ ΎÝ ΪÏ ΫŸ ͿJ "
    # Armenian, Cherokee, and letters of the phonetic alphabet
    "օo ոn սu հh ցg ՕO ՈN ՍU ՀH ՑG ԼL ՏS ᎪA ᏴB ᏟC ᎠD ᎬE ᏀG ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᏒR ᏚS ᎢT ᏙV ᎳW ᏃZ ɑa ɡg"
).split()
LOOK_ALIKES = {pair[0]: pair[1] for pair in _PAIRS}
_LOOK_ALIKE = re.compile(f"[{''.join(LOOK_ALIKES)}]")
_TO_LATIN = str.maketrans(LOOK_ALIKES)

_APOSTROPHE = re.compile(r"(?<=\w)[’‘ʼ´′](?=\w)")  # the one in "don’t"
_HYPHEN = re.compile(r"(?<=\w)\u2010(?=\w)")  # the one in "well‐known"


def normal_characters(text: str) -> str:
    """The text in normal characters, with its case, its spaces and its line ends: for those who look at these."""
    if text.isascii():
        return text
    text = _COMPATIBLE.sub(_normalize, _without_invisible(text))
    return _WORD.sub(_with_latin_letters, text) if _LOOK_ALIKE.search(text) else text


def normal_form(text: str) -> str:
    """What is the same for two texts that differ only in case, white space, kind of apostrophe or characters that
    look alike. Normalizing twice changes nothing."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Twice, because case folding takes some letters apart and makes look-alikes of others.
    text = normal_characters(normal_characters(text).casefold()).casefold()
    return " ".join(_HYPHEN.sub("-", _APOSTROPHE.sub("'", text)).split())


def _normalize(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _without_invisible(text: str) -> str:
    if not _INVISIBLE.search(text):
        return text
    if not _JOINERS.search(text):
        return _INVISIBLE.sub("", text)
    return "".join(
        part if place % 2 else _INVISIBLE.sub("", part)
        for place, part in enumerate(re.split(f"({_NEEDED.pattern})", text))
    )


def _with_latin_letters(match: re.Match[str]) -> str:
    word = match[0]
    return word.translate(_TO_LATIN) if _LATIN.search(word) else word
