"""The profiles that come with the project, combined with params.yaml by DVC's own code; and the work they ask for."""

from itertools import combinations
from pathlib import Path

import pytest
import torch
from pyarrow import Table, parquet

from model.core.checkpoint import save_checkpoint
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from stages.common.errors import StageError
from stages.common.params import check_sections, read_sections
from tests.conftest import ROOT
from tools.check_experiment import (
    MOST_STAND_INS,
    Finding,
    changed_sections,
    check_pages,
    count_parameters,
    measure_workload,
    read_profile,
)

PROFILES = {path.stem: path for path in sorted((ROOT / "profiles").glob("*.args"))}
ATTEMPTS = ("football", "general")  # of the reference experiment, on bundled pages
CONTACT = "extract.contact=you@example.org"  # what a live wiki needs besides


def test_the_profiles_are_those_that_are_documented() -> None:
    documented = [
        line.split("`")[1] for line in (ROOT / "profiles/README.md").read_text().splitlines() if "| `" in line
    ]
    assert sorted(documented) == sorted(PROFILES)
    assert set(PROFILES) >= {"report", "gemini", "ollama", "gpt2", "gpt2-medium", "football", "general", "quick"}


def test_the_two_attempts_differ_in_their_pages_alone(project: Path) -> None:
    """Guards against a comparison of two runs of different sizes. Pages that are fewer give more examples each."""
    football, general = (dict(change.split("=") for change in read_profile(PROFILES[name])) for name in ATTEMPTS)
    assert football.keys() == general.keys()
    assert {key for key in football if football[key] != general[key]} == {"extract.path", "synth.per_page"}
    assert (ROOT / football["extract.path"]).is_file() and (ROOT / general["extract.path"]).is_file()


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_valid_and_changes_what_it_names(project: Path, name: str) -> None:
    """Guards against a key that params.yaml doesn't know any more, and a value that its stage refuses."""
    changes = read_profile(PROFILES[name])
    assert len({change.partition("=")[0] for change in changes}) == len(changes)
    check_sections(changed_sections([*changes, CONTACT]))


@pytest.mark.parametrize(("first", "second"), [*combinations(PROFILES, 2)])
def test_profiles_combine(project: Path, first: str, second: str) -> None:
    """Guards against two profiles that are valid alone, and set values that don't go together."""
    check_sections(changed_sections([*read_profile(PROFILES[first]), *read_profile(PROFILES[second]), CONTACT]))


def test_the_report_is_the_experiment_that_is_reproduced(project: Path) -> None:
    """Guards against a profile that drifts from the design: its numbers, one by one."""
    sections = changed_sections(read_profile(PROFILES["report"]))
    train, split = sections["train"], sections["split"]
    assert (sections["extract"]["source"], sections["base"]["model"]) == ("wikipedia", "gpt2-medium")
    assert (sections["synth"]["teacher"], sections["curate"]["auditor"]) == ("gemini", "gemini")
    assert [train[key] for key in ("batch_size", "learning_rate", "weight_decay", "epochs")] == [8, 5e-5, 0.1, 1]
    assert (split["full"], split["small"]) == (2000, 500)
    assert (split["synthetic"]["at_most"], split["general"]["at_most"]) == (1000, 1000)
    assert (sections["infer"]["max_new_tokens"], sections["infer"]["temperature"]) == (256, 0)
    assert sections["judge"]["judge"] == "openai"


def test_the_hash_of_the_report_is_that_of_the_set(project: Path, instruction_data: Path) -> None:
    """Guards against a hash that no download could have."""
    import hashlib

    split = changed_sections(read_profile(PROFILES["report"]))["split"]
    assert split["general"]["sha256"] == hashlib.sha256(instruction_data.read_bytes()).hexdigest()


def test_a_later_change_counts(project: Path) -> None:
    """Guards against a check of other parameters than those that `dvc exp run` would use."""
    assert changed_sections(["train.seed=7", "train.epochs=1", "train.seed=8"])["train"]["seed"] == 8


def test_params_yaml_itself_is_left_alone(project: Path) -> None:
    before = Path("params.yaml").read_text()
    assert changed_sections(["train.seed=7"])["train"]["seed"] == 7
    assert Path("params.yaml").read_text() == before
    assert changed_sections([]) == read_sections()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("train.learning_rates=1", "train.learning_rates=1: Could not override 'train.learning_rates'.*; the keys are"),
        ("trained.seed=1", r"trained.seed=1: .*trained"),
        ("train.seed=[1", r"train.seed=\[1: .*; the keys are"),
    ],
)
def test_a_change_that_cannot_be_is_named(project: Path, change: str, message: str) -> None:
    with pytest.raises(StageError, match=message):
        changed_sections(["train.epochs=1", change])


