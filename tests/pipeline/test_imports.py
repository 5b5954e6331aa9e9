"""Which libraries each stage loads while it runs with the default choices: no more than it needs."""

import sys

import pytest

from tests.pipeline.conftest import Workspace
from tests.pipeline.test_dag import EXPECTED, STAGES

HEAVY = {"torch", "transformers", "tokenizers", "tiktoken", "safetensors", "huggingface_hub", "matplotlib"}
HEAVY |= {"openai", "google", "httpx2", "wikipediaapi", "pandas", "scipy", "py3langid", "lemminflect", "phonenumbers"}
HEAVY |= {"sympy"}  # torch's compiler, which its optimizers import, loads sympy

RULES = {"lemminflect", "py3langid"}
LOADED = {"torch", "tiktoken", "safetensors"}
NEEDED: dict[str, set[str]] = {
    "extract": set(),
    "synth": RULES,
    "curate": RULES,
    "split": RULES,
    "base": LOADED | {"tokenizers"},
    "train-full": LOADED,
    "train-small": LOADED,
    "infer": LOADED,
    "judge": {"lemminflect", "pandas"},  # the rubric's word forms, and the statistics
    "plot": {"matplotlib", "huggingface_hub", "pandas"},  # pictures, the metadata of cards, and tables
}
SLOW = {"base", "train-full", "train-small", "infer"}
RUN = """
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
print("loaded", *sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    "stage", [pytest.param(stage, marks=[pytest.mark.slow] if stage in SLOW else []) for stage in EXPECTED]
)
def test_a_stage_loads_what_it_needs(workspace: Workspace, stage: str) -> None:
    """Guards against seconds that every run of a stage pays for a library it has no use for."""
    command = STAGES[stage]["cmd"].split("-m ")[1].split()
    output = workspace.run(sys.executable, "-c", RUN, *command)
    loaded = next(line for line in output.splitlines() if line.startswith("loaded ")).split()[1:]
    assert HEAVY & set(loaded) == NEEDED[stage]
