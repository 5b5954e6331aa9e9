"""Text about the forms of words: plurals, tenses, comparison, and parts of speech. Forms come from lemminflect."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import article, is_only, kinds, wordnet
from stages.english.inflection import lemmas_of

_ABSTRACT = ("ness", "ity", "ism", "nce", "hood", "ship", "ing", "ics", "ure", "dom", "cy", "th", "s", "ment", "ion")
_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "foot": "feet", "tooth": "teeth", "goose": "geese",
    "mouse": "mice", "louse": "lice", "ox": "oxen", "person": "people", "sheep": "sheep", "deer": "deer",
    "leaf": "leaves", "loaf": "loaves", "knife": "knives", "wife": "wives", "life": "lives", "wolf": "wolves",
    "half": "halves", "shelf": "shelves", "calf": "calves", "thief": "thieves", "elf": "elves", "scarf": "scarves",
    "hoof": "hooves", "potato": "potatoes", "tomato": "tomatoes", "hero": "heroes", "echo": "echoes",
    "cactus": "cacti", "analysis": "analyses", "crisis": "crises", "basis": "bases", "oasis": "oases",
    "phenomenon": "phenomena", "criterion": "criteria", "piano": "pianos", "photo": "photos", "radio": "radios",
    "roof": "roofs", "chief": "chiefs", "bus": "buses", "box": "boxes", "fox": "foxes", "church": "churches",
    "watch": "watches", "dish": "dishes", "brush": "brushes", "class": "classes", "glass": "glasses",
    "baby": "babies", "city": "cities", "lady": "ladies", "country": "countries", "story": "stories",
    "family": "families", "monkey": "monkeys", "donkey": "donkeys", "valley": "valleys", "key": "keys", "toy": "toys",
    "policeman": "policemen", "fireman": "firemen", "grandchild": "grandchildren", "series": "series",
    "species": "species", "aircraft": "aircraft", "salmon": "salmon", "trout": "trout", "moose": "moose",
    "volcano": "volcanoes", "mosquito": "mosquitoes", "quiz": "quizzes", "zero": "zeros", "kangaroo": "kangaroos",
    "stepmother": "stepmothers", "father-in-law": "fathers-in-law", "sister-in-law": "sisters-in-law",
    "passer-by": "passers-by", "fungus": "fungi", "nucleus": "nuclei", "hypothesis": "hypotheses", "axis": "axes",
    "thesis": "theses", "bacterium": "bacteria", "medium": "media", "datum": "data",
}  # fmt: skip
_IRREGULAR_VERBS = (
    "go eat drink swim sing write take give see come run begin break bring buy catch choose do draw drive fall "
    "feel find fly forget get grow have hear hide hold keep know leave lose make meet pay ride ring rise say sell "
    "send shake shine sit sleep speak spend stand steal teach tell think throw understand wake wear win bite blow "
    "build burst cut deal dig feed fight forgive freeze hit hurt lay lead lend let put read set shoot shut sink "
    "slide spread spring stick sting strike swear sweep swing tear weep wind become cost cling creep fling light "
    "mean quit seek spin split"
).split()
_SHORT_ADJECTIVES = (
    "tall small big old young new fast slow cold warm hot cool long short high low strong weak rich poor thin thick "
    "wide narrow deep soft hard loud quiet light dark bright clean dirty happy heavy easy early busy funny pretty ugly "
    "lazy noisy angry hungry thirsty dry wet sad fat flat great large nice brave safe strange simple sharp smooth "
    "rough sweet sour fresh kind mean proud calm clear close cheap clever cruel dull fair fine firm friendly gentle "
    "grand green healthy lonely lovely lucky mad mild near neat noble odd pale plain polite pure quick rare ripe rude "
    "sad silly sick slim smart steep stiff straight sunny tight tiny tough ugly warm wealthy white wild windy wise "
    "cloudy crazy curly dusty foggy greedy icy juicy messy muddy rainy shiny shy sleepy spicy stormy tasty tidy"
).split()  # fmt: skip
_LONG_ADJECTIVES = (
    "beautiful careful careless comfortable dangerous delicious difficult expensive famous helpful important "
    "intelligent interesting modern patient popular powerful serious useful wonderful colorful generous nervous "
    "boring exciting reliable convenient efficient attractive ambitious courageous curious fashionable honest "
    "valuable successful cheerful graceful peaceful harmful painful hopeful crowded frightening tired surprising "
    "fascinating complicated creative confident effective elegant enjoyable experienced flexible fragile impressive "
    "luxurious mysterious natural necessary pleasant practical precise sensitive sincere talented traditional"
).split()
_IRREGULAR_ADJECTIVES = {"good": ("better", "best"), "bad": ("worse", "worst"), "far": ("farther", "farthest")}
_SMALL_WORDS = {
    "conjunction": "and but or nor so yet because although unless".split(),
    "preposition": "in on at under over between behind beside with without from into through during".split(),
    "pronoun": "he she it we they you him her us them mine yours".split(),
    "article": "a an the".split(),
}
_PARTS = {"n": "noun", "v": "verb", "a": "adjective", "r": "adverb"}


@dataclass(frozen=True)
class WordForm:
    """A word, the name of one of its forms, and the form. `short` is an instruction's words for the form."""

    word: str
    name: str
    form: str


