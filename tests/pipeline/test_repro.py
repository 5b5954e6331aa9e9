"""The whole pipeline under real DVC, in a repository of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.conftest import Workspace, copy_project
from tests.pipeline.test_dag import EXPECTED, STAGES

AFTER_SPLIT = ["train-full", "train-small", "infer", "judge", "plot"]


def metrics(workspace: Workspace, stage: str) -> Any:
    return json.loads(workspace.read(f"reports/metrics/{stage}.json"))


def rows(workspace: Workspace, path: str) -> list[Any]:
    return [json.loads(line) for line in workspace.read(path).decode().splitlines()]


def test_every_stage_leaves_its_outputs_and_loses_nothing(finished: Workspace) -> None:
    """Guards against rows that get lost between stages: inputs = kept + rejected, wherever something is dropped."""
    assert metrics(finished, "extract")["pages_kept"] == len(rows(finished, "data/pages.jsonl")) == 12
    synthetic = len(rows(finished, "data/synthetic.jsonl"))
    curated, rejected = (
        len(rows(finished, "data/curated.jsonl")),
        len(finished.read("data/rejected.jsonl").splitlines()),
    )
    assert synthetic == metrics(finished, "synth")["examples"] == curated + rejected
    test = rows(finished, "data/splits/full/test.jsonl")
    answers = rows(finished, "data/answers.jsonl")
    assert [row["id"] for row in answers] == [row["id"] for row in test]
    assert len(rows(finished, "data/judgments.jsonl")) == 3 * 2 * len(test)
    assert len(test) == 8  # six checks in both orders, and eight constant answers in one
    assert len(rows(finished, "data/judge_checks.jsonl")) == (6 * 2 + 8) * len(test)
    page = finished.read("reports/index.html").decode()
    assert all(f'"id":"{row["id"]}"' in page for row in test)
    for picture in ("loss_curves", "score_distribution", "mean_scores", "win_rates", "rejection_reasons"):
        assert finished.read(f"reports/plots/{picture}.png").startswith(b"\x89PNG")
        assert b"<svg" in finished.read(f"reports/plots/{picture}.svg")
    for card in ("data", "base", "full", "small"):
        assert finished.read(f"reports/cards/{card}.md").startswith(b"---\n")


def test_a_second_run_runs_nothing(workspace: Workspace) -> None:
    ran, output = workspace.repro()
    assert ran == []
    assert "Data and pipelines are up to date." in output


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        ("judge", {"seed": 9}, ["judge", "plot"]),
        ("plot", {"examples": 2}, ["plot"]),
        ("infer", {"max_new_tokens": 4}, ["infer", "judge", "plot"]),
        ("train", {"learning_rate": 0.0005}, AFTER_SPLIT),
    ],
)
def test_a_changed_parameter_runs_what_depends_on_it(
    workspace: Workspace, section: str, change: dict[str, Any], expected: list[str]
) -> None:
    """Guards against a change that rebuilds too much, or too little."""
    workspace.set_params({section: change})
    assert workspace.repro()[0] == expected


def test_a_forced_run_writes_the_same_bytes(workspace: Workspace) -> None:
    """Guards against times, names, thread-dependent sums and unseeded choices in any output."""
    lock = workspace.read("dvc.lock")
    ran, _ = workspace.repro("--force")
    assert sorted(ran) == sorted(EXPECTED)
    assert workspace.read("dvc.lock") == lock


def test_experiments_metrics_and_plots(workspace: Workspace) -> None:
    """What the README shows."""
    workspace.run("dvc", "exp", "run", "--set-param", "train.learning_rate=3e-3", "--name", "faster")
    diff = workspace.run("dvc", "metrics", "diff")
    assert "train_full.json" in diff and "val_loss" in diff
    assert "train.learning_rate" in workspace.run("dvc", "params", "diff")
    assert "faster" in workspace.run("dvc", "exp", "show", "--csv")
    assert "judge.json" in workspace.run("dvc", "metrics", "show")
    assert "train-full" in workspace.run("dvc", "dag")
    workspace.run("dvc", "plots", "show", "--out", "plots")
    drawn = (workspace.folder / "plots/index.html").read_text()
    assert drawn.count("vegaEmbed(") == 6
    assert "val_response_loss" in drawn


def test_what_a_run_leaves_is_published(workspace: Workspace) -> None:
    """Guards against cards that `publish` takes for those of other files."""
    assert workspace.run("python", "-m", "tools.cli", "publish", "--to", "out").startswith(
        "out: the data set, and the models"
    )
    assert workspace.read("out/models/full/README.md") == workspace.read("reports/cards/full.md")
    assert rows(workspace, "out/attribution.jsonl") == rows(workspace, "data/attribution.jsonl")


def test_a_set_from_outside_takes_the_place_of_the_general_tasks(workspace: Workspace, instruction_data: Path) -> None:
    """Guards against a border that reads our own file alone: a part of the book's set, as the array that it is."""
    part = json.loads(instruction_data.read_text(encoding="utf-8"))[:55]
    path = workspace.folder.parent / "part.json"
    path.write_text(json.dumps(part), encoding="utf-8")
    output = workspace.run("dvc", "exp", "run", "--set-param", f"split.general.path={path}")
    assert "Running stage 'split'" in output and "Running stage 'synth'" not in output
    full = [row for side in ("train", "val", "test") for row in rows(workspace, f"data/splits/full/{side}.jsonl")]
    general = {row["instruction"] for row in full if row["source"]["kind"] == "general"}
    assert len(general) > 0.5 * 40
    assert general <= {row["instruction"] for row in part}


