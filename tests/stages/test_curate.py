from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stages import curate
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Page, Rejection, Section, Source
from stages.curation.rules import ORDER
from tests.stages.conftest import MakeExample

CUTOFF = date(2022, 12, 31)


def test_every_example_is_kept_or_rejected_with_its_reason(project: Path, make: MakeExample) -> None:
    """Guards against rows that are lost; the counts add up and the rejected rows are all there."""
    examples = [
        make("Name a color.", "Blue."),
        make("name a color", "Red."),
        make("Name a planet.", ""),
        make("When was it built?", "It was built in 2031."),
        make("Name the capital of France.", "Paris.", input="Paris"),
        make("Nenne die Hauptstadt von Frankreich.", "Paris ist die Hauptstadt von Frankreich."),
        make("Name a fruit.", "Apple."),
    ]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    kept = read_jsonl(curate.CURATED, Example)
    rejected = read_jsonl(curate.REJECTED, Rejection)
    assert kept == [examples[0], examples[6]]
    assert [rejection.example for rejection in rejected] == examples[1:6]
    reasons = ["exact_duplicate", "malformed", "after_cutoff", "answer_in_input", "not_english"]
    assert [rejection.reason for rejection in rejected] == reasons
    metrics = read_json(curate.METRICS)
    assert {reason: count for reason, count in metrics["reasons"].items() if count} == Counter(reasons)
    assert tuple(metrics["reasons"]) == ORDER
    assert metrics["without_input"] == 0
    assert metrics["read"] == metrics["kept"] + metrics["rejected"] == len(examples)
    rows = curate.FLOW.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "from,to,count"
    assert rows[-1] == "synthetic,kept,2"
    assert sum(int(row.split(",")[2]) for row in rows[1:]) == len(examples)


def test_title_and_headings_support_an_answer(project: Path, make: MakeExample) -> None:
    """Guards against answers that are rejected for a name that the teacher read in the page's title or in a heading."""
    sections = [Section(heading="", level=1, text="A tower."), Section(heading="Gustave Eiffel", level=2, text="He.")]
    read = read_jsonl(curate.PAGES, Page)[0]
    write_jsonl(curate.PAGES, [read.model_copy(update={"title": "Bois de Boulogne", "sections": sections})])
    source = Source(kind="synthetic", title="Bois de Boulogne", revision_id=1, url="u")
    write_jsonl(
        curate.SYNTHETIC,
        [
            make("Name a park in Paris.", "The Bois de Boulogne.", source=source),
            make("Who built the tower?", "Gustave Eiffel.", source=source),
            make("Who drew the tower?", "Maurice Koechlin.", source=source),
        ],
    )
    curate.main()
    assert [row.reason for row in read_jsonl(curate.REJECTED, Rejection)] == ["unsupported"]
    assert len(read_jsonl(curate.CURATED, Example)) == 2


def test_nothing_kept_stops_the_stage(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make("Name a planet.", "")])
    with pytest.raises(StageError, match=r"all 1 examples were rejected: \{'malformed': 1\}"):
        curate.main()


def test_a_row_without_input_is_counted(project: Path) -> None:
    """Guards against a missing key that nobody hears of."""
    curate.SYNTHETIC.write_text('{"instruction": "Name a bird.", "output": "The wren."}\n{"instruction": 1}\n')
    curate.main()
    metrics = read_json(curate.METRICS)
    assert (metrics["read"], metrics["kept"], metrics["without_input"]) == (2, 1, 1)


def test_examples_may_be_in_parquet(project: Path, make: MakeExample) -> None:
    """Guards against another result for a set from elsewhere that is a Parquet file, as large sets are."""
    pytest.importorskip("pyarrow", reason="the extra `publish` is not installed")
    from pyarrow import Table, parquet

    examples = [make("Name a color.", "Blue."), make("Name a planet.", ""), make("Name a fruit.", "Apple.")]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    paths = (curate.CURATED, curate.REJECTED, curate.METRICS)
    of_lines = [path.read_bytes() for path in paths]
    parquet.write_table(Table.from_pylist([example.model_dump() for example in examples]), curate.SYNTHETIC)
    curate.main()
    assert [path.read_bytes() for path in paths] == of_lines
