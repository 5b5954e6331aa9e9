"""A split by steps on disk against the split in memory: the very same bytes, in parts and buckets of a few rows.

The steps run one after the other in this process, without an engine. `tests/stages/test_split_on_engine.py` has one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages import split
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Page, Source
from stages.curation.rules import Thresholds, curate
from stages.engine.steps import Steps
from stages.splitting import division, link_steps, proof_steps, stored_pool, stored_split, wording_steps
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample

pa = pytest.importorskip("pyarrow", reason="the extra `engine` is not installed")
OUTPUTS = (split.SPLITS, split.METRICS)


def run_here(work: Callable[[int], None], tasks: int, label: str) -> None:
    """In place of `run_tasks`; some tasks come twice, as on a cluster that has lost a machine."""
    for number in (*range(tasks), *range(0, tasks, 3)):
        work(number)


def curate_here(steps: Steps, limits: Thresholds, count: int) -> None:
    """In place of `curate_steps`, whose own test compares it with `curate`."""
    from pyarrow import parquet

    tables = [parquet.read_table(path) for path in sorted(steps.path("examples").glob("*.parquet"))]
    rows = pa.concat_tables(tables).sort_by("place")["example"].to_pylist()
    assert len(rows) == count
    examples = list(map(Example.model_validate_json, rows))
    curation = curate(examples, limits, {})
    against = {id(row.example): (row.reason, row.evidence) for row in curation.rejected}
    findings = [against.get(id(example), (None, None)) for example in examples]

    def write(folder: Path) -> None:
        for number, start in enumerate(range(0, count, 30)):
            bucket, some = folder / f"bucket={number}", slice(start, start + 30)
            bucket.mkdir()
            columns: dict[str, Any] = {"place": range(count)[some], "example": rows[some]}
            columns |= dict(zip(("reason", "evidence"), zip(*findings[some], strict=True), strict=True))
            parquet.write_table(pa.table(columns), bucket / "rows.parquet")

    steps.run("judged", write)
    steps.run("compared", lambda folder: None)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps in this process, and so few rows in a part or a bucket that most examples share something with others."""
    for module in (link_steps, proof_steps, stored_split, wording_steps):
        monkeypatch.setattr(module, "run_tasks", run_here)
    monkeypatch.setattr(division, "curate_steps", curate_here)
    monkeypatch.setattr(split, "run_on_engine", lambda engine, address, function, *args: function(*args))
    for module in (stored_pool, stored_split):
        monkeypatch.setattr(module, "ROWS_PER_PART", 37)
    monkeypatch.setattr(division, "ROWS_PER_BUCKET", 50)
    monkeypatch.setattr(wording_steps, "PAGES_PER_PART", 7)


def set_params(engine: str, general: int | str, synthetic: int | str, base: dict[str, str], **changes: Any) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["split"] |= {"engine": engine} | changes
    params["split"]["general"]["at_most"] = general
    params["split"]["synthetic"]["at_most"] = synthetic
    params["base"] |= base
    yaml.dump(params, Path("params.yaml"))


def outputs() -> dict[str, bytes]:
    files = [path for folder in OUTPUTS for path in (folder, *folder.rglob("*")) if path.is_file()]
    return {str(path): path.read_bytes() for path in files}


def planted(make: MakeExample) -> Iterator[Example]:
    """Examples of the teacher; some pages share a sentence, some questions come in other words, about another page."""
    for number, page in enumerate(read_jsonl(split.PAGES, Page)[:25]):
        rows = teach(page, 8, 1).examples
        yield from rows
        other = Source(kind="synthetic", title=f"{page.title} {number // 3}")
        if number % 4 == 0 and rows:
            yield make(f"Please answer: {rows[0].instruction}", rows[0].output, rows[0].input, source=other)
        if number % 5 == 0:
            sentence = f"The keys of house {number // 10} lie under the old brown mat at the door."
            yield make(
                f"What lies at door {number}?", sentence, source=Source(kind="synthetic", title=f"Door {number}")
            )


@pytest.fixture
def inputs(project: Path, make: MakeExample) -> Path:
    """The project folder with curated examples and general tasks, of which some resemble each other."""
    rows = {row.id: row for row in planted(make)}
    write_jsonl(split.CURATED, list(rows.values()))
    general = Path("data/bundled/instructions.jsonl")
    lines = general.read_text(encoding="utf-8").splitlines()[:250]
    asked = list(rows.values())[::25]
    more = [row.model_copy(update={"source": Source(kind="general")}).model_dump_json() for row in asked]
    more += ['{"instruction": "Tell me.", "input": "", "output": ""}', lines[3], lines[5].replace("?", "!")]
    general.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return project


BUNDLED, OTHER = {"source": "bundled"}, {"source": "huggingface"}
SCRATCH, SCRATCH_WITHOUT_TEST = {"source": "scratch", "pages": "all"}, {"source": "scratch", "pages": "train"}


@pytest.mark.parametrize(
    ("general", "synthetic", "base", "changes"),
    [
        (200, 150, BUNDLED, {"small": 200}),
        ("all", "all", SCRATCH_WITHOUT_TEST, {"small": 101}),
        (200, 150, SCRATCH, {"full": 300, "small": 17, "seed": 5}),
        (40, 60, OTHER, {"small": 30}),
        ("all", "all", SCRATCH, {"decontaminate": False, "small": 50}),
        (200, 150, BUNDLED, {"decontaminate": False, "full": 200, "small": 100}),
    ],
)
def test_steps_give_the_bytes_of_local(
    inputs: Path, general: int | str, synthetic: int | str, base: dict[str, str], changes: dict[str, Any]
) -> None:
    """Guards against another draw, group, order or count, and against a leak that an engine's proof doesn't see."""
    set_params("local", general, synthetic, base, **changes)
    split.main()
    local = outputs()
    if general == "all":
        metrics = read_json(split.METRICS)
        leaks = [metrics[f"{sort}_on_two_sides"] for sort in ("questions", "pages", "word_runs", "near_duplicates")]
        assert all(leaks[1:]) is any(leaks) is ("decontaminate" in changes)
        assert metrics["base"]["pages_left_out"] or base is SCRATCH
    for path in local:
        Path(path).unlink()
    set_params("daft", general, synthetic, base, **changes)
    split.main()
    assert outputs() == local
    assert not list(inputs.rglob("*.parquet"))


def join_nothing(self: object, first: int, second: int) -> None:
    return None


def test_the_proof_on_an_engine_refuses_what_local_refuses(inputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against semi-joins that find nothing, whatever the sides share; the message has the counts of `local`."""
    monkeypatch.setattr("stages.splitting.grouping.Forest.join", join_nothing)
    messages = []
    for engine in ("local", "daft"):
        set_params(engine, "all", "all", BUNDLED, small=50)
        with pytest.raises(StageError, match="two sides share content") as caught:
            split.main()
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert all(f" {sort}, such as" in messages[0] for sort in ("pages", "word runs", "near duplicates"))
