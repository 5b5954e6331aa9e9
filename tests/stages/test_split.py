import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings, strategies as st

from stages import split
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Rejection, Source, Teacher, make_example
from stages.curation import exact_duplicate, near_duplicate, rules
from stages.splitting import grouping, pool, proof, rewordings
from stages.splitting.allocation import SIDES
from tests.stages.conftest import MakeExample

LEAKS = ("questions", "pages", "word_runs", "near_duplicates")


def run(project: Path, examples: list[Example], **changes: str) -> None:
    write_jsonl(split.CURATED, examples)
    before, own = Path("params.yaml").read_text().split("\nsplit:")
    for key, value in changes.items():
        assert re.search(rf"^  {key}:", own, re.M)
        own = re.sub(rf"^  {key}:.*", f"  {key}: {value}", own, count=1, flags=re.M)
    Path("params.yaml").write_text(f"{before}\nsplit:{own}")
    split.main()


def sides(name: str) -> dict[str, list[Example]]:
    return {side: read_jsonl(split.SPLITS / name / f"{side}.jsonl", Example) for side in SIDES}


def write_general(*rows: tuple[str, str]) -> None:
    """Instruction and output of each general task, in the place of the bundled ones."""
    lines = [json.dumps({"instruction": instruction, "input": "", "output": output}) for instruction, output in rows]
    Path("data/bundled/instructions.jsonl").write_text("\n".join(lines))


def rooms(count: int) -> list[tuple[str, str]]:
    """General tasks that have nothing in common but their wording."""
    return [(f"Which floor is room {i} on?", f"It is on floor F{i // 10}.") for i in range(count)]


def of_page(number: int) -> Source:
    return Source(kind="synthetic", title=f"P{number}")


@pytest.fixture
def of_pages(make: MakeExample) -> Callable[[int, int], list[Example]]:
    """So many examples of each of so many pages."""
    return lambda pages, each: [
        make(
            f"Question {page * each + i}?",
            f"Answer {page * each + i}.",
            source=of_page(page),
        )
        for page in range(pages)
        for i in range(each)
    ]


def test_sizes_shares_nesting_and_no_page_on_two_sides(
    project: Path, of_pages: Callable[[int, int], list[Example]]
) -> None:
    """Guards against sizes that are only about right, sides of one kind, and a page that tests what it taught."""
    run(project, of_pages(150, 8))
    full, small = sides("full"), sides("small")
    assert {side: len(rows) for side, rows in full.items()} == {"train": 1600, "val": 200, "test": 200}
    assert {side: len(rows) for side, rows in small.items()} == {"train": 400, "val": 50, "test": 50}
    for rows in (*full.values(), *small.values()):
        assert abs(sum(row.source.kind == "synthetic" for row in rows) / len(rows) - 0.5) <= 0.02
    for side in SIDES:
        assert {row.id for row in small[side]} < {row.id for row in full[side]}
    questions = [(row.instruction, row.input) for rows in full.values() for row in rows]
    assert len(set(questions)) == len(questions) == 2000
    pages = {(row.source.title, side) for side in SIDES for row in full[side] if row.source.title}
    assert len(pages) == len({title for title, _ in pages})
    metrics = read_json(split.METRICS)
    assert [metrics[f"{what}_on_two_sides"] for what in LEAKS] == [0, 0, 0, 0]
    assert metrics["test_examples_that_leak"] == 0


def test_rejected_general_tasks_are_kept_with_their_reasons(project: Path, make: MakeExample) -> None:
    """Guards against general tasks that nobody curates, and the leak of the report that is reproduced: questions that
    repeat one another, or a synthetic one."""
    write_general(*rooms(20), *rooms(10), ("what is  color 3?", "Red."), ("Write a greeting.", "Dear {{name}}, hello."))
    run(project, [make(f"What is color {i}?", f"Color {i}.", source=of_page(i)) for i in range(30)], small="10")
    metrics = read_json(split.METRICS)
    assert metrics["general_read"] == 32
    assert metrics["general_reasons"] == {"exact_duplicate": 11, "placeholder": 1}
    assert (metrics["general_rejected"], metrics["general_drawn"], metrics["general_not_drawn"]) == (12, 20, 0)
    read = read_jsonl(split.REJECTED, Rejection)
    rejected = {row.example.output: row for row in read if isinstance(row.example, Example)}
    assert rejected["Red."].evidence == f"asks the same as {make('What is color 3?', 'Color 3.').id}"
    assert rejected["Dear {{name}}, hello."].evidence == "output holds '{{name}}'"
    assert sum(map(len, sides("full").values())) == 50


