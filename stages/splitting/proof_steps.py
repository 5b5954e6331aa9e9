"""The proof of a split on an engine: finds all examples that share anything with another side.

What the proof looks for becomes keys, made by the code of `proof.py` and `rewordings.py`: hashes of questions, pages
and runs of words, and the words by which rewordings are found. Keys go into buckets, and a key on one side alone can't
leak. The examples with the keys that are left hold every leak of the split, so `prove` gives the same counts of them
alone. In a sound split there is none.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example
from stages.engine.plans import read_table
from stages.engine.shuffle import part_name, read_spread, run_tasks, write_spread, write_whole
from stages.engine.stable_keys import stable_key, word_hash
from stages.engine.steps import Steps
from stages.engine.word_counts import count_of_words, sum_counts, write_counts
from stages.splitting.proof import asked_question, on_two_sides, page_title, run_hashes
from stages.splitting.rewording_index import by_rarity, keys_in_index, keys_to_look_up
from stages.splitting.rewordings import Gist, read_gist, rewordings_of
from stages.splitting.stored_split import StoredSplit

if TYPE_CHECKING:
    from pyarrow import Table


@dataclass(frozen=True)
class ProofTasks:
    """The work of the steps, each a function of the number of a part of the split, or of a bucket of keys."""

    folder: Path  # of the steps
    split: StoredSplit
    buckets: int
    min_similarity: float

    def read(self, part: int) -> None:
        """The gists of a part of the split, the counts of their words, and the keys of what no two sides may share."""
        import pyarrow as pa

        places, rows = self.split.read(part)
        examples = list(map(Example.model_validate_json, rows))
        gists = list(map(read_gist, examples))
        texts = list(map(gist_text, gists))
        write_whole(
            self.folder / "gists/texts" / part_name(part),
            pa.table({"place": places, "gist": pa.array(texts, pa.string())}),
        )
        write_counts(self.folder / "gists/counts" / part_name(part), (gist.question for gist in gists))
        keys, owners = [], []
        for place, example, text in zip(places.tolist(), examples, texts, strict=True):
            of_example = [stable_key("question", asked_question(example)), stable_key("gist", text)]
            if (title := page_title(example)) is not None:
                of_example.append(stable_key("page", title))
            keys += of_example
            owners += [place] * len(of_example)
        hashes, of_runs = run_hashes(examples, signed_hash)
        all_keys = np.concatenate([np.array(keys, np.int64), hashes])
        columns = {
            "key": all_keys,
            "place": np.concatenate([np.array(owners, np.int64), places[of_runs // 3]]),
            "is_content": np.concatenate([np.ones(len(keys), bool), of_runs % 3 != 0]),
        }
        write_spread(
            self.folder / "gists/keys" / part_name(part), pa.table(columns), all_keys % self.buckets, self.buckets
        )

    def find_words(self, part: int) -> None:
        """Under which words the search for rewordings finds the questions of a part, and where it looks for them."""
        import pyarrow as pa

        count_of = count_of_words(self.folder / "gist_counts")
        table = read_table(self.folder / "gists/texts" / part_name(part))
        rows = []
        for place, text in zip(table["place"].to_pylist(), table["gist"].to_pylist(), strict=True):
            gist = gist_of(text)
            words = by_rarity(sorted(gist.question), count_of)
            found = ((key, False) for key in keys_in_index(words))
            looked_up = ((key, True) for key in keys_to_look_up(words, gist.fixed, count_of, self.min_similarity))
            for (sort, of_words), is_lookup in chain(found, looked_up):
                if all(count_of(word) > 1 for word in of_words):  # no other question has a word that comes once
                    rows.append((stable_key(sort, of_words), place, is_lookup))
        table = np.array(rows, np.int64).reshape(-1, 3)
        columns = {"key": table[:, 0], "place": table[:, 1], "is_lookup": table[:, 2] > 0}
        columns["part"] = np.full(len(table), part)
        target = self.folder / "gist_words" / part_name(part)
        write_spread(target, pa.table(columns), table[:, 0] % self.buckets, self.buckets)

    def find_shared(self, bucket: int) -> None:
        """The places with a key that is on two sides, and the words by which rewordings on two sides may be found."""
        import pyarrow as pa

        table = read_spread(self.folder / "gists/keys", bucket).sort_by("key")
        places = table["place"].to_numpy()
        leaking = on_two_sides(table["key"].to_numpy(), self.split.sides_of(places), table["is_content"].to_numpy())
        write_whole(self.folder / "leaks/places" / part_name(bucket), pa.table({"place": np.unique(places[leaking])}))
        words = read_spread(self.folder / "gist_words", bucket).sort_by("key")
        crossing = self._crossing(words)
        words = words.filter(pa.array(crossing)).select(["key", "place", "part"])
        parts = self.split.parts
        write_spread(self.folder / "leaks/words" / part_name(bucket), words, words["part"].to_numpy(), parts)

    def _crossing(self, words: "Table") -> NDArray[np.bool_]:
        """Which rows, by rising key, have one by which a question of one side is found from another side."""
        keys, is_lookup = words["key"].to_numpy(), words["is_lookup"].to_numpy()
        sides = self.split.sides_of(words["place"].to_numpy())
        if not len(keys):
            return np.zeros(0, bool)
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        bits = np.left_shift(1, sides.astype(np.int64))
        found = np.bitwise_or.reduceat(np.where(is_lookup, 0, bits), starts)
        looked_up = np.bitwise_or.reduceat(np.where(is_lookup, bits, 0), starts)
        both = found | looked_up
        crossing = (found > 0) & (looked_up > 0) & (both & (both - 1) > 0)  # at least two bits
        return np.repeat(crossing, np.diff(np.append(starts, len(keys))))

    def gather_gists(self, part: int) -> None:
        """The gists of a part that may have a rewording on another side."""
        import pyarrow as pa

        shared = read_spread(self.folder / "leaks/words", part).sort_by("place")
        gists = read_table(self.folder / "gists/texts" / part_name(part))
        at = np.searchsorted(gists["place"].to_numpy(), shared["place"].to_numpy())
        rows = pa.table({"key": shared["key"], "place": shared["place"], "gist": gists["gist"].take(at)})
        target = self.folder / "gathered" / part_name(part)
        write_spread(target, rows, shared["key"].to_numpy() % self.buckets, self.buckets)

    def find_rewordings(self, bucket: int) -> None:
        """The places of rewordings on two sides, with all that have the same gists, which keeps `prove`'s order."""
        import pyarrow as pa

        table = read_spread(self.folder / "gathered", bucket).sort_by("place")
        gists = dict(zip(table["place"].to_pylist(), table["gist"].to_pylist(), strict=True))
        numbers = np.array(list(gists), np.int64)
        sides = self.split.sides_of(numbers)
        leaking = set()
        for pair in rewordings_of(map(gist_of, gists.values()), self.min_similarity):
            both = {place for places in pair for place in places}
            if len({int(sides[place]) for place in both}) > 1:
                leaking |= both
        places = numbers[sorted(leaking)]
        write_whole(self.folder / "rewordings" / part_name(bucket), pa.table({"place": places}))


