"""The example files for schedulers, checked without one."""

import os
import re
import subprocess
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from ruamel.yaml import YAML

# docs.skypilot.co/en/latest/reference/yaml-spec.html
TASK = {"name", "workdir", "num_nodes", "resources", "envs", "secrets", "file_mounts", "volumes", "setup", "run"}
RESOURCES = {"infra", "accelerators", "cpus", "memory", "instance_type", "use_spot", "disk_size", "ports", "autostop"}


def test_the_skypilot_task_has_only_known_keys(root: Path) -> None:
    """Guards against a key that is misspelt, and a script that bash cannot read."""
    task = YAML(typ="safe").load((root / "deploy/skypilot.yaml").read_text(encoding="utf-8"))
    assert set(task) <= TASK
    assert set(task["resources"]) <= RESOURCES
    assert all(isinstance(value, str) for value in task["envs"].values())
    for script in (task["setup"], task["run"]):
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    targets = re.findall(r"^make (\S+)", task["setup"], re.M)
    assert all(f"\n{target}:" in (root / "Makefile").read_text(encoding="utf-8") for target in targets)


def test_bash_and_slurm_can_read_the_slurm_script(root: Path) -> None:
    """Guards against a typing error that shows only after hours in the queue. Slurm ignores options after the first
    command."""
    path = root / "deploy/slurm.sbatch"
    subprocess.run(["bash", "-n", path], check=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    options = [number for number, line in enumerate(lines) if line.startswith("#SBATCH ")]
    first_command = next(number for number, line in enumerate(lines) if line and not line.startswith("#"))
    assert options and options[-1] < first_command
    assert all(re.fullmatch(r"#SBATCH --[a-z-]+=\S+", lines[number]) for number in options)


def test_the_slurm_script_starts_the_same_training_on_both_nodes(root: Path, tmp_path: Path) -> None:
    """Guards against a launcher that DVC cannot read, and nodes that wait for each other in different trainings.
    Slurm's programs and DVC are scripts here, which record how they were called."""
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "activate").touch()
    for name, script in {
        "scontrol": "printf 'node1\\nnode2\\n'",
        "dvc": 'printf "%s\\n" "$@" > "dvc-$1"; while [ "$1" = exp ] && [ ! -s srun ]; do sleep 0.02; done',
        "srun": 'printf "%s\\n" "$@" > srun; exec sleep 60',
    }.items():
        (programs / name).write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SLURM_JOB_ID": "7",
        "SLURM_JOB_NODELIST": "n",
    }
    subprocess.run(["bash", root / "deploy/slurm.sbatch"], cwd=tmp_path, env=environment, check=True, timeout=30)
    first, second = ((tmp_path / name).read_text(encoding="utf-8").splitlines() for name in ("dvc-exp", "srun"))
    assert (tmp_path / "dvc-repro").read_text(encoding="utf-8").split() == ["repro", "split", "base"]
    assert first[:3] == ["exp", "run", "--set-param"]
    change = OverridesParser.create().parse_override(first[3])
    launcher = str(change.value())
    assert (change.key_or_group, launcher.split()[0]) == ("train.launcher", "torchrun")
    assert "--rdzv-endpoint=node1:29500" in launcher
    assert second == [
        "--nodes=1",
        "--ntasks=1",
        "--nodelist=node2",
        "bash",
        "-c",
        f"{launcher} -m stages.train full && {launcher} -m stages.train small",
    ]
