"""All rules, applied on an engine to more examples than fit into memory, with the results of `rules.curate`.

A rule about a single example is a map. For the rules that compare, `linking.py` says which examples must be seen
together: these are gathered, and each group is compared by itself, in the order of the input, by the same code.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example, Rejection
from stages.curation.linking import (
    compare_bucket,
    findings_of_rows,
    join_all,
    keys_of_rows,
    pairs_of_bucket,
    root,
    shared_rows,
)
from stages.curation.page_texts import write_page_texts
from stages.curation.rules import Finding, Thresholds
from stages.engine.plans import (
    map_buckets,
    read_bucket,
    read_step,
    read_table,
    unnest,
    worker_function,
    write_buckets,
    write_rows,
)
from stages.engine.steps import Steps
from stages.engine.word_counts import COUNTS, WORDS

ROWS_PER_PART = 20_000  # of the files of examples
ROWS_PER_BUCKET = 25_000  # a process takes about 250 MB for as many suspects


class KeptExamples:
    """The examples that no rule objected to, read from the files of the steps each time that they are asked for."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Example]:
        return (Example.model_validate_json(row) for row, finding in _read_results(self._steps) if finding is None)


class RejectedExamples:
    """The rejections that were known before, and then those of the rules."""

    def __init__(self, steps: Steps, known: Sequence[Rejection]) -> None:
        self._steps = steps
        self._known = known

    def __iter__(self) -> Iterator[Rejection]:
        yield from self._known
        for row, finding in _read_results(self._steps):
            if finding is not None:
                example = Example.model_validate_json(row)
                yield Rejection(example=example, reason=finding[0], evidence=finding[1])


def write_examples(
    steps: Steps, examples: Iterable[Example], facts: Callable[[], Mapping[str, Any]] = dict
) -> dict[str, Any]:
    """Stores the examples, in order, as the first step. Returns how many there are ("count") and other `facts`, which
    are asked for when all examples have been read."""

    def work(folder: Path) -> dict[str, Any]:
        import pyarrow as pa
        from pyarrow import parquet

        count = 0
        rows = (example.model_dump_json() for example in examples)
        while part := list(islice(rows, ROWS_PER_PART)):
            table = pa.table({"place": range(count, count + len(part)), "example": part})
            parquet.write_table(table, folder / f"{count:012}.parquet")
            count += len(part)
        return {"count": count} | dict(facts())

    return steps.run("examples", work)


def write_pages(steps: Steps, pages: Iterable[tuple[str, str]]) -> None:
    """Stores title and text of each page."""
    steps.run("pages", lambda folder: {"count": write_page_texts(folder, pages)})