@lru_cache
def nouns() -> tuple[tuple[str, str], ...]:
    """Countable nouns with their plurals."""
    found = dict(_IRREGULAR)
    named = [word for kind in kinds() for word in kind.members if word.islower() and " " not in word and len(word) > 2]
    common = [entry.word for entry in wordnet() if entry.part == "n" and not entry.word.endswith(_ABSTRACT)]
    for word in [*named, *common]:
        forms = _inflections(word, "NOUN").get("NNS", ())
        if word not in found and len(forms) == 1 and forms[0] != word:
            found[word] = forms[0]
    return tuple(sorted(found.items()))


@lru_cache
def verbs() -> tuple[tuple[str, dict[str, str]], ...]:
    """Verbs with their forms by the dictionary's tags."""
    found = {}
    for word in [*_IRREGULAR_VERBS, *(entry.word for entry in wordnet() if entry.part == "v")]:
        forms = _inflections(word, "VERB")
        if all(forms.get(tag) for tag in ("VBD", "VBG", "VBZ")):
            first = {tag: words[0] for tag, words in forms.items()}
            found[word] = {**first, "VBN": first.get("VBN", first["VBD"])}
    return tuple(sorted(found.items()))


@lru_cache
def adjectives() -> tuple[tuple[str, str, str], ...]:
    """Adjectives with comparative and superlative."""
    found = {word: (f"more {word}", f"most {word}") for word in _LONG_ADJECTIVES}
    for word in _SHORT_ADJECTIVES:
        forms = _inflections(word, "ADJ")
        if forms.get("JJR") and forms.get("JJS"):
            found[word] = (forms["JJR"][0], forms["JJS"][0])
    found |= _IRREGULAR_ADJECTIVES
    return tuple((word, *forms) for word, forms in sorted(found.items()))


def random_form(rng: random.Random) -> WordForm:
    chosen = rng.random()
    if chosen < 0.35:
        word, plural = rng.choice(nouns()) if rng.random() < 0.7 else rng.choice(tuple(_IRREGULAR.items()))
        return WordForm(word, "plural", plural)
    if chosen < 0.7:
        tag, name = rng.choice(
            (("VBD", "past tense"), ("VBD", "past tense"), ("VBN", "past participle"), ("VBG", "-ing form"),
             ("VBZ", "third person singular"))
        )  # fmt: skip
        word, forms = rng.choice(verbs())
        if rng.random() < 0.4:  # those that must be learned one by one
            word = rng.choice(_IRREGULAR_VERBS)
            forms = dict(verbs())[word]
        return WordForm(word, name, forms[tag])
    word, comparative, superlative = rng.choice(adjectives())
    return WordForm(word, *rng.choice((("comparative", comparative), ("superlative", superlative))))


