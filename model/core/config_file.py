"""config.json: the settings of a model in transformers' layout, believed only where the tensors bear them out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.core.checkpoint_files import CheckpointError, in_short, read_json_object
from model.core.gpt2_config import GPT2Config

# Heads of the published GPT-2 models by width, 64 wide each: 124M (and distilgpt2), 355M, 774M and 1.6B parameters.
PUBLISHED_HEADS = {768: 12, 1024: 16, 1280: 20, 1600: 25}
DROPOUT = 0.1  # that transformers assumes if config.json names none
# Settings that change what the same weights compute, with the values that GPT-2 has. All names of an activation are the
# tanh form of GELU; the exact form, "gelu", gives other numbers.
SETTINGS: dict[str, tuple[object, ...]] = {
    "model_type": ("gpt2",),
    "activation_function": ("gelu_new", "gelu_pytorch_tanh", "gelu_fast"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
    "is_encoder_decoder": (False,),
    "quantization_config": (None,),
}


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a config.json, or {} if there is no such file.

    Raises CheckpointError if it is damaged, if it is another model's, or if a setting would make the same weights
    compute something else.
    """
    if not path.exists():
        return {}
    settings = read_json_object(path)
    if not settings:
        raise CheckpointError(f"{path} holds no settings; take the one that belongs to the weights")
    for key, values in SETTINGS.items():
        found = settings.get(key, values[0])
        if not any(found == value and type(found) is type(value) for value in values):
            raise CheckpointError(
                f"{path}: {key}: found {in_short(found)}, expected {' or '.join(map(repr, values))}; "
                "this is a model that computes something else than GPT-2, and it can't be used"
            )
    return settings


def make_config(path: Path, settings: Mapping[str, Any], sizes: Mapping[str, int], dropout: float | None) -> GPT2Config:
    """The config of a model whose tensors have these `sizes` (vocab_size, n_positions, n_embd, n_layer).

    The config.json at `path`, with these `settings`, must name the same. Without it (`settings` is empty), the number
    of heads, which no tensor shows, is that of the published model of this width. `dropout` None means that of the
    config. Raises CheckpointError.
    """
    width = sizes["n_embd"]
    if settings:
        heads = _check_sizes(path, settings, sizes)
    elif width in PUBLISHED_HEADS:
        heads = PUBLISHED_HEADS[width]
    else:
        raise CheckpointError(
            f"{path} is missing, and without it the number of heads is known only for the widths of the published "
            f"GPT-2 models ({', '.join(map(str, PUBLISHED_HEADS))}); this model is {width} wide. Put its config.json "
            "beside the weights"
        )
    epsilon = settings.get("layer_norm_epsilon", 1e-5)
    if not isinstance(epsilon, float) or not 0 < epsilon < 1:
        raise CheckpointError(
            f"{path}: layer_norm_epsilon: found {in_short(epsilon)}, expected a number between 0 and 1, 1e-05 in GPT-2"
        )
    if dropout is None:
        dropout = settings.get("resid_pdrop", DROPOUT)
        if type(dropout) not in (int, float) or not 0 <= dropout < 1:
            raise CheckpointError(
                f"{path}: resid_pdrop: found {in_short(dropout)}, expected a probability, from 0 to below 1"
            )
    try:
        return GPT2Config(**sizes, n_head=heads, dropout=dropout, layer_norm_epsilon=epsilon)
    except ValueError as error:
        raise CheckpointError(f"the weights beside {path} are no GPT-2's: {error}") from error


def _check_sizes(path: Path, settings: Mapping[str, Any], sizes: Mapping[str, int]) -> int:
    """The number of heads. Raises CheckpointError if config.json names other sizes than the tensors have."""
    for key, size in sizes.items():
        found = settings.get(key)
        if type(found) is not int or found != size:
            shown = in_short(found) if key in settings else "nothing"
            raise CheckpointError(
                f"{path}: {key}: found {shown}, expected {size} as in the weights; "
                "take the config.json that belongs to them"
            )
    width, heads = sizes["n_embd"], settings.get("n_head")
    if type(heads) is not int or heads < 1 or width % heads:
        shown = in_short(heads) if "n_head" in settings else "nothing"
        raise CheckpointError(f"{path}: n_head: found {shown}, expected a divisor of n_embd ({width})")
    inner = settings.get("n_inner")
    if inner is not None and (type(inner) is not int or inner != 4 * width):
        raise CheckpointError(f"{path}: n_inner: found {in_short(inner)}, expected 4 * n_embd ({4 * width})")
    return heads