@pytest.mark.parametrize(
    ("changes", "failing", "message"),
    [
        ({"train": {"learning_rate": -1}}, "train-full", "train.learning_rate: Input should be greater than 0 (is -1)"),
        ({"judge": {"judges": 3}}, "plot", "judge.judges: Extra inputs are not permitted (is 3)"),
        ({"split": {"full": 5000}}, "split", "split.full asks for 5000 examples, 80 are there (4920 missing)"),
        ({"synth": {"at_least": 5000}}, "synth", "synth.at_least asks for 5000"),
        ({"base": {"n_head": 3}}, "base", "base: n_embd (16) must be a multiple of n_head (3)"),
    ],
)
def test_a_bad_parameter_stops_the_run_and_spares_what_was_there(
    workspace: Workspace,
    snapshot: Callable[[], dict[str, bytes]],
    changes: dict[str, dict[str, Any]],
    failing: str,
    message: str,
) -> None:
    """Guards against a traceback, and against outputs of other stages that a failure takes along."""
    before = snapshot()
    workspace.set_params(changes)
    ran, output = workspace.repro(fails=True)
    assert ran == [failing]
    assert message in output
    assert "Traceback" not in output
    outs = {path for out in workspace_outs(workspace, failing) for path in before if f"data/{path}".startswith(out)}
    after = snapshot()
    assert {path: data for path, data in before.items() if path not in outs} == after


def workspace_outs(workspace: Workspace, stage: str) -> list[str]:
    return [out if isinstance(out, str) else next(iter(out)) for out in STAGES[stage]["outs"]]


@pytest.mark.parametrize(
    ("path", "break_line", "message"),
    [
        ("data/bundled/pages.jsonl", '{"title": "x"', "data/bundled/pages.jsonl:2: Invalid JSON"),
        (
            "data/bundled/instructions.jsonl",
            '{"instruction": "a", "output": "b"}',
            "instructions.jsonl:2: has no `input`",
        ),
    ],
)
def test_a_bad_line_of_a_source_is_named(workspace: Workspace, path: str, break_line: str, message: str) -> None:
    source = workspace.folder / path
    lines = source.read_text(encoding="utf-8").splitlines()
    source.write_text("\n".join([lines[0], break_line, *lines[2:]]), encoding="utf-8")
    _, output = workspace.repro(fails=True)
    assert message in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("stage", "lost", "message"),
    [
        ("synth", "data/pages.jsonl", "data/pages.jsonl does not exist"),
        ("infer", "data/checkpoints/full/model.safetensors", "data/checkpoints/full/model.safetensors is missing"),
        ("judge", "data/answers.jsonl", "data/answers.jsonl does not exist; if a stage writes it, run `dvc repro`"),
        ("train", "params.yaml", "usage: python -m stages.train full|small; got nothing"),
    ],
)
def test_a_stage_alone_names_the_file_that_it_lacks(workspace: Workspace, stage: str, lost: str, message: str) -> None:
    if stage != "train":
        (workspace.folder / lost).unlink()
    output = workspace.run("python", "-m", f"stages.{stage}", fails=True)
    assert message in output
    assert "Traceback" not in output


@pytest.mark.slow
def test_the_default_settings_teach_the_model_something(tmp_path: Path, root: Path) -> None:
    """Guards against defaults that no longer fit together: sizes, kinds, and a tuned model that beats the base."""
    workspace = copy_project(root, tmp_path / "wikitune")
    ran, _ = workspace.repro()
    assert sorted(ran) == sorted(EXPECTED)
    split, judge = metrics(workspace, "split"), metrics(workspace, "judge")
    assert (split["synthetic_drawn"], split["general_drawn"]) == (1000, 1000)
    assert split["full"] == {"train": 1600, "val": 200, "test": 200}
    assert split["small"] == {"train": 400, "val": 50, "test": 50}
    assert split["test_examples_that_leak"] == 0
    assert {split[name] for name in split if name.endswith("_on_two_sides")} == {0}
    assert judge["pairs"]["full-base"]["verdict"] == judge["pairs"]["small-base"]["verdict"] == "better"
    for size in ("full", "small"):
        tuned = metrics(workspace, f"train_{size}")
        assert tuned["val_response_loss"] < tuned["val_response_loss_before"]
