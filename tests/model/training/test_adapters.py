"""LoRA: what is trained, and what is left when it is over. NEFTune: the size of its noise."""

import math
from dataclasses import replace

import torch

from model.core.gpt2 import GPT2, Conv1D
from model.training.adapters import LoRA, add_lora, merge_lora, neftune_noise
from model.training.data import pack
from model.training.loop import train
from tests.model.training.tiny_data import CONFIG, PAD, ROWS

TOKENS = torch.tensor([[1, 2, 3, 4]])


def test_lora_changes_nothing_before_it_is_trained(tiny: GPT2) -> None:
    """Guards against an adapter that doesn't start at zero."""
    before = tiny(TOKENS)
    add_lora(tiny, rank=2, alpha=4.0, seed=1)
    assert torch.equal(tiny(TOKENS), before)
    trained = [name for name, parameter in tiny.named_parameters() if parameter.requires_grad]
    assert len(trained) == 2 * 4 * tiny.config.n_layer
    assert all(name.endswith((".down", ".up")) for name in trained)


def test_merged_weights_compute_what_the_adapters_did(tiny: GPT2) -> None:
    """Guards against a scale that is forgotten in one of the two."""
    names = list(tiny.state_dict())
    add_lora(tiny, rank=2, alpha=4.0, seed=1)
    for module in tiny.modules():
        if isinstance(module, LoRA):
            torch.nn.init.normal_(module.up, generator=torch.Generator().manual_seed(2))
    expected = tiny(TOKENS)
    merge_lora(tiny)
    torch.testing.assert_close(tiny(TOKENS), expected, atol=1e-5, rtol=1e-5)
    assert list(tiny.state_dict()) == names
    assert all(parameter.requires_grad for parameter in tiny.parameters())
    assert not any(isinstance(module, LoRA) for module in tiny.modules())


def test_training_with_lora_learns_and_leaves_a_plain_model(tiny: GPT2) -> None:
    """Guards against frozen weights that move, and adapters that don't."""
    before = {name: tensor.clone() for name, tensor in tiny.state_dict().items()}
    result = train(tiny, ROWS, ROWS, replace(CONFIG, epochs=30, learning_rate=3e-2, lora_rank=2), PAD)
    assert result.kept.val_loss < result.curve[0].val_loss - 0.2
    after = tiny.state_dict()
    changed = {name for name, tensor in after.items() if not torch.equal(tensor, before[name])}
    assert after.keys() == before.keys()
    assert changed == {f"{name}.weight" for name, module in tiny.named_modules() if isinstance(module, Conv1D)}


def test_lora_in_bfloat16(tiny: GPT2) -> None:
    config = replace(CONFIG, epochs=30, learning_rate=3e-2, lora_rank=2, precision="bfloat16")
    result = train(tiny, ROWS, ROWS, config, PAD)
    assert result.kept.val_loss < result.curve[0].val_loss - 0.2


def test_neftune_adds_noise_of_the_papers_size(tiny: GPT2) -> None:
    """Guards against noise that doesn't shrink with length and width or has one sign only, and an option that changes
    nothing."""
    batch = pack(ROWS[:3], PAD, share_prefix=False)
    noise = neftune_noise(batch.lengths(), tiny.config.n_embd, alpha=5.0)
    for start, length in batch.packed.spans():
        bound = 5.0 / math.sqrt(length * tiny.config.n_embd)
        smallest, largest = (value.item() for value in torch.aminmax(noise[start : start + length]))
        assert -bound <= smallest < -0.5 * bound and 0.5 * bound < largest <= bound
        assert max(-smallest, largest) > 0.8 * bound
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    plain = train(tiny, ROWS, ROWS, CONFIG, PAD)
    noisy = train(twin, ROWS, ROWS, replace(CONFIG, neftune=5.0), PAD)
    assert noisy.curve[0] == plain.curve[0] and noisy.curve[1] != plain.curve[1]
