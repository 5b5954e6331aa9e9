"""The sources of the bundled base model's text: who writes it, how much of it, and under which licence.

A writer yields documents without end: plain text of one to some paragraphs, true, in many wordings, decided by the
random generator alone. The pipeline takes documents from each writer until they fill its share, so a writer with few
facts tells them again in other words. A document isn't in the format of `model/core/prompt.py`, asks no task of
`data/bundled/instructions.jsonl` and no question of the test split about a page: `primer/measure.py` counts both.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from primer.text.analogies import write_analogies
from primer.text.arithmetic import write_arithmetic, write_word_problems
from primer.text.comprehension import write_comprehension
from primer.text.conciseness import write_conciseness
from primer.text.copying import write_copying
from primer.text.corrections import write_corrections
from primer.text.countries import write_countries
from primer.text.days_and_times import write_days_and_times
from primer.text.denials import write_denials
from primer.text.elements import write_elements
from primer.text.extraction import write_extraction
from primer.text.gaps_and_choices import write_gaps_and_choices
from primer.text.kinds_of_things import write_kinds
from primer.text.letter_order import write_letter_order
from primer.text.list_questions import write_list_questions
from primer.text.list_work import write_list_work
from primer.text.marked_words import write_marked_words
from primer.text.marks_and_capitals import write_marks_and_capitals
from primer.text.meanings import write_definitions, write_sayings, write_synonyms_and_opposites
from primer.text.measures_and_shapes import write_measures_and_shapes
from primer.text.number_names import write_number_names
from primer.text.opinions import write_opinions
from primer.text.other_words import write_other_words
from primer.text.page_passages import write_page_passages
from primer.text.page_reading import write_page_reading
from primer.text.page_tellings import write_page_tellings
from primer.text.patterns_and_options import write_patterns_and_options
from primer.text.politeness import write_politeness
from primer.text.putting_in_order import write_orders
from primer.text.question_words import write_question_words
from primer.text.ranking import write_ranking
from primer.text.sentence_building import write_sentence_building
from primer.text.sentence_changes import write_sentence_changes
from primer.text.sentence_joining import write_sentence_joining
from primer.text.sentence_parts import write_sentence_parts
from primer.text.sentence_rewriting import write_sentence_rewriting
from primer.text.several_tasks import write_several_tasks
from primer.text.small_problems import write_small_problems
from primer.text.sorting import write_sorting
from primer.text.sorts_of_things import write_sorts_of_things
from primer.text.spelling_mistakes import write_spelling_mistakes
from primer.text.spellings import write_spellings
from primer.text.word_forms import write_parts_of_speech, write_word_forms

# The lists of `primer/lexicon/` were written for this project, but for wordnet.tsv, which is taken from WordNet 3.1.
_WORDNET = "CC0-1.0 AND LicenseRef-WordNet-3.0"


@dataclass(frozen=True)
class TextSource:
    """One topic of the text."""

    name: str  # snake_case
    write: Callable[[random.Random], Iterator[str]]
    share: float  # of all characters, relative to the other sources' shares; above 0
    license: str  # SPDX identifier
    description: str  # what it says and where its facts come from: a sentence for the card


SOURCES = (
    TextSource(
        "word_forms", write_word_forms, 1.2, _WORDNET, "Plurals, tenses and comparison; forms from lemminflect (MIT)."
    ),
    TextSource("parts_of_speech", write_parts_of_speech, 0.6, _WORDNET, "Which part of speech a word is."),
    TextSource("definitions", write_definitions, 0.8, _WORDNET, "What common words mean."),
    TextSource("synonyms_and_opposites", write_synonyms_and_opposites, 1.2, _WORDNET, "Synonyms and opposites."),
    TextSource("sayings", write_sayings, 0.6, "CC0-1.0", "Idioms, proverbs and similes, from lists of this project."),
    TextSource("kinds", write_kinds, 1.0, _WORDNET, "What is what, lists, and the one that doesn't belong."),
    TextSource("spellings", write_spellings, 0.8, "CC0-1.0", "Spelling, contractions, rhymes, compounds, a and an."),
    TextSource("arithmetic", write_arithmetic, 1.2, "CC0-1.0", "Calculations with whole numbers."),
    TextSource("word_problems", write_word_problems, 0.6, "CC0-1.0", "Small problems in words, with their solutions."),
    TextSource(
        "number_names", write_number_names, 1.0, "CC0-1.0", "Numbers in words and Roman numerals; even, odd, prime."
    ),
    TextSource("orders", write_orders, 0.8, "CC0-1.0", "Numbers, words, months and days put in order."),
    TextSource("measures_and_shapes", write_measures_and_shapes, 0.9, "CC0-1.0", "Units of measurement, and shapes."),
    TextSource("days_and_times", write_days_and_times, 0.7, "CC0-1.0", "The calendar and the clock."),
    TextSource("countries", write_countries, 1.4, "CC0-1.0", "Countries, from a table of this project."),
    TextSource("elements", write_elements, 0.7, "CC0-1.0", "Chemical elements and some substances, likewise."),
    TextSource(
        "page_passages",
        write_page_passages,
        4.0,
        "CC0-1.0",
        "Passages of the bundled pages' sentences, and what they say.",
    ),
    TextSource(
        "copying", write_copying, 6.0, "CC0-1.0", "Rows of random and made-up words, said again, changed and looked up."
    ),
    TextSource("pages", write_page_tellings, 5.0, "CC0-1.0", "The bundled pages in several tellings."),
    TextSource(
        "sentence_changes",
        write_sentence_changes,
        3.0,
        "CC0-1.0",
        "Sentences in other tenses, voices and forms, asked and denied.",
    ),
    TextSource("several_tasks", write_several_tasks, 2.2, "CC0-1.0", "One line with several orders about it."),
    TextSource("marks_and_capitals", write_marks_and_capitals, 1.0, "CC0-1.0", "Punctuation and capital letters."),
    TextSource("question_words", write_question_words, 2.0, "CC0-1.0", "What a sentence answers, and why, when, how."),
    TextSource("conciseness", write_conciseness, 0.9, "CC0-1.0", "Something long, said in short."),
    TextSource("denials", write_denials, 1.2, "CC0-1.0", "What is not so, with all the words for that."),
    TextSource("comprehension", write_comprehension, 2.0, "CC0-1.0", "Short made-up texts, and what they say."),
    TextSource("page_reading", write_page_reading, 3.5, "CC0-1.0", "Made-up pages, and what they say."),
    TextSource("sorting", write_sorting, 3.2, "CC0-1.0", "Rows of numbers, dates and words put in order."),
    TextSource("letter_order", write_letter_order, 1.2, "CC0-1.0", "Which letter, word or number is first, and why."),
    TextSource("list_work", write_list_work, 1.4, "CC0-1.0", "Lists copied with changes."),
    TextSource("corrections", write_corrections, 1.2, "CC0-1.0", "Wrong sentences set right."),
    TextSource(
        "extraction", write_extraction, 1.2, "CC0-1.0", "Names, dates, prices and other things found in a sentence."
    ),
    TextSource(
        "sentence_joining", write_sentence_joining, 1.0, "CC0-1.0", "Sentences joined, split, shortened and reported."
    ),
    TextSource("gaps_and_choices", write_gaps_and_choices, 0.9, "CC0-1.0", "Gaps in sentences and words filled."),
    TextSource(
        "other_words",
        write_other_words,
        1.2,
        "CC0-1.0",
        "Synonyms, opposites and comparisons in sentences.",
    ),
    TextSource("sorts_of_things", write_sorts_of_things, 1.2, "CC0-1.0", "What kind of thing something is."),
    TextSource("marked_words", write_marked_words, 1.0, "CC0-1.0", "Parts of speech in sentences, letters of words."),
    TextSource("small_problems", write_small_problems, 0.8, "CC0-1.0", "Problems of one or two steps, worked out."),
    TextSource("opinions", write_opinions, 0.4, "CC0-1.0", "Whether a remark praises or complains."),
    TextSource(
        "ranking", write_ranking, 0.9, "CC0-1.0", "The largest, the smallest, the first and the next; scales and races."
    ),
    TextSource("list_questions", write_list_questions, 1.2, "CC0-1.0", "Questions about what a list has in it."),
    TextSource(
        "spelling_mistakes", write_spelling_mistakes, 0.9, "CC0-1.0", "Misspelled words, capitals and marks set right."
    ),
    TextSource("sentence_parts", write_sentence_parts, 0.8, "CC0-1.0", "Words of a sentence by their place and role."),
    TextSource(
        "patterns_and_options",
        write_patterns_and_options,
        0.8,
        "CC0-1.0",
        "Rows continued, and answers chosen from some.",
    ),
    TextSource("politeness", write_politeness, 0.7, "CC0-1.0", "Polite, formal and short ways to say something."),
    TextSource(
        "sentence_rewriting",
        write_sentence_rewriting,
        1.1,
        "CC0-1.0",
        "Sentences with other subjects, pronouns, numbers, or reported.",
    ),
    TextSource("sentence_building", write_sentence_building, 0.6, "CC0-1.0", "Sentences made of given words."),
    TextSource("analogies", write_analogies, 0.5, "CC0-1.0", "Pairs that belong together, and even and odd numbers."),
)
