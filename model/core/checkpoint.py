"""Checkpoints in the layout of transformers: model.safetensors, config.json and the tokenizer's files.

A checkpoint from anywhere is checked before torch is imported, so that a wrong file is named in a fraction of a second.
"""

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from model.core.bpe_vocabulary import Vocabulary, check_size, read_vocabulary
from model.core.checkpoint_files import CONFIG, GENERATION_CONFIG, TOKENIZER, TOKENIZER_CONFIG, WEIGHTS, CheckpointError
from model.core.prompt import END_OF_TEXT, chat_template
from model.core.weights_file import PREFIX, CheckedWeights, check_weights

if TYPE_CHECKING:
    import tiktoken

    from model.core.gpt2 import GPT2


@dataclass(frozen=True)
class CheckedCheckpoint:
    """A folder whose weights, config and vocabulary are a GPT-2's and fit one another. No weight has been read yet."""

    folder: Path
    weights: CheckedWeights
    vocabulary: Vocabulary

    def load(self) -> "tuple[GPT2, tiktoken.Encoding]":
        """The model (float32, on the CPU, in evaluation mode) and its encoding. Raises CheckpointError for values that
        no model has."""
        from model.core.tokenizer import make_encoding
        from model.core.weights import load_weights

        return load_weights(self.weights), make_encoding(self.vocabulary)


def check_checkpoint(folder: Path) -> CheckedCheckpoint:
    """Checks a checkpoint without torch.

    Raises CheckpointError if a file is missing or damaged, if weights, config and vocabulary do not fit one another, or
    if the model is another one than GPT-2.
    """
    if not folder.exists():
        raise CheckpointError(f"{folder / WEIGHTS} is missing")
    weights = check_weights(folder)
    vocabulary = read_vocabulary(weights.file.parent)
    if vocabulary is None:
        raise CheckpointError(f"{weights.file.with_name(TOKENIZER)} is missing")
    check_size(vocabulary, weights.config.vocab_size, weights.file)
    return CheckedCheckpoint(folder, weights, vocabulary)


def load_checkpoint(folder: Path) -> "tuple[GPT2, tiktoken.Encoding]":
    """The model (float32, on the CPU, in evaluation mode) and its encoding. Raises CheckpointError as
    `check_checkpoint` does, and for values that no model has."""
    return check_checkpoint(folder).load()


def save_tokenizer(folder: Path, tokenizer_json: str, n_positions: int) -> Path:
    """Writes the tokenizer's two files and returns the path of `tokenizer.json`. `n_positions` is the context length
    in tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": END_OF_TEXT,
        "eos_token": END_OF_TEXT,
        "unk_token": END_OF_TEXT,
        "model_max_length": n_positions,
        "chat_template": chat_template(),
    }
    (folder / TOKENIZER_CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
    return folder / TOKENIZER


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copies the tokenizer's files from one checkpoint folder to another."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER, TOKENIZER_CONFIG):
        shutil.copyfile(source / name, target / name)


def save_checkpoint(folder: Path, model: "GPT2", end_of_text: int | None = None) -> None:
    """Writes configs and weights beside the tokenizer. The weights come last and are renamed when they are complete, so
    a folder with weights is always a whole checkpoint.

    `end_of_text` is the id of that token; None is the last one, which a vocabulary trained here has. Raises
    CheckpointError if the weights cannot be written.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).unlink(missing_ok=True)
    config = model.config
    end_of_text = config.vocab_size - 1 if end_of_text is None else end_of_text
    layout = {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "activation_function": "gelu_new",
        "vocab_size": config.vocab_size,
        "n_positions": config.n_positions,
        "n_embd": config.n_embd,
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "attn_pdrop": config.dropout,
        "embd_pdrop": config.dropout,
        "resid_pdrop": config.dropout,
        "layer_norm_epsilon": config.layer_norm_epsilon,
        "bos_token_id": end_of_text,
        "eos_token_id": end_of_text,
        "tie_word_embeddings": True,
        "dtype": str(model.wte.weight.dtype).removeprefix("torch."),
    }
    (folder / CONFIG).write_text(json.dumps(layout, indent=2) + "\n", encoding="utf-8")
    ids = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), end_of_text)
    generation = ids | {"do_sample": False}  # as `infer` decodes by default
    (folder / GENERATION_CONFIG).write_text(json.dumps(generation, indent=2) + "\n", encoding="utf-8")
    tensors = {f"{PREFIX}.{name}": tensor.detach().contiguous() for name, tensor in model.state_dict().items()}
    temporary = folder / f".{WEIGHTS}.{secrets.token_hex(4)}.tmp"  # two writers don't share it
    try:
        save_file(tensors, temporary, metadata={"format": "pt"})
        temporary.rename(folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{folder / WEIGHTS} cannot be written: {error}; make room, or correct its rights"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