def proof_steps(steps: Steps, tasks: ProofTasks) -> None:
    """Runs the steps. Daft must be ready."""
    parts, buckets = tasks.split.parts, tasks.buckets

    def step(name: str, work: Callable[[int], None], count: int) -> None:
        steps.run(name, lambda _: run_tasks(work, count, name))

    step("gists", tasks.read, parts)
    steps.run("gist_counts", partial(sum_counts, steps.path("gists") / "counts"))
    step("gist_words", tasks.find_words, parts)
    step("leaks", tasks.find_shared, buckets)
    step("gathered", tasks.gather_gists, parts)
    step("rewordings", tasks.find_rewordings, buckets)


def read_leaking(steps: Steps) -> NDArray[np.int64]:
    """The places of all examples that share anything with another side, rising."""
    folders = (steps.path("leaks") / "places", steps.path("rewordings"))
    tables = [read_table(path) for folder in folders for path in sorted(folder.glob("*.parquet"))]
    return np.unique(np.concatenate([table["place"].to_numpy() for table in tables]))


def signed_hash(word: str) -> int:
    return word_hash(word) - 2**63


def gist_text(gist: Gist) -> str:
    """A gist as JSON, the same for equal gists."""
    return json.dumps([sorted(part) if isinstance(part, frozenset) else part for part in gist])


def gist_of(text: str) -> Gist:
    form, task, question, fixed, sequence, answer, verdict = json.loads(text)
    return Gist(
        form=form,
        task=frozenset(task),
        question=frozenset(question),
        fixed=frozenset(fixed),
        sequence=tuple(sequence),
        answer=frozenset(answer),
        verdict=verdict,
    )
