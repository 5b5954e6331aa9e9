"""training: trains the bundled base model on the rows of tokens, and writes it in bfloat16."""

import hashlib
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from primer.configuration import BUNDLED_BASE, CURVE, TOKENS, VOCABULARY, TrainingParams, load_section
from stages.common.errors import StageError, run_stage
from stages.common.files import cache_folder, sha256_of_file, write_json

if TYPE_CHECKING:
    import torch

    from model.training.loop import TrainingConfig

log = logging.getLogger(__name__)


def main() -> None:
    params = load_section("training", TrainingParams)
    from model.core.process import prepare_process

    prepare_process()
    import numpy as np
    import torch

    from model.core.checkpoint import copy_tokenizer, save_checkpoint
    from model.core.checkpoint_files import CheckpointError
    from model.core.gpt2 import GPT2
    from model.core.gpt2_config import GPT2Config
    from model.core.tokenizer import load_encoding
    from model.training.data import TokenSequence
    from model.training.loop import TrainingError, train
    from model.training.snapshots import Snapshots

    encoding = load_encoding(VOCABULARY / "tokenizer.json")
    sequences = [TokenSequence(tuple(row)) for row in np.load(TOKENS).tolist()]
    held_out = max(1, round(params.held_out * len(sequences)))
    validation = sequences[:held_out]
    whole = (len(sequences) - held_out) // params.batch_size * params.batch_size  # a smaller batch is compiled anew
    training = sequences[held_out : held_out + whole]
    sizes = {name: getattr(params, name) for name in ("n_positions", "n_embd", "n_layer", "n_head")}
    model = GPT2(GPT2Config(vocab_size=encoding.n_vocab, **sizes))
    model.init_weights(torch.Generator().manual_seed(params.seed), embedding_std=params.n_embd**-0.5)
    device = _device(params)
    config = pretraining_settings(params, device)
    run = hashlib.sha256(f"{sha256_of_file(TOKENS)} {params} {config} {torch.__version__}".encode()).hexdigest()
    snapshots = Snapshots(cache_folder("snapshots") / f"primer-{run[:16]}", params.snapshot_minutes)
    log.info("%d rows, %d parameters, %s, %s", len(sequences), model.parameter_count(), device, config.precision)
    try:
        with snapshots.until_done():
            result = train(model.to(device), training, validation, config, encoding.eot_token, snapshots)
            copy_tokenizer(VOCABULARY, BUNDLED_BASE)
            # Half the size in Git. Whoever loads it computes in float32.
            bfloat16 = model.to(torch.device("cpu")).to(torch.bfloat16)
            save_checkpoint(BUNDLED_BASE, bfloat16)
    except (TrainingError, CheckpointError) as error:
        raise StageError(str(error)) from error
    write_json(
        CURVE,
        {
            "parameters": model.parameter_count(),
            "vocab_size": encoding.n_vocab,
            "rows": len(training),
            "tokens": result.tokens,
            "steps": result.steps,
            "curve": [asdict(point) for point in result.curve],
        },
    )


def pretraining_settings(params: TrainingParams, device: "torch.device") -> "TrainingConfig":
    from model.training.loop import TrainingConfig
    from model.training.optimization import best_precision

    return TrainingConfig(
        epochs=params.epochs,
        batch_size=params.batch_size,
        learning_rate=params.learning_rate,
        weight_decay=params.weight_decay,
        warmup=params.warmup,
        schedule=params.schedule,
        evaluations=params.evaluations,
        keep="last",
        compile=device.type == "cuda",
        precision="bfloat16" if str(best_precision(device)) == "torch.bfloat16" else "float32",
        seed=params.seed,
    )


def _device(params: TrainingParams) -> "torch.device":
    import torch

    if params.device == "cuda" and not torch.cuda.is_available():
        raise StageError("primer/params.yaml: training.device is cuda, but torch sees no GPU; use cpu or auto")
    on_gpu = params.device != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if on_gpu else "cpu")


if __name__ == "__main__":
    run_stage(main)
