"""The loss of a given text."""

import math

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.text_loss import summed_loss
from model.training.data import TokenSequence
from model.training.loss import evaluate

CONFIG = GPT2Config(vocab_size=50, n_positions=16, n_embd=8, n_layer=2, n_head=2)


def test_the_sum_is_that_of_the_validation_loss() -> None:
    """Guards against targets that are not shifted, and against a mean where pages need a sum."""
    model = GPT2(CONFIG).init_weights(torch.Generator().manual_seed(1), embedding_std=0.5)
    tokens = [3, 7, 7, 1, 49, 0]
    mean = evaluate(model, [TokenSequence(tuple(tokens))], 0).all
    assert summed_loss(model, tokens) == pytest.approx(5 * mean)


def test_a_model_that_knows_nothing_has_the_loss_of_chance() -> None:
    model = GPT2(CONFIG).init_weights(torch.Generator().manual_seed(1))
    with torch.no_grad():
        model.wte.weight.zero_()
    assert summed_loss(model, [1, 2, 3]) == pytest.approx(2 * math.log(50))


def test_the_last_token_may_stand_behind_the_context() -> None:
    model = GPT2(CONFIG).init_weights(torch.Generator().manual_seed(1))
    assert summed_loss(model, list(range(17))) > 0
    with pytest.raises(ValueError, match="17 positions exceed"):
        summed_loss(model, list(range(18)))