@pytest.mark.parametrize("decontaminate", ["true", "false"])
def test_empty_outputs_are_rejected_and_counted(project: Path, make: MakeExample, decontaminate: str) -> None:
    """Guards against a set that one empty answer stops, and against answers that teach nothing."""
    write_general(*rooms(20), ("Compute the area.", ""), ("Compute it.", " "), (" ", "Three."))
    examples = [make(f"What is color {i}?", f"Color {i}.", source=of_page(i)) for i in range(30)]
    run(project, examples, small="10", decontaminate=decontaminate)
    metrics = read_json(split.METRICS)
    assert (metrics["general_read"], metrics["general_drawn"], metrics["general_rejected"]) == (23, 20, 3)
    assert metrics["general_reasons"] == {"malformed": 3}
    rejected = read_jsonl(split.REJECTED, Rejection)
    kept = {row.example.instruction: row.evidence for row in rejected if isinstance(row.example, Example)}
    assert kept == {
        "Compute the area.": "output is empty",
        "Compute it.": "output is empty",
        " ": "instruction is empty",
    }
    assert all(row.output.strip() for rows in sides("full").values() for row in rows)


@pytest.mark.parametrize("decontaminate", ["true", "false"])
def test_the_seed_decides(project: Path, of_pages: Callable[[int, int], list[Example]], decontaminate: str) -> None:
    """Guards against a split that differs from run to run."""
    splits = []
    for seed in "1", "1", "2":
        run(project, of_pages(20, 4), seed=seed, decontaminate=decontaminate)
        splits.append(sides("full"))
    assert splits[0] == splits[1] != splits[2]


def test_rows_may_change_places_in_their_files(project: Path, of_pages: Callable[[int, int], list[Example]]) -> None:
    """Guards against another split of the same data."""
    examples = of_pages(20, 4)
    run(project, examples)
    before = [path.read_bytes() for path in sorted(split.SPLITS.rglob("*.jsonl"))]
    tasks = Path("data/bundled/instructions.jsonl")
    tasks.write_text("\n".join(tasks.read_text().splitlines()[::-1]))
    run(project, examples[::-1])
    assert [path.read_bytes() for path in sorted(split.SPLITS.rglob("*.jsonl"))] == before


