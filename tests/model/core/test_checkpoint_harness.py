"""A checkpoint in lm-evaluation-harness, with the project's own task and no network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model.asking.reciter import QUESTION, write_reciter

pytest.importorskip("lm_eval", reason="27 packages, 200 MB: pip install 'lm_eval[hf]'")


def test_the_harness_asks_with_the_prompt_of_training(tmp_path: Path, root: Path) -> None:
    """Guards against another prompt than that of training, and answers that run on behind their end: the model answers
    with these words after this prompt alone."""
    write_reciter(tmp_path / "model", QUESTION, "It is.")
    rows = [{"instruction": QUESTION, "input": "", "output": output} for output in ("It is.", "It isn't.")]
    test = tmp_path / "data/splits/full/test.jsonl"
    test.parent.mkdir(parents=True)
    test.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "lm_eval", "run", "--model", "hf", "--model_args", f"pretrained={tmp_path}/model"]
    command += ["--include_path", str(root / "deploy/harness"), "--tasks", "wikitune", "--apply_chat_template"]
    command += ["--device", "cpu", "--batch_size", "1"]
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | offline, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    [row] = [line.split("|") for line in done.stdout.splitlines() if "exact_match" in line]
    assert float(row[7]) == 0.5
