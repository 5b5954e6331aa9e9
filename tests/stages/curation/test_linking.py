"""The groups of linked examples, compared each by itself, against all examples compared at once."""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

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
from stages.curation.rules import curate
from stages.engine.word_counts import COUNTS, WORDS
from tests.stages.curation.test_rules import LIMITS, TEXTS, example

pa = pytest.importorskip("pyarrow", reason="the extra `engine` is not installed")
PAGES = {"Emma": "Jane Austen wrote Emma in 1815."}


def bucket(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A folder with these rows, as a step leaves it."""
    from pyarrow import parquet

    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")
    return folder


def curate_in_groups(examples: list[Example], folder: Path, min_similarity: float) -> list[tuple[str, str] | None]:
    """The finding against each example, by the functions of the steps, without an engine."""
    limits = LIMITS.model_copy(update={"min_similarity": min_similarity})
    write_page_texts(folder, PAGES.items())
    texts = [row.model_dump_json() for row in examples]
    judged = findings_of_rows(limits, folder, texts)
    findings = {place: (row["reason"], row["evidence"]) for place, row in enumerate(judged) if row["reason"]}
    good = [place for place in range(len(examples)) if place not in findings]
    np.save(folder / COUNTS, np.bincount([number for row in judged for number in row["words"]], minlength=WORDS))

    keys = keys_of_rows(min_similarity, folder, [texts[place] for place in good])
    rows = [key | {"place": place} for place, of_example in zip(good, keys, strict=True) for key in of_example]
    shared = shared_rows(bucket(folder / "keys", rows)) if rows else []
    parents: dict[int, int] = {}
    asked = defaultdict(list)
    for row in shared:
        if not row["is_word"]:
            asked[row["key"]].append(row["place"])
    join_all(parents, ((places[0], place) for places in asked.values() for place in places[1:]))
    suspects = [row | {"example": texts[row["place"]]} for row in shared if row["is_word"]]
    if suspects:
        links = pairs_of_bucket(min_similarity, folder, bucket(folder / "suspects", suspects))
        join_all(parents, ((link["first"], link["second"]) for link in links))
    linked = [{"place": place, "group": root(parents, place), "example": texts[place]} for place in sorted(parents)]
    if linked:
        compared = compare_bucket(min_similarity, folder, bucket(folder / "linked", linked))
        findings |= {row["place"]: (row["reason"], row["evidence"]) for row in compared}
    return [findings.get(place) for place in range(len(examples))]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.lists(st.builds(example, TEXTS, TEXTS, TEXTS), max_size=8), st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_groups_have_the_findings_of_the_whole(examples: list[Example], min_similarity: float) -> None:
    """Guards against two examples that influence each other and are in different groups, and against another order."""
    limits = LIMITS.model_copy(update={"min_similarity": min_similarity})
    with TemporaryDirectory() as name:
        found = curate_in_groups(examples, Path(name), min_similarity)
    whole = curate(examples, limits, PAGES)
    assert [row for row, finding in zip(examples, found, strict=True) if finding is None] == whole.kept
    assert [
        Rejection(example=row, reason=finding[0], evidence=finding[1])
        for row, finding in zip(examples, found, strict=True)
        if finding
    ] == whole.rejected