def test_a_near_duplicate_that_grouping_misses_stops_the_stage(
    project: Path, make: MakeExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a proof that believes the groups: here each example is one of its own."""
    names = "Emma Dracula Ulysses Faust Hamlet Carmen Ivanhoe Rebecca Persuasion Middlemarch".split()
    write_general(*[(f"Please state the author of {name}.", f"Writer of {name}.") for name in names])
    monkeypatch.setattr(split, "group_examples", lambda pool, *others: list(range(len(pool))))
    examples = [
        make(f"Name the author of {name}.", f"Writer of {name}.", source=Source(kind="synthetic", title=name))
        for name in names
    ]
    with pytest.raises(StageError, match=r"\d near duplicates, such as '(\w+) and (\w+)' of \1 \(.*\) and \2 \(.*\)\n"):
        run(project, examples, small="10")
    assert not split.SPLITS.exists()


def test_content_on_two_sides_stops_the_stage(
    project: Path, of_pages: Callable[[int, int], list[Example]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a proof that cannot fail."""
    monkeypatch.setattr(split, "group_examples", lambda pool, *others: list(range(len(pool))))
    with pytest.raises(StageError, match=r"\d+ pages, such as 'P\d+' of \w+ \('Question \d+\?'\) and "):
        run(project, of_pages(20, 8))
    assert not split.SPLITS.exists()


def pairs_of_tasks() -> list[tuple[str, str]]:
    """General tasks in pairs. The second of a pair says the first in other words, or repeats nine words of it."""
    places = "Arul Beno Cimar Dolu Efra Gomi Hulan Iresa Jovi Kelu".split()
    asked = [(f"What is the capital of {place}?", f"It is {place}ville.") for place in places]
    again = [(f"Please state the capital of {place}.", f"The capital of {place} is {place}ville.") for place in places]
    told = [(f"Tell me {i}.", f"The old keys of room {i} lie under the brown mat {i}.") for i in range(10)]
    retold = [(f"Write {i + 50}.", f"Yes, the old keys of room {i} lie under the brown mat.") for i in range(10)]
    return [*asked, *again, *told, *retold]


def leave_out_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_shared_runs", lambda examples: iter(()))


def leave_out_near_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pairs of them nor the facts that they share."""
    monkeypatch.setattr(near_duplicate, "repeats", lambda *contents: False)
    monkeypatch.setattr(grouping, "facts_of", lambda content: iter(()))


def join_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping.Forest, "join", lambda self, first, second: None)


def key_by_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions count as different if their case differs, for the rule and the grouping alike."""
    for module in (exact_duplicate, grouping, rules, pool):
        monkeypatch.setattr(module, "question_key", lambda example: (example.instruction, example.input))
    leave_out_near_duplicates(monkeypatch)


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (leave_out_runs, "word runs, such as 'the old keys of room"),
        (leave_out_near_duplicates, "near duplicates, such as"),
        (join_nothing, "word runs, such as"),
        (key_by_case, "questions, such as 'which floor is room"),
    ],
)
def test_the_proof_refuses_what_a_faulty_grouping_divides(
    project: Path,
    of_pages: Callable[[int, int], list[Example]],
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[pytest.MonkeyPatch], None],
    found: str,
) -> None:
    """Guards against a proof that shares a fault with the grouping, and so proves nothing."""
    shouted = [(f"WHICH FLOOR is room {i} on?", f"On F{i // 10}, as I said.") for i in range(10)]
    write_general(*rooms(10), *shouted, *pairs_of_tasks())
    run(project, of_pages(10, 2), small="10")
    shutil.rmtree(split.SPLITS)
    plant(monkeypatch)
    with pytest.raises(StageError, match=rf"two sides share content(.*\n)*.*{found}"):
        run(project, of_pages(10, 2), small="10")
    assert not split.SPLITS.exists()


@pytest.mark.parametrize(
    ("module", "name", "fault", "found"),
    [
        (proof, "RUN_WORDS", 4, "word runs"),
        (proof, "asked_question", lambda example: example.instruction[:5], "questions"),
        (rewordings, "_same_answer", lambda *gists: True, "near duplicates"),
    ],
)
def test_a_faulty_proof_refuses_a_sound_grouping(
    project: Path,
    of_pages: Callable[[int, int], list[Example]],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    fault: object,
    found: str,
) -> None:
    """Guards against a grouping that takes its idea of what is shared from the proof, and so follows its faults."""
    weather = "rain snow fog frost hail thunder drizzle sleet sunshine lightning".split()
    described = [(f"Describe {word}.", f"Everybody at home {i} likes it.") for i, word in enumerate(weather)]
    explained = [(f"Explain {word}, please.", f"Nobody knows for sure why {i}.") for i, word in enumerate(weather)]
    write_general(*rooms(20), *described, *explained)
    run(project, of_pages(10, 2), small="10")
    monkeypatch.setattr(module, name, fault)
    with pytest.raises(StageError, match=rf"two sides share content(.*\n)*.*{found}, such as"):
        run(project, of_pages(10, 2), small="10")


def test_without_decontamination_the_leak_is_counted(project: Path, make: MakeExample) -> None:
    """Guards against a leak that is let through in silence: a page, and a sentence of 10 words in all tasks."""
    write_general(*[(f"Task {i}.", f"{i}. The keys of the old house lie under the mat.") for i in range(60)])
    run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(40)], small="10", decontaminate="false")
    metrics = read_json(split.METRICS)
    assert metrics["full"] == {"train": 80, "val": 10, "test": 10}
    assert (metrics["questions_on_two_sides"], metrics["pages_on_two_sides"]) == (0, 1)
    assert metrics["word_runs_on_two_sides"] == 3
    assert metrics["test_examples_that_leak"] == 10


