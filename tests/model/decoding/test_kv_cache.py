"""The KV cache, and attention to it, compared with whole rows."""

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.kv_cache import CachedRows, KVCache, PromptRows


def test_cache_gives_the_hidden_states_of_the_whole_row(tiny: GPT2) -> None:
    """Guards against a causal mask that is aligned to the cache's first position, and against attention to padding."""
    rows = [[3, 1, 4, 1, 5, 9], [2, 7]]
    cache = KVCache(tiny, rows=2, length=8)
    prompts = torch.tensor([*rows[0][:5], *rows[1]])
    prefill = tiny.hidden(prompts, PromptRows(cache, [5, 2], prompts.device))
    step = tiny.hidden(torch.tensor([9, 8]), CachedRows(cache, [5, 2], prompts.device))
    torch.testing.assert_close(prefill[:5], tiny(torch.tensor([rows[0]]))[0, :5])
    torch.testing.assert_close(prefill[5:], tiny(torch.tensor([rows[1]]))[0])
    torch.testing.assert_close(step[0], tiny(torch.tensor([rows[0]]))[0, 5])
    torch.testing.assert_close(step[1], tiny(torch.tensor([[2, 7, 8]]))[0, 2])


def test_memory_that_was_never_written_is_never_seen(tiny: GPT2) -> None:
    """Guards against NaN from a part of the cache that a row has not reached yet but another row has."""
    cache = KVCache(tiny, rows=2, length=24)
    device = torch.device("cpu")
    tiny.hidden(torch.tensor([1, 2, 3, 4]), PromptRows(cache, [3, 1], device))
    for tensors in (cache.keys, cache.values):
        for tensor in tensors:
            tensor[1, :, 2:] = 1e9
    step = tiny.hidden(torch.tensor([5, 6]), CachedRows(cache, [3, 1], device))
    torch.testing.assert_close(step[1], tiny(torch.tensor([[4, 6]]))[0, 1])


def test_the_cache_does_not_grow_past_its_length(tiny: GPT2) -> None:
    cache = KVCache(tiny, rows=1, length=20)
    assert [cache.reserve(length) for length in (1, 16, 17, 20)] == [16, 16, 20, 20]
    with pytest.raises(ValueError, match="21 positions exceed the cache's 20"):
        cache.reserve(21)


@pytest.mark.parametrize("count", [3, KVCache.FEW_ROWS + 4])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_cached_step_gives_the_scores_of_the_whole_row(count: int, precision: torch.dtype) -> None:
    """Guards against a mask, a scale or a layout that differs between the kernels for few rows and for many."""
    config = GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2)
    model = GPT2(config).init_weights(torch.Generator().manual_seed(3), embedding_std=0.5).eval()
    generator = torch.Generator().manual_seed(7)
    rows = [torch.randint(0, 49, (2 + index % 7,), generator=generator).tolist() for index in range(count)]
    with torch.inference_mode():
        expected = torch.stack([model.logits(model(torch.tensor([row]))[0, -1]) for row in rows])
    model.to_precision(precision)
    with torch.inference_mode():
        cache = KVCache(model, count, 24)
        begun = PromptRows(cache, [len(row) - 1 for row in rows], torch.device("cpu"))
        model.hidden(torch.tensor([token for row in rows for token in row[:-1]]), begun)
        step = CachedRows(cache, [len(row) - 1 for row in rows], torch.device("cpu"))
        scores = model.logits(model.hidden(torch.tensor([row[-1] for row in rows]), step)).float()
    assert (cache.keys[0].dtype == torch.float32) == (count <= KVCache.FEW_ROWS or precision == torch.float32)
    tolerance = 1e-5 if precision == torch.float32 else 0.02 * float(expected.abs().max())
    assert (scores - expected).abs().max() < tolerance


@pytest.mark.parametrize("count", [3, KVCache.FEW_ROWS + 4])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_cached_step_attends_as_torch_does(count: int, precision: torch.dtype) -> None:
    """Guards against a kernel that scales the scores by another factor. A model with small weights hides that, because
    all its scores are near 0."""
    config = GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=1, n_head=2)
    model = GPT2(config).init_weights(torch.Generator().manual_seed(3)).to_precision(precision)
    lengths = [2 + index % 5 for index in range(count)]
    generator, device = torch.Generator().manual_seed(7), torch.device("cpu")
    q, k, v = (torch.randn(sum(lengths) + count, 2, 16, generator=generator).to(precision) for _ in range(3))
    earlier, new = slice(0, sum(lengths)), slice(sum(lengths), None)
    cache = KVCache(model, count, 24)
    PromptRows(cache, lengths, device).attend(0, q[earlier], k[earlier], v[earlier], 0.0)
    found = CachedRows(cache, lengths, device).attend(0, q[new], k[new], v[new], 0.0)
    old_keys, old_values = torch.split(k[earlier], lengths), torch.split(v[earlier], lengths)
    for row in range(count):
        keys = torch.cat([old_keys[row], k[new][row : row + 1]]).float().transpose(0, 1)  # [H, T, D]
        values = torch.cat([old_values[row], v[new][row : row + 1]]).float().transpose(0, 1)
        expected = F.scaled_dot_product_attention(q[new][row].float()[:, None], keys, values)[:, 0]
        assert (found[row] - expected).abs().max() < (1e-5 if precision == torch.float32 else 0.05)


def test_kept_rows_keep_their_keys_and_values(tiny: GPT2) -> None:
    """Guards against rows that are dropped from one of the two only, or from one layer only."""
    cache = KVCache(tiny, rows=3, length=24)
    cache.reserve(4)
    for tensors in (cache.keys, cache.values):
        for tensor in tensors:
            tensor += torch.arange(3.0)[:, None, None, None]
    cache.keep(torch.tensor([0, 2]))
    for tensor in [*cache.keys, *cache.values]:
        assert tensor.shape[:1] == (2,)
        assert tensor.mean(dim=(1, 2, 3)).tolist() == [0.0, 2.0]


def test_rows_at_one_position_attend_like_rows_at_several(tiny: GPT2) -> None:
    """Guards against the shortcut for rows of the same length storing at another index than the general code."""
    device = torch.device("cpu")
    cache = KVCache(tiny, rows=2, length=8)
    tiny.hidden(torch.tensor([3, 1, 4, 2, 7, 5]), PromptRows(cache, [3, 3], device))
    step = tiny.hidden(torch.tensor([9, 8]), CachedRows(cache, [3, 3], device))
    torch.testing.assert_close(step[0], tiny(torch.tensor([[3, 1, 4, 9]]))[0, 3])
    torch.testing.assert_close(step[1], tiny(torch.tensor([[2, 7, 5, 8]]))[0, 3])
    step = tiny.hidden(torch.tensor([6, 6]), CachedRows(cache, [4, 4], device))
    torch.testing.assert_close(step[0], tiny(torch.tensor([[3, 1, 4, 9, 6]]))[0, 4])
