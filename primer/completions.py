"""Sentences to complete, by which one sees what the bundled base model knows.

Their facts are in the text, in several forms, but for those of the pages that stay out: there a right answer is luck.
"""

import random
import re
from dataclasses import dataclass

from primer.configuration import BUNDLED_PAGES, SPLIT, TextParams, load_section
from primer.text.countries import countries
from primer.text.elements import elements
from primer.text.lexicon import opposites
from primer.text.number_names import in_roman, in_words
from primer.text.page_tellings import pages_kept_out
from primer.text.word_forms import adjectives, nouns, verbs
from stages.common.files import read_jsonl
from stages.common.records import Example, Page
from stages.teachers.rules.sentences import select_sentences

PER_KIND = 100
_YEAR = re.compile(r" (1\d{3}|20[012]\d)\b")


@dataclass(frozen=True)
class Completion:
    """A beginning, and how a right end begins."""

    kind: str
    beginning: str
    end: str


def all_completions() -> list[Completion]:
    """At most `PER_KIND` of each kind, always the same."""
    rng = random.Random(1)
    found: list[Completion] = []
    for kind in (_words(), _numbers(rng), _world(), _years()):
        found += kind
    by_kind: dict[str, list[Completion]] = {}
    for one in dict.fromkeys(found):
        by_kind.setdefault(one.kind, []).append(one)
    return [one for many in by_kind.values() for one in rng.sample(many, min(PER_KIND, len(many)))]


def _words() -> list[Completion]:
    found = [Completion("plural", f"The plural of '{word}' is '", f"{plural}'") for word, plural in nouns()]
    found += [
        Completion("past_tense", f"The past tense of '{word}' is '", f"{forms['VBD']}'") for word, forms in verbs()
    ]
    found += [
        Completion("comparative", f"The comparative of '{word}' is '", f"{more}'") for word, more, _ in adjectives()
    ]
    pairs = [(first, second) for _, first, second in opposites()]
    alone = [pair for pair in pairs if sum(pair[0] in other for other in pairs) == 1]  # words with one opposite
    return found + [Completion("opposite", f"The opposite of '{first}' is '", f"{second}'") for first, second in alone]


def _numbers(rng: random.Random) -> list[Completion]:
    found = []
    for _ in range(PER_KIND):
        a, b = rng.randint(2, 99), rng.randint(2, 99)
        c, d = rng.randint(2, 12), rng.randint(2, 12)
        n = rng.randint(20, 999)
        found += [
            Completion("sum", f"{a} plus {b} is", f" {a + b}."),
            Completion("difference", f"{a + b} minus {a} is", f" {b}."),
            Completion("product", f"{c} times {d} is", f" {c * d}."),
            Completion("number_in_words", f"{n} in words is", f" {in_words(n)}."),
            Completion("roman_numeral", f"{n % 100 + 1} in Roman numerals is", f" {in_roman(n % 100 + 1)}."),
        ]
    return found


def _world() -> list[Completion]:
    found = [Completion("capital", f"The capital of {land.name} is", f" {land.capital}.") for land in countries()]
    return found + [
        Completion("element_symbol", f"The chemical symbol for {one.name} is", f" {one.symbol}.") for one in elements()
    ]


def _years() -> list[Completion]:
    """Sentences of the pages up to their first year: of pages read and asked about, only read, and kept out."""
    params = load_section("text", TextParams)
    pages = read_jsonl(BUNDLED_PAGES, Page)
    out = pages_kept_out(pages, params.pages_kept_out, params.seed)
    asked = {example.source.title for example in read_jsonl(SPLIT / "train.jsonl", Example)}
    found = []
    for page in pages:
        kind = "year_kept_out" if page.title in out else "year_asked_about" if page.title in asked else "year_only_read"
        for sentence in select_sentences(page).kept:
            if (year := _YEAR.search(sentence.text)) and year.start() > 30:
                found.append(Completion(kind, sentence.text[: year.start()], year[0]))
    return found
