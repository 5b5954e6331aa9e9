"""The model, compared with transformers' GPT-2."""

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config


def test_logits_equal_those_of_transformers(tiny: GPT2) -> None:
    """Guards against any difference from GPT-2: activation, layer norm's epsilon, masks, scaling, tied weights."""
    from transformers import GPT2Config as PeerConfig, GPT2LMHeadModel

    config = tiny.config
    peer = GPT2LMHeadModel(
        PeerConfig(vocab_size=50, n_positions=24, n_embd=8, n_layer=2, n_head=2, bos_token_id=49, eos_token_id=49)
    )
    peer.train(False)
    missing, unexpected = peer.transformer.load_state_dict(tiny.state_dict(), strict=False)
    assert (missing, unexpected) == ([], [])
    input_ids = torch.randint(0, config.vocab_size, (3, config.n_positions), generator=torch.Generator().manual_seed(1))
    ours = tiny.logits(tiny(input_ids))
    torch.testing.assert_close(ours, peer(input_ids).logits, atol=1e-5, rtol=0)


def test_no_position_sees_what_follows(tiny: GPT2) -> None:
    """Guards against a missing causal mask, which makes losses look wonderful."""
    first = torch.tensor([[1, 2, 3, 4, 5]])
    second = torch.tensor([[1, 2, 3, 9, 9]])
    assert torch.equal(tiny(first)[:, :3], tiny(second)[:, :3])
    assert not torch.equal(tiny(first)[:, 3:], tiny(second)[:, 3:])


def test_initial_scale_is_gpt2s() -> None:
    """Guards against residual projections that are not scaled down with depth."""
    model = GPT2(GPT2Config(vocab_size=1000, n_positions=64, n_embd=128, n_layer=8, n_head=4))
    model.init_weights(torch.Generator().manual_seed(0))
    deviations = {name: parameter.std().item() for name, parameter in model.named_parameters()}
    assert deviations["wte.weight"] == pytest.approx(0.02, rel=0.02)
    assert deviations["h.0.mlp.c_fc.weight"] == pytest.approx(0.02, rel=0.02)
    assert deviations["h.0.mlp.c_proj.weight"] == pytest.approx(0.02 / 4, rel=0.02)
    assert deviations["h.7.attn.c_proj.weight"] == pytest.approx(0.02 / 4, rel=0.02)


def test_parameter_count_is_that_of_the_124m_model() -> None:
    """Guards against an output matrix that is counted, or stored, beside the embedding it is tied to."""
    with torch.device("meta"):
        assert GPT2(GPT2Config()).parameter_count() == 124_439_808


def test_rows_longer_than_the_context_are_refused(tiny: GPT2) -> None:
    with pytest.raises(ValueError, match="25 positions exceed the model's context of 24"):
        tiny(torch.zeros((1, 25), dtype=torch.int64))
