"""Which pages the base model reads, under real DVC."""

import json
from typing import Any

from tests.pipeline.conftest import Workspace
from tests.pipeline.test_repro import metrics, rows

WEIGHTS = "data/checkpoints/base/model.safetensors"


def rewrite(workspace: Workspace, titles: set[str]) -> None:
    """Gives the pages with these titles another text."""
    pages = rows(workspace, "data/pages.jsonl")
    for page in pages:
        if page["title"] in titles:
            page["sections"] = [{"heading": "", "level": 1, "text": "Other words than before stand here."}]
    lines = "".join(json.dumps(page) + "\n" for page in pages)
    (workspace.folder / "data/pages.jsonl").unlink()  # it may be a link into DVC's cache
    (workspace.folder / "data/pages.jsonl").write_text(lines, encoding="utf-8")


def test_another_split_trains_no_other_base_model(workspace: Workspace) -> None:
    """Guards against a base model that is trained again, for the same bytes, whenever the split changes."""
    before = workspace.read("data/splits/full/test.jsonl")
    workspace.set_params({"split": {"seed": 9}})
    assert workspace.repro("base")[0] == ["split"]
    assert workspace.read("data/splits/full/test.jsonl") != before
    assert workspace.read("data/splits/left_out_of_base.json") == b"{}\n"


def test_base_reads_the_training_side_alone(workspace: Workspace) -> None:
    """Guards against a list of pages that the stage `base` doesn't heed: here these pages change."""
    workspace.set_params({"base": {"pages": "train"}})
    assert workspace.repro("base")[0] == ["split", "base"]
    left_out: dict[str, str] = json.loads(workspace.read("data/splits/left_out_of_base.json"))
    test: list[Any] = rows(workspace, "data/splits/full/test.jsonl")
    assert {row["source"]["title"] for row in test if row["source"]["title"]} <= left_out.keys()
    base, split = metrics(workspace, "base"), metrics(workspace, "split")["base"]
    assert (split["read_test_pages"], split["test_examples_that_share_words"]) == (0, 0)
    assert len(left_out) == split["pages_left_out"] == base["left_out_pages"]
    assert base["train_pages"] + base["val_pages"] + base["left_out_pages"] == 12
    whole = workspace.read(WEIGHTS)
    rewrite(workspace, set(left_out))
    workspace.run("python", "-m", "stages.base")
    assert workspace.read(WEIGHTS) == whole
    rewrite(workspace, {page["title"] for page in rows(workspace, "data/pages.jsonl")} - left_out.keys())
    workspace.run("python", "-m", "stages.base")
    assert workspace.read(WEIGHTS) != whole
