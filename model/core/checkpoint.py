"""Checkpoints in the layout of transformers: model.safetensors, config.json and the tokenizer's files."""

import json
import secrets
import shutil
from pathlib import Path

import tiktoken
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from model.core.gpt2 import GPT2, GPT2Config
from model.core.prompt import END_OF_TEXT
from model.core.tokenizer import load_encoding

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
PREFIX = "transformer."  # of the tensors' names in transformers' GPT2LMHeadModel


class CheckpointError(Exception):
    """A checkpoint cannot be used or written. The message names the file and says what is wrong with it."""


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
    }
    (folder / TOKENIZER_CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
    return folder / TOKENIZER


def copy_tokenizer(source: Path, target: Path) -> None:
    """Copies the tokenizer's files from one checkpoint folder to another."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (TOKENIZER, TOKENIZER_CONFIG):
        shutil.copyfile(source / name, target / name)


def save_checkpoint(folder: Path, model: GPT2) -> None:
    """Writes config and weights beside the tokenizer. The weights come last and are renamed when they are complete, so
    a folder with weights is always a whole checkpoint. Raises CheckpointError if the weights cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).unlink(missing_ok=True)
    config = model.config
    end_of_text = config.vocab_size - 1
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
    tensors = {PREFIX + name: tensor.detach().contiguous() for name, tensor in model.state_dict().items()}
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


def build_model(config: GPT2Config, tensors: dict[str, Tensor]) -> GPT2:
    """A model whose weights are `tensors`, by GPT-2's names, in evaluation mode.

    The tensors are not copied: if they are mapped from a file, they stay there until they are changed, and a change
    never reaches the file.
    """
    with torch.device("meta"):  # shapes only: the weights are replaced at once, so they need no memory
        model = GPT2(config)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def load_checkpoint(folder: Path) -> tuple[GPT2, tiktoken.Encoding]:
    """The model (float32, on the CPU, in evaluation mode) and its encoding.

    Raises CheckpointError if a file is missing or damaged, if the tensors' names or shapes do not fit the config, or if
    a weight is NaN or infinite.
    """
    for name in (WEIGHTS, CONFIG, TOKENIZER):
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder / name} is missing")
    config = read_config(folder / CONFIG)
    with torch.device("meta"):
        expected = {name: tensor.shape for name, tensor in GPT2(config).state_dict().items()}
    try:
        stored = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise CheckpointError(f"{folder / WEIGHTS} is damaged: {error}") from error
    tensors = {name.removeprefix(PREFIX): tensor.float() for name, tensor in stored.items()}
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if shapes != expected:
        wrong = sorted(name for name in expected.keys() | shapes.keys() if expected.get(name) != shapes.get(name))
        raise CheckpointError(
            f"{folder / WEIGHTS}: {len(wrong)} tensors do not fit {CONFIG}; {wrong[0]}: "
            f"found {_shape_text(shapes.get(wrong[0]))}, expected {_shape_text(expected.get(wrong[0]))}"
        )
    for name, tensor in tensors.items():
        if not all_finite(tensor):
            raise CheckpointError(f"{folder / WEIGHTS}: {name} holds NaN or infinity")
    try:
        encoding = load_encoding(folder / TOKENIZER)
    except ValueError as error:
        raise CheckpointError(f"{folder / TOKENIZER} is not a byte-level BPE tokenizer: {error}") from error
    if encoding.n_vocab > config.vocab_size:
        raise CheckpointError(
            f"{folder / TOKENIZER} has ids up to {encoding.n_vocab - 1}, and the model {config.vocab_size} tokens; "
            "take the tokenizer that it was trained with"
        )
    return build_model(config, tensors), encoding


def all_finite(tensor: Tensor) -> bool:
    """Whether no value is NaN or infinite. Checks only the smallest and the largest value, which takes less memory than
    `isfinite` of all values."""
    return bool(torch.stack(torch.aminmax(tensor)).isfinite().all())


def _shape_text(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else str(list(shape))


def read_config(path: Path) -> GPT2Config:
    """The sizes that a config.json names. Raises CheckpointError if it is damaged or no GPT-2's."""
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
        return GPT2Config(
            vocab_size=layout["vocab_size"],
            n_positions=layout["n_positions"],
            n_embd=layout["n_embd"],
            n_layer=layout["n_layer"],
            n_head=layout["n_head"],
            dropout=layout["resid_pdrop"],
            layer_norm_epsilon=layout["layer_norm_epsilon"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:  # RecursionError: nested too deeply
        raise CheckpointError(f"{path} is not a GPT-2 config: {error!r}") from error