@pytest.mark.parametrize(
    "line", ["train.seed=1", "-S train.seed = 1", "-S train.seed", "# a comment", "-S 'a=b c'", ""]
)
def test_a_line_that_the_shell_would_take_apart_is_named(tmp_path: Path, line: str) -> None:
    """Guards against a profile that reads well, and of which DVC gets other words."""
    path = tmp_path / "p.args"
    path.write_text(f"-S train.seed=1\n{line}\n")
    with pytest.raises(StageError, match=r"p\.args:2: .* is no change; a line is -S key=value"):
        read_profile(path)


@pytest.mark.parametrize(("model", "count"), [("gpt2", 124_439_808), ("gpt2-xl", 1_557_611_200)])
def test_the_published_sizes(project: Path, model: str, count: int) -> None:
    assert count_parameters({"source": "huggingface", "model": model}) == count


def test_weights_at_a_path_are_counted_and_checked(tmp_path: Path) -> None:
    """Guards against a pointer of Git LFS that counts as a model of 33 parameters."""
    model = GPT2(GPT2Config(vocab_size=50, n_positions=16, n_embd=8, n_layer=1, n_head=2))
    save_checkpoint(tmp_path, model.init_weights(torch.Generator().manual_seed(1)))
    assert count_parameters({"source": "path", "path": str(tmp_path)}) == model.parameter_count()
    (tmp_path / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(StageError, match=r"is only a pointer of Git LFS .*; correct base.path, or set"):
        count_parameters({"source": "path", "path": str(tmp_path)})


DUMP = ["extract.source=dump", "extract.path=dump"]


def make_dump(folder: Path, packed: int) -> None:
    """A dump of 5,000,000 bytes of XML, `packed` ones of a packed snapshot, and 2 records."""
    folder.mkdir()
    for name, size in (("a.xml", 5_000_000), ("b.ndjson.gz", packed)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
    parquet.write_table(Table.from_pydict({"title": ["A", "B"]}), folder / "c.parquet")


def test_the_pages_of_a_dump_are_counted_by_its_size(project: Path) -> None:
    """Guards against a check of the titles file, which a dump doesn't read."""
    make_dump(project / "dump", 30_000)
    sections = changed_sections(DUMP)
    workload = measure_workload(sections)
    assert (workload.page_count, len(workload.pages)) == (1250 + 30 + 2, 1282)
    assert check_pages(sections, workload) == [
        Finding("about", "pages", "1,282 of dump at most, by its size; extract.at_most limits them")
    ]
    assert measure_workload(changed_sections([*DUMP, "extract.at_most=7"])).page_count == 7
    (project / "two.txt").write_text("Nile\nTide\n")
    titles = changed_sections([*DUMP, "extract.dump_pages=titles", "extract.titles=two.txt"])
    assert [finding.text for finding in check_pages(titles, measure_workload(titles))] == ["2 of dump at most"]
    with pytest.raises(StageError, match=r"nowhere does not exist; set extract\.path to a dump"):
        measure_workload(changed_sections(["extract.source=dump", "extract.path=nowhere"]))


def test_a_large_dump_takes_no_memory_to_check(project: Path) -> None:
    """Guards against 20,000 characters for each of seven million pages that are only counted."""
    make_dump(project / "dump", 7_000_000_000)
    workload = measure_workload(changed_sections([*DUMP, "synth.page_characters=100", "split.synthetic.at_most=all"]))
    assert (workload.page_count, len(workload.pages)) == (7_001_252, MOST_STAND_INS)
    assert workload.examples == 8 * 7_001_252
    assert workload.characters == 100 * 7_001_252
    assert workload.full == workload.examples + 1000


@pytest.mark.parametrize("stage", ["extract", "synth", "curate", "split"])
def test_an_engine_that_is_not_installed_is_named(stage: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a check that passes, and a stage that stops at once."""
    monkeypatch.setattr("stages.engine.apart.find_spec", lambda package: None)
    sections = changed_sections([f"{stage}.engine=daft"])
    [finding] = check_pages(sections, measure_workload(sections))
    assert (finding.verdict, finding.what) == ("FAILS", f"{stage}.engine")
    assert finding.text.startswith("engine daft needs the package daft")
