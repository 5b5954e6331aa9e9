"""Which examples the comparing rules must see together, as functions of rows: the work of the steps in `at_scale.py`.

The comparing rules look at earlier examples, but only at those that ask the same question (word for word, or in the
same content words) or that repeat what an example says. Such examples are linked. Whoever is linked to an example, in
however many steps, belongs to its group; no other has an influence on what becomes of it.

Links are found by keys: those of the question, and the first words of the search for near-duplicates (`first_words`).
Each pair of examples with the same first word is verified by the rule itself (`repeats`), so that groups stay small.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from stages.common.records import Example
from stages.curation.content import Content, read_content
from stages.curation.exact_duplicate import question_key
from stages.curation.near_duplicate import Rank, WordJoin, first_words, repeats
from stages.curation.page_texts import open_page_texts
from stages.curation.rules import Thresholds, compare_examples, is_supported, judge_singly, page_of
from stages.engine.plans import bucket_rows, read_table
from stages.engine.stable_keys import stable_key
from stages.engine.word_counts import rank_by_counts, word_number


def findings_of_rows(limits: Thresholds, pages: Path, rows: Sequence[str]) -> list[dict[str, Any]]:
    """Of examples as JSON: the first finding against each, or the numbers of its question's words."""
    texts = open_page_texts(pages)
    examples = list(map(Example.model_validate_json, rows))
    results = judge_singly([(example, page_of(example, texts)) for example in examples], limits)
    return [
        {"reason": None, "evidence": None, "words": sorted({word_number(word) for word in result.question})}
        if isinstance(result, Content)
        else {"reason": result[0], "evidence": result[1], "words": []}
        for result in results
    ]


def keys_of_rows(min_similarity: float, frequencies: Path, rows: Sequence[str]) -> list[list[dict[str, Any]]]:
    """The keys of examples as JSON, and whether each is that of a word."""
    rank = rank_by_counts(frequencies)
    found = []
    for row in rows:
        example = Example.model_validate_json(row)
        content = read_content(example)
        words = common_first_words(content, min_similarity, rank)
        keys = [{"key": word_key(word), "is_word": True} for word in words]
        found.append([*keys, *({"key": key, "is_word": False} for key in _question_keys(example, content))])
    return found


def common_first_words(
    content: Content, min_similarity: float, rank: Callable[[str], tuple[int, str]]
) -> list[str | None]:
    """Its `first_words` without those that no other example has."""
    return [word for word in first_words(content, min_similarity, rank) if word is None or rank(word)[0] > 1]


def shared_rows(bucket: Path) -> list[dict[str, Any]]:
    """The rows whose key several examples have."""
    table = read_table(bucket)
    keys = table["key"].to_numpy()
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    rows: list[dict[str, Any]] = table.select(["key", "place", "is_word"]).filter(counts[inverse] > 1).to_pylist()
    return rows


def pairs_of_bucket(min_similarity: float, frequencies: Path, bucket: Path) -> list[dict[str, int]]:
    """Pairs of places of examples that repeat each other."""
    contents: dict[int, Content] = {}
    rows = []
    for row in bucket_rows(bucket):
        place = row["place"]
        if place not in contents:
            contents[place] = read_content(Example.model_validate_json(row["example"]))
        rows.append((row["key"], place, contents[place]))
    pairs = repeated_pairs(rows, min_similarity, rank_by_counts(frequencies))
    return [{"first": first, "second": second} for first, second in pairs]


def repeated_pairs(
    rows: Iterable[tuple[int, int, Content]], min_similarity: float, rank: Rank
) -> list[tuple[int, int]]:
    """Pairs of places that repeat each other, of those that have the same key: rows of the key of a first word, the
    place, and its content. Of equal contents, each is paired with the first alone."""
    places_by_word: dict[str | None, dict[Content, list[int]]] = defaultdict(lambda: defaultdict(list))
    words: dict[int, dict[int, str | None]] = {}
    for key, place, content in rows:
        if place not in words:
            words[place] = {word_key(word): word for word in first_words(content, min_similarity, rank)}
        places_by_word[words[place][key]][content].append(place)
    links = set()
    for word, places in places_by_word.items():
        for same in places.values():
            links |= {(same[0], other) for other in same[1:]}
        distinct = list(places)
        for first, second in WordJoin(distinct, min_similarity, rank).pairs_by_first_word(word):
            if repeats(distinct[first], distinct[second], min_similarity):
                links.add((places[distinct[first]][0], places[distinct[second]][0]))
    return sorted(links)


def compare_bucket(min_similarity: float, pages: Path, bucket: Path) -> list[dict[str, Any]]:
    """The findings against examples of the bucket; those of a group are compared in the order of the input."""
    groups: dict[int, list[tuple[int, Example]]] = defaultdict(list)
    for row in bucket_rows(bucket):
        groups[row["group"]].append((row["place"], Example.model_validate_json(row["example"])))
    supported = partial(is_supported, open_page_texts(pages))
    found = []
    for group in groups.values():
        pairs = [(example, read_content(example)) for _, example in group]
        for (place, _), finding in zip(group, compare_examples(pairs, min_similarity, supported), strict=True):
            if finding:
                found.append({"place": place, "reason": finding[0], "evidence": finding[1]})
    return found


def join_all(parents: dict[int, int], pairs: Iterable[Sequence[int]]) -> None:
    """Union-find: afterwards, the places of a pair have the same root."""
    for first, second in pairs:
        low, high = sorted((root(parents, first), root(parents, second)))
        parents[high] = low


def root(parents: dict[int, int], place: int) -> int:
    """The lowest place of a group."""
    parents.setdefault(place, place)
    while parents[place] != place:
        parents[place] = place = parents[parents[place]]  # halves the way for the next search
    return place


def _question_keys(example: Example, content: Content) -> list[int]:
    """Keys that two examples share if they ask the same question, word for word or in the same content words."""
    keys = [stable_key("asked", question_key(example))]
    return [*keys, stable_key("question", sorted(content.question))] if content.question else keys


def word_key(word: str | None) -> int:
    """The key of a first word. If two are the same by chance, an example more is compared, which changes nothing."""
    return stable_key("word", word)
