"""Whether a sentence speaks of "the team" or "the crowd" without saying which one."""

import re

from stages.teachers.rules.context import names
from stages.teachers.rules.subject import Subject, bare

# Nouns of which there are many, so that "the" alone tells nobody which one is meant.
_OF_SPORT = (
    "team club cup match game final semi-final title coach tournament championship competition league season goal "
    "trophy stadium tier roof field crowd referee goalkeeper defender captain scorer "
    "fans supporters opponents visitors winner crew"
)
_OF_PLACES = (
    "city town village country island colony region area province district harbou?r capital castle fortress palace "
    "church temple museum school university bank factory building bridge tower canal river lake mountain valley coast "
    "plant municipality"
)
_OF_HISTORY = (
    "fleet army ship king queen emperor prince ruler war battle siege revolt rebellion uprising revolution kingdom "
    "empire treaty government parliament assembly council president minister voyage expedition journey flight mission "
    "project plan campaign operation attack fire flood earthquake eruption disaster accident crisis crime murder trial "
    "theft rebels defenders troops soldiers sailors survivors victims prisoners strike party peace"
)
_OF_WORKS = (
    "author writer composer painter artist director novel poem book text manuscript story tale film movie play song "
    "album show series episode painting portrait picture scene score premiere performance audience hero creature "
    "machine device theory experiment discovery company firm"
)
_NOUN = "|".join(" ".join((_OF_SPORT, _OF_PLACES, _OF_HISTORY, _OF_WORKS)).split())
_WHICH_ONE = re.compile(
    rf"\b[Tt]he (?:(?!of |and |in )[a-z]+(?:-[a-z]+)* ){{0,2}}?(?P<noun>{_NOUN})s?\b(?!-)"
    # What tells which one is meant: "the city of Lima", "the stadium in Lima", "the coach Zagallo".
    r"(?! (?:of|that|which|who|whose|where|between|named|called|known|in which|for which|to which|[A-Z]\w))"
    r"(?! (?:across|around|about) )"
    r"(?! (?:in|at|on|from|near|for) (?:the )?(?:[a-z]+ ){0,2}[A-Z])"
)

_ONLY_ONE = re.compile(r"the (?:first|last|only|most|\w+est) ", re.I)
# What a sentence may call "the ..." if it names a subject of the kind: "Melville wrote Moby-Dick, and the book ...".
_GOES_WITH = tuple(
    (frozenset(kinds.split()), frozenset(parts.split()))
    for kinds, parts in (
        ("novel poem epic play film opera story tale collection", "book text story work poem author hero audience"),
        ("club team side", "club team coach supporter fan"),
        ("country kingdom empire state island city town", "country government capital coast city island"),
    )
)


def names_unknown(text: str, subject: Subject) -> bool:
    """Whether a definite noun is left open: neither the text nor the page's subject says which one it is.

    "The tower" is known on the page of the Eiffel Tower, and "the cup" in "The winner of a cup keeps the cup".
    """
    known = {word.rstrip("s") for word in [*subject.nouns, *re.findall(r"[\w-]+", bare(subject.name))]}
    if names(subject, text):
        known |= {part for kinds, parts in _GOES_WITH if kinds & known for part in parts}
    for match in _WHICH_ONE.finditer(text):
        if _ONLY_ONE.match(match[0]) and text.startswith(" to ", match.end()):
            continue  # "the first captain to sail north"
        noun = match["noun"].rstrip("s")
        if noun not in known and not re.search(rf"\b{noun}", text[: match.start()], re.I):
            return True
    return False