def _state_form(rng: random.Random) -> str:
    form = random_form(rng)
    templates = [
        f"The {form.name} of '{form.word}' is '{form.form}'.",
        f'The {form.name} of "{form.word}" is "{form.form}".',
        f"'{form.form}' is the {form.name} of '{form.word}'.",
        f"{form.word}: {form.name} {form.form}",
        f"{form.word} - {form.form}",
        f"In the {form.name}, '{form.word}' becomes '{form.form}'.",
        f"The word '{form.word}' has the {form.name} '{form.form}'.",
    ]
    if form.name == "plural":
        thing = article(form.word)
        templates += [
            f"One {form.word}, two {form.form}.",
            f"{thing.capitalize()} {form.word}, many {form.form}.",
            f"We say one {form.word} but three {form.form}.",
            f"There was one {form.word} at first. Now there are five {form.form}.",
        ]
    if form.name == "past tense":
        templates += [
            f"Today they {form.word}; yesterday they {form.form}.",
            f"I {form.word} every day, and I {form.form} yesterday, too.",
            f"'{form.form[0].upper()}{form.form[1:]}' is how we write '{form.word}' in the past.",
        ]
    if form.name == "past participle":
        forms = dict(verbs())[form.word]
        templates += [
            f"{form.word}, {forms['VBD']}, {form.form}",
            f"They {form.word} now. They have {form.form} before.",
        ]
    if form.name == "comparative":
        base, superlative = form.word, next(s for w, _, s in adjectives() if w == form.word)
        templates += [
            f"{base}, {form.form}, {superlative}",
            f"This one is {base}, that one is {form.form}, and the last one is the {superlative}.",
        ]
    return rng.choice(templates)


def _ask_form(rng: random.Random) -> Exchange:
    form = random_form(rng)
    quote = rng.choice(("'", "'", '"'))
    word, answer = f"{quote}{form.word}{quote}", f"{quote}{form.form}{quote}"
    full = rng.choice(
        (
            f"The {form.name} of {word} is {answer}.", f"The {form.name} of {word} is {answer}.",
            f"The {form.name} is {answer}.", f"It is {answer}.",
            f"{quote}{form.form[0].upper()}{form.form[1:]}{quote} is the {form.name} of {word}.",
            f"{form.form}", f"{quote}{form.word[0].upper()}{form.word[1:]}{quote} becomes {answer} in the {form.name}.",
        )
    )  # fmt: skip
    if rng.random() < 0.4:
        task = rng.choice(
            (
                f"Write the {form.name} of the word.", f"Give the {form.name}.", f"Put this word in the {form.name}.",
                f"Find the {form.name} of the word below.", f"Which {form.name} does this word have?",
                f"Change the word to its {form.name}.", f"{form.name.capitalize()}, please:",
                f"Form the {form.name} of the following word.",
            )
        )  # fmt: skip
        return Exchange(task, rng.choice((form.word, form.word, word)), full)
    task = rng.choice(
        (
            f"What is the {form.name} of {word}?", f"Give the {form.name} of {word}.",
            f"Tell me the {form.name} of {word}.", f"What is {word} in the {form.name}?",
            f"How do you write {word} in the {form.name}?", f"Which word is the {form.name} of {word}?",
            f"Do you know the {form.name} of {word}?", f"Write the {form.name} of {word}.",
            f"I need the {form.name} of {word}.", f"Form the {form.name} of {word}.",
            f"What does {word} become in the {form.name}?", f"Say {word} in the {form.name}.",
            f"Could you give me the {form.name} of {word}?", f"Please write the {form.name} of {word}.",
        )
    )  # fmt: skip
    return Exchange(task, "", full)


def _ask_gap(rng: random.Random) -> Exchange:
    """A sentence with a gap, to be filled with a form."""
    chosen = rng.random()
    gap = rng.choice(("___", "____", "..."))
    if chosen < 0.4:
        word, form = rng.choice(nouns())
        name = "plural"
        sentence = rng.choice(
            ("There are many {} here.", "We saw three {} on our way.", "She drew two {} in her book.",
             "How many {} can you see?", "All the {} were counted twice.", "He told us about the {} of his country.")
        )  # fmt: skip
    elif chosen < 0.7:
        verb, forms = rng.choice(verbs())
        word, form, name = verb, forms["VBD"], "past tense"
        sentence = rng.choice(
            ("Yesterday they {}.", "Last year we often {}.", "She {} and went home.", "In the end he {}.")
        )
    else:
        adjective, comparative, superlative = rng.choice(adjectives())
        word, form, name = rng.choice(
            ((adjective, comparative, "comparative"), (adjective, superlative, "superlative"))
        )
        sentence = rng.choice(
            ("This is {} than that.", "My brother's is {} than mine.", "Nothing could be {} than this.")
            if name == "comparative"
            else ("It is the {} of all.", "This is the {} one in the country.", "Who has the {} one?")
        )
    task = rng.choice(
        (
            f"Fill the gap with the {name} of '{word}'.", f"Complete the sentence with the {name} of '{word}'.",
            f"Put the {name} of '{word}' in the blank.", f"Use the {name} of '{word}' to complete this.",
        )
    )  # fmt: skip
    return Exchange(task, sentence.format(gap), rng.choice((sentence.format(form), sentence.format(form), form)))


