"""A GPT-2 that is small enough to test in milliseconds."""

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config

TINY = GPT2Config(vocab_size=50, n_positions=24, n_embd=8, n_layer=2, n_head=2)


@pytest.fixture
def tiny() -> GPT2:
    model = GPT2(TINY).init_weights(torch.Generator().manual_seed(0)).eval()
    with torch.no_grad():  # large weights and embeddings of equal length, so that different rows get different answers
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(20)
        model.wte.weight.div_(model.wte.weight.norm(dim=1, keepdim=True))
    return model