@pytest.mark.parametrize(("total", "expected"), [(2000, (1600, 200, 200)), (500, (400, 50, 50)), (17, (13, 2, 2))])
def test_sides_add_up(total: int, expected: tuple[int, int, int]) -> None:
    assert tuple(split.side_sizes(total).values()) == expected


def test_fewer_examples_than_asked_for(project: Path, make: MakeExample) -> None:
    message = r"split.full asks for 9000 examples, 1005 are there \(7995 missing\); write or extract more"
    with pytest.raises(StageError, match=message):
        run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(5)], full="9000")
    assert not split.SPLITS.exists()


def test_a_side_of_small_that_is_larger_than_that_of_full(project: Path, make: MakeExample) -> None:
    """Guards against a small split with fewer examples than asked for: 14 are 12, 1 and 1, 15 are 11, 2 and 2."""
    write_general(*rooms(10))
    message = r"split\.small is 14, whose train has 12 examples; that of full \(15\) has 11; set split\.small to 15"
    with pytest.raises(StageError, match=message):
        run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(5)], small="14")


def test_pages_too_large_to_be_divided(project: Path, of_pages: Callable[[int, int], list[Example]]) -> None:
    """Guards against sizes that are silently missed: test needs 8 examples, and there are only pages of 20."""
    write_general(("Name a bird.", "The wren."))
    with pytest.raises(
        StageError, match=r"test needs 8 examples, .* makes 1 of them \(7 missing\); .* 20, 20, 20, 20, 1\."
    ):
        run(project, of_pages(4, 20), small="10")
    assert not split.SPLITS.exists()


def test_small_larger_than_full(project: Path, make: MakeExample) -> None:
    with pytest.raises(StageError, match=r"split\.small is 1300, must be at most the size of full, 1005"):
        run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(5)], small="1300")


texts = st.text(st.sampled_from("ab 12.?"), min_size=1, max_size=6).filter(str.strip)
rows = st.lists(st.tuples(texts, texts, st.integers(0, 9)), min_size=10, max_size=40)


@settings(max_examples=60, deadline=None)
@given(rows, rows, st.booleans(), st.integers(0, 2**32 - 1))
def test_no_row_is_lost_and_none_is_on_two_sides(
    synthetic: list[tuple[str, str, int]], general: list[tuple[str, str, int]], decontaminate: bool, seed: int
) -> None:
    """Guards against rows that vanish between the files, whatever their content."""
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copy(root / "params.yaml", "params.yaml")
        Path("data/bundled/base").mkdir(parents=True)
        for name in ("pages.jsonl", "base/reading.json", "base/questions.xz"):
            shutil.copy(root / "data/bundled" / name, Path("data/bundled") / name)
        shutil.copy(root / "data/bundled/pages.jsonl", "data")
        write_general(*[(instruction, output) for instruction, output, _ in general])
        examples = [
            make_example(
                instruction=instruction,
                output=output,
                kind="",
                source=of_page(page),
                teacher=Teacher(name="rules"),
            )
            for instruction, output, page in {
                (instruction.lower(), page): (instruction, output, page) for instruction, output, page in synthetic
            }.values()
        ]
        try:
            run(Path(), examples, small="10", seed=str(seed), decontaminate=str(decontaminate).lower())
        except StageError as error:
            assert "missing)" in str(error) or "split.small is 10" in str(error)
            return
        metrics = read_json(split.METRICS)
        written = [row for side in sides("full").values() for row in side]
        assert metrics["synthetic_read"] == len(examples) == metrics["synthetic_drawn"] + metrics["synthetic_not_drawn"]
        parts = [metrics[f"general_{part}"] for part in ("drawn", "not_drawn", "rejected")]
        assert metrics["general_read"] == len(general) == sum(parts)
        drawn = metrics["synthetic_drawn"] + metrics["general_drawn"]
        assert len(written) == sum(metrics["full"].values()) == drawn - metrics["drawn_and_not_in_full"]
        assert split.REJECTED.read_text().count("\n") == metrics["general_rejected"]
        leaks = [metrics[f"{what}_on_two_sides"] for what in LEAKS]
        assert not decontaminate or leaks == [0, 0, 0, 0]
