"""Forms of words that sentences need: tenses, plurals, degrees, articles, lists, and numbers in words.

The forms come from `lemminflect`; where it lists several, or a wrong one, `IRREGULAR` decides.
"""

from collections.abc import Sequence
from functools import lru_cache

# Per base form: the simple past and the past participle, where lemminflect's first form is rare or wrong.
IRREGULAR = {
    "light": ("lit", "lit"),
    "shine": ("shone", "shone"),
    "wake": ("woke", "woken"),
    "weave": ("wove", "woven"),
    "sew": ("sewed", "sewn"),
    "knit": ("knitted", "knitted"),
    "be": ("was", "been"),
    "hang": ("hung", "hung"),
    "lie": ("lay", "lain"),
    "get": ("got", "gotten"),
    "mow": ("mowed", "mown"),
    "spit": ("spat", "spat"),
    "prove": ("proved", "proven"),
    "show": ("showed", "shown"),
    "dive": ("dived", "dived"),
    "wear": ("wore", "worn"),
    "eat": ("ate", "eaten"),
    "drink": ("drank", "drunk"),
    "beat": ("beat", "beaten"),
    "bite": ("bit", "bitten"),
    "sweep": ("swept", "swept"),
    "forget": ("forgot", "forgotten"),
}
PLURALS = {
    "fish": "fish",
    "deer": "deer",
    "sheep": "sheep",
    "salmon": "salmon",
    "trout": "trout",
    "cod": "cod",
    "tuna": "tuna",
    "carp": "carp",
    "herring": "herring",
    "pike": "pike",
    "bus": "buses",
    "box": "boxes",
    "leaf": "leaves",
    "tomato": "tomatoes",
    "potato": "potatoes",
    "goose": "geese",
    "roof": "roofs",
    "ox": "oxen",
    "child": "children",
    "man": "men",
    "woman": "women",
    "fisherman": "fishermen",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "scarf": "scarves",
    "shelf": "shelves",
    "knife": "knives",
    "fly": "flies",
    "wolf": "wolves",
    "loaf": "loaves",
    "thief": "thieves",
    "life": "lives",
    "half": "halves",
    "calf": "calves",
    "elf": "elves",
    "wife": "wives",
    "axe": "axes",
    "chef": "chefs",
    "belief": "beliefs",
}
DEGREES = {
    "good": ("better", "best"),
    "bad": ("worse", "worst"),
    "far": ("farther", "farthest"),
    "little": ("smaller", "smallest"),
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


@lru_cache(maxsize=65536)
def _form(word: str, tag: str) -> str:
    from lemminflect import getInflection  # here, as loading its dictionary takes a moment

    found: tuple[str, ...] = getInflection(word, tag=tag)
    return found[0] if found else word


def _of_first_word(phrase: str, tag: str) -> str:
    verb, space, particle = phrase.partition(" ")
    return f"{_form(verb, tag)}{space}{particle}"


def third_person(verb: str) -> str:
    """ "carry" -> "carries"; a particle stays: "pick up" -> "picks up"."""
    return {"be": "is", "have": "has"}.get(verb) or _of_first_word(verb, "VBZ")


def simple_past(verb: str) -> str:
    """ "sing" -> "sang"."""
    base, space, particle = verb.partition(" ")
    return IRREGULAR[base][0] + space + particle if base in IRREGULAR else _of_first_word(verb, "VBD")


def participle(verb: str) -> str:
    """The past participle: "sing" -> "sung"."""
    base, space, particle = verb.partition(" ")
    return IRREGULAR[base][1] + space + particle if base in IRREGULAR else _of_first_word(verb, "VBN")


def ing_form(verb: str) -> str:
    """ "run" -> "running"."""
    return _of_first_word(verb, "VBG")


def plural_of(noun: str) -> str:
    """ "city" -> "cities". In "cup of tea" and "day of the week" the first word changes, else the last."""
    head, of, rest = noun.partition(" of ")
    if of:
        return f"{plural_of(head)} of {rest}"
    *before, last = noun.split(" ")
    return " ".join([*before, PLURALS.get(last) or _form(last, "NNS")])


def degrees_of(adjective: str) -> tuple[str, str]:
    """Comparative and superlative: ("taller", "tallest"), ("more useful", "most useful")."""
    if adjective in DEGREES:
        return DEGREES[adjective]
    if _is_long(adjective):
        return f"more {adjective}", f"most {adjective}"
    return _form(adjective, "JJR"), _form(adjective, "JJS")


def _is_long(adjective: str) -> bool:
    groups = "".join("v" if letter in "aeiouy" else " " for letter in adjective).split()
    sounds = len(groups) - (adjective.endswith("e") and not adjective.endswith("le"))
    return sounds > 2 or (sounds == 2 and not adjective.endswith(("y", "ow", "le", "er", "et")))


def with_article(phrase: str) -> str:
    """ "a" or "an" by the sound of the first word: "an hour", "a useful tool"."""
    word = phrase.split(" ")[0].lower()
    silent_h = word.startswith(("hour", "honest", "honor", "heir"))
    like_you = word.startswith(
        ("uni", "use", "usual", "euro", "ewe", "one-", "once", "ukulele")
    ) and not word.startswith("unim")
    vowel = word[:1] in "aeiou" or word.split("-")[0] in {"8", "11", "18", "80"}
    return f"{'an' if silent_h or (vowel and not like_you) else 'a'} {phrase}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def number_in_words(number: int) -> str:
    """A whole number from 0 to 999,999: "one hundred twenty-three"."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_ONES[number // 100]} hundred" + (f" {number_in_words(number % 100)}" if number % 100 else "")
    rest = f" {number_in_words(number % 1000)}" if number % 1000 else ""
    return f"{number_in_words(number // 1000)} thousand{rest}"


def ordinal_word(number: int) -> str:
    """ "first", "twelfth", "twenty-first"; from 1 to 99."""
    words = number_in_words(number)
    before, dash, last = words.rpartition("-")
    if last.endswith("y"):
        return f"{before}{dash}{last[:-1]}ieth"
    return f"{before}{dash}{_ORDINALS.get(last, f'{last}th')}"


def ordinal_in_digits(number: int) -> str:
    """ "1st", "22nd", "113th"."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def with_capital(text: str) -> str:
    """The text with its first letter in upper case; the rest as it is."""
    return text[:1].upper() + text[1:]
