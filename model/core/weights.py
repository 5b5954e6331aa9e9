"""A GPT-2's weights, read from a file that `weights_file.py` has checked.

The values are checked before the model is returned. The weights stay memory-mapped, so a model takes no more memory
than its file.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from tqdm import tqdm

from model.core.checkpoint_files import CheckpointError
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.weights_file import EMBEDDINGS, CheckedWeights, mismatch, plain_name


def load_weights(weights: CheckedWeights) -> GPT2:
    """The model (float32, on the CPU, in evaluation mode).

    Weights that are stored in float32 stay in the file and are mapped into memory; a change of them never reaches the
    file. Raises CheckpointError for values that no model has.
    """
    file = weights.file
    tensors = {}
    try:
        with safe_open(file, framework="pt") as stored:
            for name, entry in tqdm(weights.stored.items(), unit="tensor", desc=f"read {file.name}", disable=None):
                tensors[name] = _check_values(file, entry.key, stored.get_tensor(entry.key).float())
            if weights.head is not None:
                head = stored.get_tensor(weights.head.key)
                if head.shape != tensors["wte.weight"].shape or not torch.equal(head.float(), tensors["wte.weight"]):
                    expected = "the values of wte.weight, to which GPT-2 ties its head"
                    raise mismatch(file, weights.head.key, "an untied head", expected)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}") from error
    return build_model(weights.config, tensors)


def build_model(config: GPT2Config, tensors: dict[str, Tensor]) -> GPT2:
    """A model whose weights are `tensors`, by GPT-2's names, in evaluation mode. The tensors are not copied."""
    with torch.device("meta"):  # shapes only: the weights are replaced at once, so they need no memory
        model = GPT2(config)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def _check_values(file: Path, key: str, tensor: Tensor) -> Tensor:
    """The tensor. Looks only at its smallest and its largest value, which takes less memory than `isfinite` of all."""
    low, high = torch.aminmax(tensor)
    if not torch.stack((low, high)).isfinite().all():
        raise mismatch(file, key, "NaN or infinity", "finite values")
    # The embeddings come last in a file: a download that reserved all its bytes and was stopped left them zero.
    if plain_name(key) in EMBEDDINGS and not low and not high:
        raise mismatch(file, key, "only zeros, as in a download that was not finished", "a trained model's weights")
    return tensor