def curate_steps(steps: Steps, limits: Thresholds, count: int) -> None:
    """Runs all steps after `write_examples` and `write_pages`. Daft must be ready (`run_on_engine`)."""
    buckets = -(-count // ROWS_PER_BUCKET)
    pages = steps.path("pages")
    steps.run("judged", partial(_judge, steps, limits, pages))
    steps.run("frequencies", partial(_count_words, steps))
    steps.run("keys", partial(_write_keys, steps, limits.min_similarity, buckets))
    steps.run("shared", partial(_find_shared, steps))
    steps.run("suspects", partial(_gather_suspects, steps, buckets))
    steps.run("links", partial(_verify_pairs, steps, limits.min_similarity))
    steps.run("groups", partial(_join_links, steps))
    steps.run("linked", partial(_gather_linked, steps, buckets))
    steps.run("compared", partial(_compare, steps, limits.min_similarity, pages))


def which_are_kept(steps: Steps, count: int) -> NDArray[np.bool_]:
    """Whether no rule objected to the example, for each place."""
    kept = np.ones(count, bool)
    for name in ("judged", "compared"):
        for bucket in steps.path(name).glob("bucket=*"):
            table = read_table(bucket)
            kept[table["place"].filter(table["reason"].is_valid()).to_numpy()] = False
    return kept


def judged_rows(steps: Steps) -> Iterator[dict[str, Any]]:
    """All examples, kept and rejected, in the order of the input: their place, and `example` as JSON."""
    for part in range(len(list(steps.path("judged").iterdir()))):
        yield from read_bucket(steps.path("judged"), part)


def _read_results(steps: Steps) -> Iterator[tuple[str, Finding | None]]:
    """All examples as JSON, in the order of the input, with the finding against each."""
    parts = len(list(steps.path("judged").iterdir()))
    for part in range(parts):
        compared = {row["place"]: row for row in read_bucket(steps.path("compared"), part)}
        for row in read_bucket(steps.path("judged"), part):
            against = row if row["reason"] else compared.get(row["place"])
            yield row["example"], (against["reason"], against["evidence"]) if against else None


def _judge(steps: Steps, limits: Thresholds, pages: Path, folder: Path) -> None:
    from daft import DataType, col, lit

    text = DataType.string()
    fields = {"reason": text, "evidence": text, "words": DataType.list(DataType.uint32())}
    judge = worker_function(partial(findings_of_rows, limits, pages), DataType.struct(fields))
    rows = read_step(steps.path("examples")).with_column("result", judge(col("example")))
    write_buckets(unnest(rows, "result", list(fields)), col("place") // lit(ROWS_PER_BUCKET), folder)


def _count_words(steps: Steps, folder: Path) -> None:
    from daft import col, lit

    words = read_step(steps.path("judged")).where(col("words").list_count() > lit(0)).select("words").explode("words")
    counted = words.groupby("words").agg(col("words").count().alias("count")).to_pydict()
    counts = np.zeros(WORDS, np.int64)
    counts[counted["words"]] = counted["count"]
    np.save(folder / COUNTS, counts)


def _write_keys(steps: Steps, min_similarity: float, buckets: int, folder: Path) -> None:
    from daft import DataType, col, lit

    fields = {"key": DataType.int64(), "is_word": DataType.bool()}
    find = worker_function(
        partial(keys_of_rows, min_similarity, steps.path("frequencies")), DataType.list(DataType.struct(fields))
    )
    good = read_step(steps.path("judged")).where(col("reason").is_null())
    keys = unnest(good.select("place", find(col("example")).alias("row")).explode("row"), "row", list(fields))
    write_buckets(keys, col("key") % lit(buckets), folder)


def _find_shared(steps: Steps, folder: Path) -> None:
    from daft import DataType

    fields = {"key": DataType.int64(), "place": DataType.int64(), "is_word": DataType.bool()}
    write_rows(map_buckets(steps.path("keys"), shared_rows, fields), folder)


def _gather_suspects(steps: Steps, buckets: int, folder: Path) -> None:
    """The examples that share a first word, those of one word in one bucket."""
    from daft import col, lit

    shared = read_step(steps.path("shared")).where(col("is_word")).select("key", "place")
    rows = read_step(steps.path("judged")).select("place", "example").join(shared, on="place")
    write_buckets(rows, col("key") % lit(buckets), folder)


def _verify_pairs(steps: Steps, min_similarity: float, folder: Path) -> None:
    from daft import DataType

    fields = {"first": DataType.int64(), "second": DataType.int64()}
    verify = partial(pairs_of_bucket, min_similarity, steps.path("frequencies"))
    write_rows(map_buckets(steps.path("suspects"), verify, fields), folder)


def _join_links(steps: Steps, folder: Path) -> None:
    """The group of each example that is linked to another, as the lowest place in it. Links are few, so this goes on in
    memory."""
    import pyarrow as pa
    from daft import col
    from pyarrow import parquet

    parents: dict[int, int] = {}
    pairs = read_step(steps.path("links")).to_arrow()
    join_all(parents, zip(pairs["first"].to_pylist(), pairs["second"].to_pylist(), strict=True))
    asked = read_step(steps.path("shared")).where(~col("is_word")).select("key", "place").to_arrow().sort_by("key")
    keys, places = asked["key"].to_pylist(), asked["place"].to_pylist()
    join_all(parents, (places[i - 1 : i + 1] for i in range(1, len(keys)) if keys[i] == keys[i - 1]))
    linked = sorted(parents)
    table = pa.table(
        {"place": pa.array(linked, pa.int64()), "group": pa.array([root(parents, p) for p in linked], pa.int64())}
    )
    parquet.write_table(table, folder / "groups.parquet")


def _gather_linked(steps: Steps, buckets: int, folder: Path) -> None:
    """The linked examples, those of one group in one bucket."""
    from daft import col, lit

    groups = read_step(steps.path("groups"))
    rows = read_step(steps.path("judged")).select("place", "example").join(groups, on="place")
    write_buckets(rows, col("group") % lit(buckets), folder)


def _compare(steps: Steps, min_similarity: float, pages: Path, folder: Path) -> None:
    from daft import DataType, col, lit

    fields = {"place": DataType.int64(), "reason": DataType.string(), "evidence": DataType.string()}
    compare = partial(compare_bucket, min_similarity, pages)
    write_buckets(map_buckets(steps.path("linked"), compare, fields), col("place") // lit(ROWS_PER_BUCKET), folder)
