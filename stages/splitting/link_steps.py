"""Which examples must stay together, on an engine: the groups of `group_examples`, of more examples than fit in memory.

Whatever two examples must not have on two sides is a key: a hash of a question, a page, a fact, or a run of words. Keys
go into buckets, and all examples that have one are then found in one bucket. Near-duplicates are found as in curation:
by the first words of the search for them, each pair verified by the rule itself. In memory at the end is only the group
of each example, as a number.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example
from stages.curation.content import Content, read_contents
from stages.curation.exact_duplicate import question_key
from stages.curation.linking import common_first_words, repeated_pairs, word_key
from stages.engine.plans import read_table
from stages.engine.shuffle import part_name, read_spread, run_tasks, write_spread, write_whole
from stages.engine.stable_keys import stable_key, word_hash
from stages.engine.steps import Steps
from stages.engine.word_counts import rank_by_counts, sum_counts, write_counts
from stages.splitting.base_questions import known_questions, was_asked
from stages.splitting.grouping import Forest, facts_of, hash_runs, owners_of_runs, page_key
from stages.splitting.stored_pool import StoredPool


@dataclass(frozen=True)
class LinkTasks:
    """The work of the steps, each a function of the number of a part of the pool, or of a bucket of keys."""

    folder: Path  # of the steps
    pool: StoredPool
    places: Path  # of `save_places`
    buckets: int
    min_similarity: float
    asked: Path | None  # the file of what the base model was asked

    def read(self, part: int) -> None:
        """The contents of a part of the pool, the counts of their words, and the keys of what must not be shared."""
        import pyarrow as pa

        places, rows = self.pool.read(self.places, part)
        examples = list(map(Example.model_validate_json, rows))
        contents = read_contents(examples)
        asked = known_questions(self.asked)
        flags = [was_asked(example, asked) for example in examples]
        table = {
            "place": places,
            "content": pa.array(map(content_text, contents), pa.string()),
            "was_asked": pa.array(flags, pa.bool_()),
        }
        write_whole(self.folder / "read/contents" / part_name(part), pa.table(table).sort_by("place"))
        write_counts(self.folder / "read/counts" / part_name(part), (content.question for content in contents))
        keys, texts = [], []
        for place, example, content in zip(places.tolist(), examples, contents, strict=True):
            of_example = list(keys_to_share(example, content))
            keys += of_example
            texts += [3 * place + 1] * len(of_example)
        hashes, of_runs = hash_runs(examples, word_hash)
        all_keys = np.concatenate([np.array(keys, np.int64).view(np.uint64), hashes])
        all_texts = np.concatenate([np.array(texts, np.int64), 3 * places[of_runs // 3] + of_runs % 3])
        rows_of_keys = pa.table({"key": all_keys, "text": all_texts})
        write_spread(self.folder / "read/keys" / part_name(part), rows_of_keys, all_keys % self.buckets, self.buckets)

    def find_words(self, part: int) -> None:
        """The keys of the first words of a part, without words that no other example has."""
        import pyarrow as pa

        counts = self.folder / "counts"
        rank = rank_by_counts(counts)
        rows = []
        for place, content in self._contents(part):
            words = common_first_words(content, self.min_similarity, rank)
            rows += [(word_key(word), place) for word in words]
        table = np.array(rows, np.int64).reshape(-1, 2)
        columns = {"key": table[:, 0], "place": table[:, 1], "part": np.full(len(table), part)}
        target = self.folder / "words" / part_name(part)
        write_spread(target, pa.table(columns), table[:, 0] % self.buckets, self.buckets)

    def find_links(self, bucket: int) -> None:
        """Pairs of examples with the same key, and the first words that several examples have."""
        import pyarrow as pa

        table = read_spread(self.folder / "read/keys", bucket)
        pairs = set()
        for owners in owners_of_runs(table["key"].to_numpy(), table["text"].to_numpy()):
            pairs |= {(owners[0], owner) for owner in owners[1:] if owner != owners[0]}
        write_pairs(self.folder / "shared/links" / part_name(bucket), sorted(pairs))
        words = read_spread(self.folder / "words", bucket)
        _, inverse, counts = np.unique(words["key"].to_numpy(), return_inverse=True, return_counts=True)
        words = words.filter(pa.array(counts[inverse] > 1))
        parts = len(self.pool.parts)
        write_spread(self.folder / "shared/words" / part_name(bucket), words, words["part"].to_numpy(), parts)

    def gather_suspects(self, part: int) -> None:
        """The contents of a part whose first words others have, too."""
        import pyarrow as pa

        shared = read_spread(self.folder / "shared/words", part).sort_by("place")
        contents = read_table(self.folder / "read/contents" / part_name(part))
        at = np.searchsorted(contents["place"].to_numpy(), shared["place"].to_numpy())
        suspects = pa.table({"key": shared["key"], "place": shared["place"], "content": contents["content"].take(at)})
        buckets = shared["key"].to_numpy() % self.buckets
        write_spread(self.folder / "suspects" / part_name(part), suspects, buckets, self.buckets)

    def verify_pairs(self, bucket: int) -> None:
        """Pairs of near-duplicates."""
        table = read_spread(self.folder / "suspects", bucket).sort_by("place")
        columns = (table[name].to_pylist() for name in ("key", "place", "content"))
        read = lru_cache(maxsize=1)(content_of)  # the rows of a place follow one another
        rows = ((key, place, read(text)) for key, place, text in zip(*columns, strict=True))
        pairs = repeated_pairs(rows, self.min_similarity, rank_by_counts(self.folder / "counts"))
        write_pairs(self.folder / "pairs" / part_name(bucket), pairs)

    def _contents(self, part: int) -> Iterator[tuple[int, Content]]:
        table = read_table(self.folder / "read/contents" / part_name(part))
        texts = table["content"].to_pylist()
        return zip(table["place"].to_pylist(), map(content_of, texts), strict=True)


def link_steps(steps: Steps, tasks: LinkTasks, is_grouped: bool) -> None:
    """Runs the steps; without groups, only those that say what the base model was asked. Daft must be ready."""
    parts, buckets = len(tasks.pool.parts), tasks.buckets

    def step(name: str, work: Callable[[int], None], count: int) -> None:
        steps.run(name, lambda _: run_tasks(work, count, name))

    step("read", tasks.read, parts)
    if is_grouped:
        steps.run("counts", partial(sum_counts, steps.path("read") / "counts"))
        step("words", tasks.find_words, parts)
        step("shared", tasks.find_links, buckets)
        step("suspects", tasks.gather_suspects, parts)
        step("pairs", tasks.verify_pairs, buckets)


def read_groups(steps: Steps, size: int) -> list[int]:
    """The group of each example of the pool, as its lowest place."""
    forest = Forest(size)
    for folder in (steps.path("shared") / "links", steps.path("pairs")):
        for path in sorted(folder.glob("*.parquet")):
            table = read_table(path)
            for first, second in zip(table["first"].to_pylist(), table["second"].to_pylist(), strict=True):
                forest.join(first, second)
    return [forest.root(place) for place in range(size)]


def read_asked_places(steps: Steps) -> NDArray[np.int64]:
    """The places of the examples that ask what the base model was asked."""
    tables = [read_table(path) for path in sorted((steps.path("read") / "contents").glob("*.parquet"))]
    return np.concatenate([table["place"].filter(table["was_asked"]).to_numpy() for table in tables])


def write_pairs(path: Path, pairs: Sequence[tuple[int, int]]) -> None:
    import pyarrow as pa

    table = np.array(pairs, np.int64).reshape(-1, 2)
    write_whole(path, pa.table({"first": table[:, 0], "second": table[:, 1]}))


def keys_to_share(example: Example, content: Content) -> Iterator[int]:
    """The keys of its question, its page and its facts."""
    yield stable_key("asked", question_key(example))
    if (page := page_key(example)) is not None:
        yield stable_key("page", page)
    for fact in facts_of(content):
        yield stable_key(*(sorted(part) if isinstance(part, frozenset) else part for part in fact))


def content_text(content: Content) -> str:
    """A content as JSON, the same for equal contents."""
    sets = (content.instruction, content.question, content.answer, content.marked, content.subjects)
    return json.dumps([*map(sorted, sets), content.order, content.asks, content.verdict])


def content_of(text: str) -> Content:
    *sets, order, asks, verdict = json.loads(text)
    instruction, question, answer, marked, subjects = map(frozenset, sets)
    return Content(
        instruction=instruction,
        question=question,
        answer=answer,
        marked=marked,
        order=tuple(order),
        subjects=subjects,
        asks=asks,
        verdict=verdict,
    )
