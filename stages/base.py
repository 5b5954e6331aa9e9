"""base: the model that tuning starts from: the bundled one, one trained on the pages' text, or GPT-2's own weights."""

import json
import logging
import math
import random
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.common.device import Device, choose_device
from stages.common.errors import StageError, name_in_errors, only_warn, run_stage
from stages.common.files import read_json, read_jsonl, sha256_of_file, usable_cache_folder, write_json, write_text
from stages.common.hub import download_model
from stages.common.params import SAME_RESULT, Fraction, Positive, SectionModel, Seed, load_params
from stages.common.records import Page
from stages.common.stage_bar import StageBar

if TYPE_CHECKING:
    import torch

    from model.core.bpe_vocabulary import Vocabulary
    from model.core.weights_file import CheckedWeights
    from model.training.loop import TrainingConfig
    from model.training.progress import TrainingResult

log = logging.getLogger(__name__)

PAGES = Path("data/pages.jsonl")
LEFT_OUT = Path("data/splits/left_out_of_base.json")  # titles of pages not to read; split chooses them by base.pages
BUNDLED = Path("data/bundled/base")  # pre-trained by this project: `primer/` says on what
# Of a checkpoint.
FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
CHECKPOINT = Path("data/checkpoints/base")
METRICS = Path("reports/metrics/base.json")


class Params(SectionModel):
    source: Literal["bundled", "scratch", "huggingface", "path"]
    model: Literal["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"]
    # A commit, a branch, a tag, or default: the commit pinned in stages/common/hub.py.
    revision: Annotated[str, Field(min_length=1)]
    path: str
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]  # of model.safetensors
    vocabulary: str  # a folder
    pages: Literal["all", "train"]
    seed: Seed
    vocab_size: Annotated[int, Field(ge=300, le=65536)]
    n_positions: Annotated[int, Field(ge=64, le=8192)]  # context length in tokens
    n_embd: Positive
    n_layer: Positive
    n_head: Positive
    dropout: Annotated[float, Field(ge=0, lt=1)]
    val_pages: Annotated[float, Field(gt=0, lt=1)]  # share of the pages held out
    sequence_length: Annotated[int, Field(ge=16)]  # tokens per training row
    epochs: Positive
    batch_size: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    weight_decay: Fraction
    warmup: Fraction  # share of the steps
    schedule: Literal["constant", "linear", "cosine"]
    clip_norm: Annotated[float, Field(gt=0)]
    evaluations: Positive
    keep: Literal["best", "last"]
    precision: Literal["float32", "bfloat16", "auto"]
    device: Annotated[Device, SAME_RESULT]
    snapshot_minutes: Annotated[float, Field(ge=0), SAME_RESULT]

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd ({self.n_embd}) must be a multiple of n_head ({self.n_head})")
        if self.sequence_length > self.n_positions:
            raise ValueError(f"sequence_length is {self.sequence_length}, at most n_positions ({self.n_positions})")
        return self

    @model_validator(mode="after")
    def _path_is_given(self) -> Self:
        if self.source == "path" and not self.path:
            raise ValueError("source is path, and path names no folder and no file")
        return self


def main() -> None:
    params = load_params("base", Params)
    with name_in_errors(CHECKPOINT):
        make = {"bundled": copy_bundled, "scratch": train_from_scratch}.get(params.source, adopt_weights)
        metrics = make(params)
    write_json(METRICS, metrics)


def copy_bundled(params: Params) -> dict[str, object]:
    """Copies the model that comes with this project, and returns the metrics. The copy has `base.dropout`."""
    from safetensors import SafetensorError, safe_open

    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    try:
        for name in FILES:
            shutil.copyfile(BUNDLED / name, CHECKPOINT / name)
        with safe_open(CHECKPOINT / "model.safetensors", framework="np") as weights:
            shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise StageError(f"{BUNDLED} is not whole: {error}; restore it with git restore {BUNDLED}") from error
    config = read_json(CHECKPOINT / "config.json")
    config |= dict.fromkeys(("attn_pdrop", "embd_pdrop", "resid_pdrop"), params.dropout)
    write_text(CHECKPOINT / "config.json", json.dumps(config, indent=2) + "\n")
    return {
        "parameters": sum(math.prod(shape) for shape in shapes),
        "vocab_size": config["vocab_size"],
        "source": params.source,
        "sha256": sha256_of_file(CHECKPOINT / "model.safetensors"),
    }


