"""What the next seeds would cost."""

from dataclasses import replace

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.run_time import describe_next_seeds, next_seeds_command, seconds_per_seed
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import params


def test_a_seed_costs_both_trainings_and_all_answers(evidence: Evidence) -> None:
    """By hand: 2000 steps of 8 examples of 100 tokens, and 3 * 24 answers of 60 tokens, by 355M parameters."""
    larger = 354_823_168 / 124_439_808
    expected = 2000 * 8 * 100 * larger / 425 + 3 * 24 * 60 * larger / 173
    assert seconds_per_seed(evidence) == pytest.approx(expected)
    assert seconds_per_seed(replace(evidence, metrics={})) is None


def test_the_next_seeds_and_their_price(evidence: Evidence, wording: Wording) -> None:
    """Guards against a command that trains the same seed again."""
    assert describe_next_seeds(evidence, wording) == (
        "One training run is behind this report: its intervals say nothing of other seeds. 4 more seeds take about 720 "
        "min on two CPU cores."
    )
    seventh = params()
    seventh["train"]["seed"] = 7
    seventh["judge"]["panel"] = [{"judge": "gemini"}]
    other = replace(evidence, params=seventh)
    assert next_seeds_command(other).startswith("dvc exp run --queue -S train.seed=8,9,10,11 && ")
    assert describe_next_seeds(other, wording).endswith("The language model would be asked for 576 judgments.")
    assert describe_next_seeds(replace(evidence, metrics={}), wording).endswith("say nothing of other seeds.")
