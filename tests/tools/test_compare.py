"""A sweep as commits of a real Git repository, as DVC makes them of experiments."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages.common.errors import StageError
from tools.compare import FOLDER, compare
from tools.compare_experiments import Experiment, find, git
from tools.sweeps import T_95, mean, points, swept_key


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An entered repository with one commit."""
    monkeypatch.chdir(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
    git("init", "--quiet", "--initial-branch=main")
    git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    return tmp_path


def experiment(name: str, loss: float, total: float, **train: Any) -> None:
    """A commit under the reference that DVC gives an experiment of that name, on HEAD."""
    head = git("rev-parse", "HEAD").strip()
    metrics = Path("reports/metrics")
    metrics.mkdir(parents=True, exist_ok=True)
    YAML().dump({"train": {"seed": 1, "rate": 0.1, "keep": "best", "pairs": ["a"]} | train}, Path("params.yaml"))
    for size in ("full", "small"):
        (metrics / f"train_{size}.json").write_text(json.dumps({"val_loss": loss + (size == "small")}))
    models = {"base": {"total": 1.0}, "full": {"total": total}, "small": {"total": total - 1}}
    (metrics / "judge.json").write_text(json.dumps({"models": models}))
    git("add", "--all")
    git("commit", "--quiet", "--message", name)
    git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", "HEAD")
    git("reset", "--quiet", "--hard", head)


def sweep() -> None:
    for rate, losses in ((0.1, (4.0, 5.0, 6.0)), (0.01, (3.0, 3.0, 3.0)), (1.0, (9.0, 9.0))):
        for seed, loss in enumerate(losses, start=1):
            experiment(f"r{rate}-s{seed}", loss, 5.0 + seed, rate=rate, seed=seed)


def test_a_sweep_becomes_a_table_and_pictures(repository: Path) -> None:
    """Guards against seeds that count as values, values in the order of words, and means over the wrong rows."""
    sweep()
    git("update-ref", "refs/exps/celery/stash", "HEAD")  # what DVC keeps beside experiments
    lines = [line.split() for line in compare([], None).splitlines()]
    assert lines[0] == ["train.rate", "seeds", "model", "val_loss", "val_loss_95", "total", "total_95"]
    full = [line for line in lines if "full" in line]
    half = str(round(4.303 / math.sqrt(3), 4))
    assert full[0] == ["0.01", "3", "full", "3.0", "0.0", "7.0", half]
    assert full[1] == ["0.1", "3", "full", "5.0", half, "7.0", half]
    assert full[2][:4] == ["1.0", "2", "full", "9.0"]
    base = [line for line in lines if "base" in line]
    assert base[0] == ["0.01", "3", "base", "1.0", "0.0"]  # which has no validation loss
    svg = (FOLDER / "train.rate.svg").read_text()
    assert "train.rate" in svg and "seeds a value: 2 to 3" in svg
    assert (FOLDER / "train.rate.png").read_bytes().startswith(b"\x89PNG")
    assert (FOLDER / "train.rate.csv").read_text().startswith("value,seeds,model,val_loss,")
    assert json.loads((FOLDER / "train.rate.json").read_text()) == {"train.keep": "best", "train.pairs": '["a"]'}


def test_the_same_sweep_gives_the_same_bytes(repository: Path) -> None:
    sweep()
    compare([], None)
    first = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    compare([], None)
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == first


def test_revisions_of_any_kind(repository: Path) -> None:
    """Guards against experiments that can be compared only as long as their commit is checked out."""
    experiment("one", 3.0, 5.0, keep="last")
    experiment("two", 4.0, 6.0)
    git(
        "branch",
        "kept",
        "refs/exps/" + git("for-each-ref", "--format=%(refname)", "refs/exps").split("refs/exps/")[2].strip(),
    )
    git("commit", "--quiet", "--allow-empty", "--message", "Go on")
    assert [one.name for one in find(["kept", "one"])] == ["kept", "one"]
    assert "train.keep" in compare(["kept", "one"], None)  # words, and a single seed each


@pytest.mark.parametrize(
    ("prepared", "revisions", "by", "message"),
    [
        ([], [], None, "the commit that is checked out has no experiment; run some with `dvc exp run --queue"),
        ([], ["nobody"], None, r"nobody has no params.yaml: .*\n  `dvc exp show` lists what there is"),
        ([{}, {"seed": 2}], [], None, "differ in no parameter but seeds"),
        (
            [{}, {"rate": 2.0, "keep": "last"}],
            [],
            None,
            "in train.rate, train.keep, .* or one parameter with --by",
        ),
        (
            [{}, {"rate": 2.0, "keep": "last"}],
            [],
            "train.rate",
            "in train.rate, train.keep, .*others are the same",
        ),
        ([{}, {"rate": 2.0}], [], "train.rat", "train.rat is no parameter of these experiments"),
        ([{}, {"new": 1}], [], None, "e0 has no train.new, others have"),  # a revision from before the parameter
        ([{}, {}, {"rate": 2.0}], [], None, "e0 and e1 have the same parameters; name one of them"),
    ],
)
def test_what_makes_no_picture_is_named(
    repository: Path, prepared: list[dict[str, Any]], revisions: list[str], by: str | None, message: str
) -> None:
    for number, train in enumerate(prepared):
        experiment(f"e{number}", 3.0, 5.0, **train)
    with pytest.raises(StageError, match=f"(?s){message}"):
        compare(revisions, by)


def test_the_interval_is_students() -> None:
    """Guards against the normal distribution's 1.96 for three seeds, which is half as wide as it should be."""
    assert mean([1.0, 2.0, 3.0]).half == pytest.approx(4.303 / math.sqrt(3))
    assert mean([2.0]).half is None
    assert mean([0.0, 1.0] * 16).half == pytest.approx(1.96 * math.sqrt(8 / 31) / math.sqrt(32))
    assert len(T_95) == 30 and list(T_95) == sorted(T_95, reverse=True)


def test_numbers_are_sorted_and_words_are_not() -> None:
    def one(value: Any) -> Experiment:
        return Experiment(str(value), {"k": value}, {"full": 1.0}, {"full": 1.0})

    assert [point.value for point in points([one(10), one(2), one(1.5)], "k")] == [1.5, 2, 10]
    assert [point.value for point in points([one("b"), one("a")], "k")] == ["b", "a"]
    assert swept_key([one("b"), one("a")], "k") == "k"
