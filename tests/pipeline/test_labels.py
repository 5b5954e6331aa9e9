"""People's labels under real DVC."""

import json
import re

from tests.pipeline.conftest import Workspace


def test_labels_run_the_judge_again_and_nothing_before_it(workspace: Workspace) -> None:
    """Guards against labels that DVC doesn't see, and against a page that a run deletes or that makes it run."""
    assert "reports/label.html: 2 comparisons" in workspace.run("python", "-m", "tools.cli", "label", "2")
    assert workspace.repro()[0] == []
    assert workspace.run("git", "status", "--short") == ""
    shown = re.findall(r'data-id="(\w+)" data-token="(\w+)"', workspace.read("reports/label.html").decode())
    labels = [{"id": row, "token": token, "choice": "tie"} for row, token in shown]
    content = {"version": 1, "labeller": "0" * 16, "labels": labels}
    (workspace.folder / "data/labels/labels.json").write_text(json.dumps(content))
    assert workspace.repro()[0] == ["judge", "plot"]
    assert json.loads(workspace.read("reports/metrics/judge.json"))["agreement"]["labels"] == 2
    assert "agreement.labels" in workspace.run("dvc", "metrics", "show")
    output = workspace.run("python", "-m", "tools.cli", "label", "0", fails=True)
    assert "error: label 0: " in output
    assert "Traceback" not in output
