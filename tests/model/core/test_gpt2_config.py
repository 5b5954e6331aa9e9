"""What a config says without torch, compared with the model."""

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config, tensor_shapes


@pytest.mark.parametrize("config", [GPT2Config(), GPT2Config(50, 24, n_embd=8, n_layer=3, n_head=2)])
def test_the_shapes_are_those_of_the_model(config: GPT2Config) -> None:
    """Guards against a check of files that passes a tensor that the model can't load, or refuses a sound one."""
    with torch.device("meta"):
        tensors = GPT2(config).state_dict()
    assert list(tensor_shapes(config).items()) == [(name, tuple(tensor.shape)) for name, tensor in tensors.items()]


def test_width_must_be_a_multiple_of_the_heads() -> None:
    with pytest.raises(ValueError, match=r"n_embd \(10\) must be a multiple of n_head \(4\)"):
        GPT2Config(n_embd=10, n_head=4)
