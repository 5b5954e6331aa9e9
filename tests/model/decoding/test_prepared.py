"""The prepared model against the plain one."""

import copy
from types import SimpleNamespace

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.prepared import prepare_for_decoding


def prompts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(0, 49, (length,), generator=generator).tolist() for length in lengths]


@pytest.mark.parametrize("rows", [prompts(5), prompts(3, 9, 1)])
def test_prepared_weights_give_the_same_scores(rows: list[list[int]]) -> None:
    """Guards against a rearranged weight that is transposed or without its bias, or a GELU that is left out."""
    config = GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2)
    exact = GPT2(config).init_weights(torch.Generator().manual_seed(3)).eval()
    with torch.no_grad():
        for name, parameter in exact.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(generator=torch.Generator().manual_seed(4))
    plain = copy.deepcopy(exact).to_precision(torch.bfloat16)
    prepared = prepare_for_decoding(plain)
    for row in rows:
        input_ids = torch.tensor([row])
        expected, of_plain, of_prepared = (model.logits(model(input_ids)) for model in (exact, plain, prepared))
        allowed = 2 * (of_plain.float() - expected).abs().max() + 1e-3
        assert (of_prepared.float() - expected).abs().max() <= allowed


def test_in_float32_the_prepared_model_is_the_model(tiny: GPT2) -> None:
    """Guards against default answers that depend on what the processor can."""
    assert prepare_for_decoding(tiny) is tiny


@pytest.mark.parametrize("missing", ["_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported"])
def test_without_the_private_operators_the_prepared_model_is_the_model(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Guards against an AttributeError with a torch that has renamed one of them; the scores are the plain ones."""
    operators = {"_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported"} - {missing}
    monkeypatch.setattr(torch.ops, "mkldnn", SimpleNamespace(**{name: lambda: True for name in operators}))
    tiny.to_precision(torch.bfloat16)
    assert prepare_for_decoding(tiny) is tiny