def write_word_forms(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_form, lambda r: _ask_gap(r) if r.random() < 0.2 else _ask_form(r))


@lru_cache
def _words_of_one_part() -> tuple[tuple[str, str], ...]:
    """Words that are only one part of speech, with its name."""
    tags = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
    found = [(entry.word, _PARTS[entry.part]) for entry in wordnet() if is_only(entry.word, tags[entry.part])]
    return tuple(found + [(word, part) for part, words in _SMALL_WORDS.items() for word in words] * 4)


def _state_part(rng: random.Random) -> str:
    word, part = rng.choice(_words_of_one_part())
    thing = article(part)
    return rng.choice(
        (
            f"'{word.capitalize()}' is {thing} {part}.", f"The word '{word}' is {thing} {part}.", f"{word} ({part})",
            f"As a part of speech, '{word}' is {thing} {part}.", f'"{word.capitalize()}" is {thing} {part}.',
        )
    )  # fmt: skip


def _ask_part(rng: random.Random) -> Exchange:
    word, part = rng.choice(_words_of_one_part())
    thing = article(part)
    answer = rng.choice(
        (f"'{word.capitalize()}' is {thing} {part}.", f"The word '{word}' is {thing} {part}.", f"It is {thing} {part}.")
    )
    if rng.random() < 0.25:
        return Exchange(rng.choice(("Name the part of speech.", "Which part of speech is this word?")), word, answer)
    if rng.random() < 0.25:
        other = rng.choice([p for p in _PARTS.values() if p != part])
        return Exchange(f"Is '{word}' {article(other)} {other}?", "", f"No, '{word}' is {thing} {part}.")
    task = rng.choice(
        (
            f"What part of speech is '{word}'?", f"What kind of word is '{word}'?", f"Which word class has '{word}'?",
            f"Tell me the part of speech of '{word}'.", f"Is '{word}' a noun, a verb, an adjective or something else?",
            f"Which part of speech is the word \"{word}\"?",
        )
    )  # fmt: skip
    return Exchange(task, "", answer)


_PLACES = "on the roof;in the garden;behind the house;near the river;at the market;under the bridge;in the yard".split(
    ";"
)
_PAST_VERBS = "painted watched carried cleaned washed opened sold found moved dropped admired bought fixed saw".split()
_MANNERS = "slowly quickly carefully quietly gladly suddenly secretly happily gently calmly proudly".split()


def _ask_in_sentence(rng: random.Random) -> Exchange:
    """The noun, verb, adjective or adverb of a sentence that is built from known words."""
    adjective = rng.choice(_SHORT_ADJECTIVES)
    who, what = rng.choice("man woman boy girl farmer teacher neighbor sailor".split()), rng.choice(nouns())[0]
    verb, manner = rng.choice(_PAST_VERBS), rng.choice(_MANNERS)
    sentence = f"The {who} {manner} {verb} the {adjective} {what} {rng.choice(_PLACES)}."
    part, word = rng.choice((("verb", verb), ("adjective", adjective), ("adverb", manner)))
    task = rng.choice(
        (
            f"Find the {part} in the sentence.", f"Which word is the {part}?", f"Name the {part} of the sentence.",
            f"Pick out the {part}.", f"What is the {part} in this sentence?", f"Underline the {part}.",
        )
    )  # fmt: skip
    return Exchange(
        task, sentence, rng.choice((f"The {part} is '{word}'.", f"'{word.capitalize()}' is the {part}.", word))
    )


def write_parts_of_speech(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(
        rng, _state_part, lambda r: _ask_in_sentence(r) if r.random() < 0.5 else _ask_part(r)
    )


@cache
def _inflections(word: str, part: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    if part not in lemmas_of(word):
        return {}
    forms: dict[str, tuple[str, ...]] = getAllInflections(word, upos=part)
    return forms
