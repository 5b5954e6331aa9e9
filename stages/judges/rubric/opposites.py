"""Whether an answer turns the reference round: no for yes, "not dense" for "dense", "more" for "less"."""

from functools import lru_cache

from stages.judges.rubric.rubric_words import NEGATION, Word, words_of

_VERDICTS = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_POLES = (
    "more less, large small, big small, high low, hot cold, long short, fast slow, old young, early late, "
    "before after, increase decrease, rise fall, positive negative, always never, all none, good bad, strong weak, "
    "heavy light, north south, east west, win lose, warm cool, maximum minimum, most least, above below, "
    "active passive, deep shallow, wide narrow, start end, open close, "
    "inside outside, expand contract, hard soft, easy hard"
)


def opposite(expected: tuple[Word, ...], given: tuple[Word, ...]) -> str:
    """What the answer turns round, in words; "" where nothing of the kind is seen."""
    said, meant = verdict(given), verdict(expected)
    if None not in (said, meant):
        return "" if said == meant else f"{'yes' if said else 'no'} for {'yes' if meant else 'no'}"
    return _negated(expected, given) or _negated(given, expected) or _turned(expected, given)


def verdict(words: tuple[Word, ...]) -> bool | None:
    """Yes or no where a text opens with it: "No, ...", "That is false. ..."."""
    opening = [word.form for word in words[:4]]
    for phrase in (["that", "is"], ["this", "is"], ["the", "statement", "is"]):
        if opening[: len(phrase)] == phrase:
            opening = opening[len(phrase) :]
    return _VERDICTS.get(opening[0]) if opening else None


def _negated(one: tuple[Word, ...], other: tuple[Word, ...]) -> str:
    """What one text negates and the other, which has no negation at all, says."""
    stems = {word.stem for word in other}
    if NEGATION in stems:
        return ""
    for index, word in enumerate(one):
        if word.stem == NEGATION:
            scope = next((later for later in one[index + 1 :] if later.has_content), None)
            if scope and scope.stem in stems:
                return f"not {scope.form}"
    return ""


def _turned(expected: tuple[Word, ...], given: tuple[Word, ...]) -> str:
    meant, said = {word.stem: word for word in expected}, {word.stem: word for word in given}
    for stem, word in meant.items():
        for pole in sorted(_poles().get(stem, ())):
            if pole in said and pole not in meant and stem not in said:
                return f"{said[pole].form} for {word.form}"
    return ""


@lru_cache(maxsize=1)
def _poles() -> dict[str, frozenset[str]]:
    poles: dict[str, frozenset[str]] = {}
    for pair in _POLES.split(", "):
        one, other = (word.stem for word in words_of(pair))
        for stem, pole in ((one, other), (other, one)):
            poles[stem] = poles.get(stem, frozenset()) | {pole}
    return poles