def adopt_weights(params: Params) -> dict[str, object]:
    """Checks weights from elsewhere, writes them with their vocabulary as the checkpoint, and returns the metrics."""
    from model.core.bpe_vocabulary import published_vocabulary
    from model.core.checkpoint import save_checkpoint, save_tokenizer
    from model.core.checkpoint_files import CheckpointError
    from model.core.prompt import END_OF_TEXT
    from model.core.weights_file import check_hash, check_weights

    source = Path(params.path) if params.source == "path" else download_model(params.model, params.revision)
    try:
        given = published_vocabulary(Path(params.vocabulary)) if params.vocabulary else None
        weights = check_weights(source, params.dropout)
        vocabulary = choose_vocabulary(params, weights, given)
        sha256 = check_hash(weights.file, params.sha256)
        if weights.dtypes != ["float32"]:
            log.warning("%s stores %s; it is used as float32", weights.file, " and ".join(weights.dtypes))
        # All of the above needs no torch, whose import takes longer.
        from model.core.tokenizer import tokenizer_text
        from model.core.weights import load_weights

        model = load_weights(weights)
        save_tokenizer(CHECKPOINT, tokenizer_text(vocabulary), model.config.n_positions)
        save_checkpoint(CHECKPOINT, model, vocabulary.ids[END_OF_TEXT])
    except CheckpointError as error:
        raise StageError(str(error)) from error
    return {
        "parameters": model.parameter_count(),
        "vocab_size": model.config.vocab_size,
        "source": params.source,
        "sha256": sha256,
    }


def choose_vocabulary(params: Params, weights: "CheckedWeights", given: "Vocabulary | None") -> "Vocabulary":
    """The vocabulary that lies beside the weights. GPT-2's own (`given` if `base.vocabulary` names it) is used for its
    published weights, and for weights that come without any, with a warning.

    Raises StageError if `given` is another one than that beside the weights, and CheckpointError if the vocabulary is
    damaged or does not fit the weights.
    """
    from model.core.bpe_vocabulary import GPT2_SIZE, check_size, published_vocabulary, read_vocabulary

    file, rows = weights.file, weights.config.vocab_size
    own = read_vocabulary(file.parent) if params.source == "path" else None
    if own is None and rows != GPT2_SIZE:
        raise StageError(
            f"{file}: tensor wte.weight: found {rows} rows, expected {GPT2_SIZE}, one for each token of GPT-2's "
            "vocabulary; if the model has a vocabulary of its own, put its tokenizer.json beside the weights"
        )
    if own is None:
        if params.source == "path" and given is None:
            log.warning(
                "%s comes without a vocabulary, so GPT-2's own, of OpenAI, is used. If another one belongs to these "
                "weights, stop here and put its tokenizer.json beside them: the same ids mean other words there",
                file,
            )
        return given or published_vocabulary()
    check_size(own, rows, file)
    if given is not None and (own.ids, own.merges) != (given.ids, given.merges):
        raise StageError(
            f"base.vocabulary is {params.vocabulary}, with GPT-2's own vocabulary, and {own.file} beside the weights "
            'is another one; set base.vocabulary to "", so that the model gets its own'
        )
    return own


