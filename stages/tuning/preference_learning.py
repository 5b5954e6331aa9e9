"""Learning from preferences, after learning from examples."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.records import Example
from stages.common.stage_bar import StageBar
from stages.tuning.preference_data import Preference
from stages.tuning.training_runs import cached_snapshots, snapshots_of

if TYPE_CHECKING:
    import tiktoken

    from model.core.gpt2 import GPT2
    from model.training.data import TokenSequence
    from model.training.loop import TrainingConfig
    from model.training.parallel import Ranks


def learn_preferences(
    model: "GPT2",
    encoding: "tiktoken.Encoding",
    preferences: Sequence[tuple[Example, Preference]],
    validation: "Sequence[TokenSequence]",
    config: "TrainingConfig",
    ranks: "Ranks",
    minutes: float,
    checkpoint: Path,
) -> dict[str, object]:
    """Continues the tuned model on preferences, by DPO with itself as the reference. Returns the metrics that it adds
    or changes; {} without preferences. `minutes` are those between snapshots."""
    from model.training.data import encode_example
    from model.training.loop import train
    from model.training.preferences import (
        flatten_pairs,
        make_pair,
        pair_log_probabilities,
        preference_fit,
        with_reference,
    )
    from model.training.progress import Watch

    if not preferences:
        return {}
    encoded = [
        make_pair(
            *(
                encode_example(encoding, example.instruction, example.input, answer[0].content)
                for answer in (preference.chosen, preference.rejected)
            )
        )
        for example, preference in preferences
    ]
    longest = model.config.n_positions + 1
    fitting = [pair for pair in encoded if max(len(pair.tokens), len(pair.rejected.tokens)) <= longest]
    pad = encoding.eot_token
    opened = partial(cached_snapshots, minutes, False)
    with snapshots_of(model, flatten_pairs(fitting), validation, config, ranks, checkpoint, opened) as snapshots:
        before = list(pair_log_probabilities(model, fitting, pad))
        watch = Watch(None, StageBar)
        result = train(model, with_reference(fitting, before), validation, config, pad, snapshots, ranks, watch)
        fit = preference_fit(before, list(pair_log_probabilities(model, fitting, pad)), config.preference_beta or 0.0)
    return {
        "val_loss": result.kept.val_loss,
        "val_response_loss": result.kept.val_response_loss,
        "dpo": {
            "pairs": len(fitting),
            "pairs_over_the_context": len(encoded) - len(fitting),
            "steps": result.steps,
            "val_loss_before": result.curve[0].val_loss,
            "val_response_loss_before": result.curve[0].val_response_loss,
            **asdict(fit),
        },
    }
