"""What more seeds of this run would cost."""

from stages.common.rates import EXAMPLE_TOKENS, decoding_seconds, training_seconds
from stages.common.records import ROLES
from stages.reporting.evidence import SIZES, Evidence
from stages.reporting.wording import Wording

MORE_SEEDS = 4  # that the report proposes: five runs in all, for a t interval that isn't absurdly wide


def seconds_per_seed(evidence: Evidence) -> float | None:
    """Of both trainings and all answers again; None if a figure that it needs is missing."""
    parameters = evidence.number("base", "parameters")
    steps = [evidence.number(f"train_{size}", "steps") for size in SIZES]
    answered = [evidence.number("infer", role, "tokens") for role in ROLES]
    if not parameters or None in steps or None in answered:
        return None
    precision = str(evidence.table("train_full").get("precision", "float32"))
    trained = sum(filter(None, steps)) * evidence.params["train"]["batch_size"] * EXAMPLE_TOKENS
    seconds = training_seconds(trained, parameters, precision)
    return seconds + decoding_seconds(sum(filter(None, answered)), parameters, evidence.params["infer"]["precision"])


def describe_next_seeds(evidence: Evidence, wording: Wording) -> str:
    """That one training run is behind the report, and what the next ones would cost."""
    seconds = seconds_per_seed(evidence)
    judge = evidence.params["judge"]
    models = [member for member in (judge, *judge.get("panel", [])) if member["judge"] != "rubric"]
    sentences = [wording.text("headline.one_run")]
    if seconds is not None:
        minutes = wording.integer(max(1, round(MORE_SEEDS * seconds / 60)))
        sentences.append(wording.text("headline.next_seeds", seeds=MORE_SEEDS, minutes=minutes))
    judgments = evidence.number("judge", "judgments")
    if models and judgments:
        sentences.append(wording.text("headline.next_judgments", judgments=wording.integer(MORE_SEEDS * judgments)))
    return " ".join(sentences)


def next_seeds_command(evidence: Evidence) -> str:
    """What to type for the next seeds and their comparison with this run."""
    seed = evidence.params["train"]["seed"]
    seeds = ",".join(str(seed + more) for more in range(1, MORE_SEEDS + 1))
    return f"dvc exp run --queue -S train.seed={seeds} && dvc exp run --run-all && wikitune compare"