def train_from_scratch(params: Params) -> dict[str, object]:
    """Trains a tokenizer and a GPT-2 on the pages, writes the checkpoint, and returns the metrics."""
    pages, left_out = read_base_pages()
    if len(pages) < 2:
        raise StageError(
            f"{PAGES} holds {len(pages) + left_out} page(s), of which {left_out} are left out by {LEFT_OUT}; "
            "training a base model needs at least 2"
        )
    from model.core.process import prepare_process

    prepare_process()
    import torch

    from model.core.checkpoint import save_checkpoint, save_tokenizer
    from model.core.checkpoint_files import CheckpointError
    from model.core.gpt2 import GPT2
    from model.core.gpt2_config import GPT2Config
    from model.core.prompt import render_prompt
    from model.core.tokenizer import load_encoding, train_tokenizer
    from model.training.data import encode_documents
    from model.training.loop import ShortMemoryError, TrainingError, train
    from model.training.parallel import Ranks
    from model.training.progress import Watch
    from model.training.snapshots import Snapshots, fingerprint

    device = choose_device(params.device, "base.device")
    texts = [page.plain_text for page in random.Random(params.seed).sample(pages, len(pages))]
    held_out = max(1, round(params.val_pages * len(texts)))
    if held_out == len(texts):
        raise StageError(
            f"params.yaml: base.val_pages is {params.val_pages}: no page of {len(texts)} is left to train on"
        )
    # Every example repeats the words of the prompt. With one prompt per page in the tokenizer's text, each of these
    # words becomes a single token.
    tokenizer = train_tokenizer([*texts, *[render_prompt("", "-")] * len(texts)], params.vocab_size)
    encoding = load_encoding(save_tokenizer(CHECKPOINT, tokenizer, params.n_positions))
    training = encode_documents(encoding, texts[held_out:], params.sequence_length)
    validation = encode_documents(encoding, texts[:held_out], params.sequence_length)
    config = GPT2Config(
        vocab_size=encoding.n_vocab,
        n_positions=params.n_positions,
        n_embd=params.n_embd,
        n_layer=params.n_layer,
        n_head=params.n_head,
        dropout=params.dropout,
    )
    model = GPT2(config).init_weights(torch.Generator().manual_seed(params.seed), embedding_std=params.n_embd**-0.5)
    settings = pretraining_config(params, device)
    facts: dict[str, object] = {
        "parameters": model.parameter_count(),
        "vocab_size": encoding.n_vocab,
        "train_pages": len(texts) - held_out,
        "val_pages": held_out,
        "left_out_pages": left_out,
        "train_tokens": sum(len(sequence.tokens) - 1 for sequence in training),
        "precision": settings.precision,
    }
    watch = Watch(partial(show_losses, facts), StageBar)
    try:
        run = fingerprint(model, training, validation, settings, Ranks())
        snapshots = Snapshots(usable_cache_folder("snapshots") / run[:16], params.snapshot_minutes)
        with snapshots.until_done():
            result = train(model.to(device), training, validation, settings, encoding.eot_token, snapshots, watch=watch)
            save_checkpoint(CHECKPOINT, model.to(torch.device("cpu")))
    except ShortMemoryError as error:
        raise StageError(
            f"{error}; lower base.batch_size ({params.batch_size}), base.sequence_length ({params.sequence_length}) or "
            "the model's sizes"
        ) from error
    except (TrainingError, CheckpointError) as error:
        raise StageError(str(error)) from error
    return facts | losses(result)


def show_losses(facts: dict[str, object], result: "TrainingResult") -> None:
    """Writes the metrics so far, for those who watch the run."""
    with only_warn():
        write_json(METRICS, facts | losses(result))


def losses(result: "TrainingResult") -> dict[str, object]:
    return {
        "steps": result.steps,
        "val_loss_before": result.curve[0].val_loss,
        "val_loss": result.kept.val_loss,
        "kept_step": result.kept.step,
    }


def read_base_pages() -> tuple[list[Page], int]:
    """The pages to train on, and how many others were left out."""
    titles = read_json(LEFT_OUT)
    if not isinstance(titles, dict):
        raise StageError(f"{LEFT_OUT} holds no object of titles and reasons; run `dvc repro split`")
    pages = read_jsonl(PAGES, Page)
    kept = [page for page in pages if page.title not in titles]
    return kept, len(pages) - len(kept)


def pretraining_config(params: Params, device: "torch.device") -> "TrainingConfig":
    from model.training.loop import TrainingConfig
    from model.training.optimization import best_precision

    chosen = str(best_precision(device)).removeprefix("torch.") if params.precision == "auto" else params.precision
    return TrainingConfig(
        epochs=params.epochs,
        batch_size=params.batch_size,
        learning_rate=params.learning_rate,
        weight_decay=params.weight_decay,
        warmup=params.warmup,
        schedule=params.schedule,
        clip_norm=params.clip_norm,
        evaluations=params.evaluations,
        keep=params.keep,
        precision=chosen,  # type: ignore[arg-type] # one of the two
        seed=params.seed,
    )


if __name__ == "__main__":
    run_stage(main)
