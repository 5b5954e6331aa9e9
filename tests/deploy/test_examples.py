"""The example files for schedulers, as far as they can be checked without one."""

import re
import subprocess
from pathlib import Path

from ruamel.yaml import YAML

# docs.skypilot.co/en/latest/reference/yaml-spec.html
TASK = {"name", "workdir", "num_nodes", "resources", "envs", "secrets", "file_mounts", "volumes", "setup", "run"}
RESOURCES = {"infra", "accelerators", "cpus", "memory", "instance_type", "use_spot", "disk_size", "ports", "autostop"}


def modules(script: str) -> set[str]:
    return set(re.findall(r"-m (stages\.\w+)", script))


def test_the_skypilot_task_has_keys_that_there_are(root: Path) -> None:
    """Guards against a key that is misspelt, and a script that bash cannot read."""
    task = YAML(typ="safe").load((root / "deploy/skypilot.yaml").read_text(encoding="utf-8"))
    assert set(task) <= TASK
    assert set(task["resources"]) <= RESOURCES
    assert all(isinstance(value, str) for value in task["envs"].values())
    for script in (task["setup"], task["run"]):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    targets = re.findall(r"^make (\S+)", task["setup"], re.M)
    assert all(f"\n{target}:" in (root / "Makefile").read_text(encoding="utf-8") for target in targets)


def test_the_slurm_script_is_one_that_bash_and_slurm_read(root: Path) -> None:
    """Guards against a typing error that a queue shows after hours: options after the first command are ignored."""
    path = root / "deploy/slurm.sbatch"
    subprocess.run(["bash", "-n", path], check=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    options = [number for number, line in enumerate(lines) if line.startswith("#SBATCH ")]
    first_command = next(number for number, line in enumerate(lines) if line and not line.startswith("#"))
    assert options and options[-1] < first_command
    assert all(re.fullmatch(r"#SBATCH --[a-z-]+=\S+", lines[number]) for number in options)
    assert modules("\n".join(lines)) == {"stages.train"}
