"""The sizes of a GPT-2, and the names and shapes of its tensors. Needs no torch, so that files are checked at once."""

from dataclasses import dataclass

# The largest sizes that a config may have, far above any GPT-2's: a damaged one must not take hours or all memory.
_MOST = {"vocab_size": 2**24, "n_positions": 2**24, "n_embd": 2**24, "n_layer": 1000, "n_head": 2**24}


@dataclass(frozen=True)
class GPT2Config:
    """The sizes of a GPT-2; the defaults are those of the 124M model."""

    vocab_size: int = 50257
    n_positions: int = 1024  # context length in tokens
    n_embd: int = 768  # width
    n_layer: int = 12  # blocks
    n_head: int = 12  # attention heads per block
    dropout: float = 0.0  # probability, while training
    layer_norm_epsilon: float = 1e-5

    def __post_init__(self) -> None:
        """Raises ValueError for a value that no model has: a config.json may hold anything."""
        for name, most in _MOST.items():
            size = getattr(self, name)
            if type(size) is not int or not 1 <= size <= most:
                raise ValueError(f"{name} must be a whole number from 1 to {most:,}, is {size!r:.40}")
        for name in ("dropout", "layer_norm_epsilon"):
            number = getattr(self, name)
            if type(number) not in (int, float) or not 0 <= number <= 1:
                raise ValueError(f"{name} must be a number from 0 to 1, is {number!r:.40}")
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd ({self.n_embd}) must be a multiple of n_head ({self.n_head})")


def tensor_shapes(config: GPT2Config) -> dict[str, tuple[int, ...]]:
    """The shapes of the model's tensors by GPT-2's own names, in the order of `GPT2.state_dict()`.

    Linear layers are stored input-first, [in, out]. The output matrix is the token embedding, so it isn't listed.
    """
    C = config.n_embd
    shapes: dict[str, tuple[int, ...]] = {"wte.weight": (config.vocab_size, C), "wpe.weight": (config.n_positions, C)}
    for layer in range(config.n_layer):
        for name, shape in {
            "ln_1": (C,),
            "attn.c_attn": (C, 3 * C),
            "attn.c_proj": (C, C),
            "ln_2": (C,),
            "mlp.c_fc": (C, 4 * C),
            "mlp.c_proj": (4 * C, C),
        }.items():
            shapes[f"h.{layer}.{name}.weight"] = shape
            shapes[f"h.{layer}.{name}.bias"] = shape[-1:]
    return shapes | {"ln_f.weight": (C,), "ln_f.bias": (C,)}
