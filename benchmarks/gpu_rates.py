"""What benchmarks/gpu.py times: training and decoding on one device, by wikitune and by plain loops over transformers.

The loops over transformers are what most people would write: padded batches, bfloat16 autocast, fused AdamW, gradient
clipping, the loss read after every step; `model.generate` in bfloat16.
"""

import gc
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.generation import generate
from model.decoding.prepared import prepare_for_decoding
from model.training.data import TokenSequence
from model.training.loop import TrainingConfig, train, train_on_batches

LEARNING_RATE, WEIGHT_DECAY = 5e-5, 0.1
NO_STOP = -1  # no token has this id, so every row reaches the limit
BURST = 1e-4  # seconds: losses that come closer together than this were read together

Batches = list[list[TokenSequence]]


@dataclass(frozen=True)
class Scale:
    """What is timed: GPT-2 on a GPU, or a tiny model that takes every path in seconds."""

    device: torch.device
    sizes: dict[str, GPT2Config]
    steps: dict[int, int]  # of training on short rows, by batch size; the first quarter warms up
    long_rows: dict[str, int]  # batch size by model, of rows that fill the context
    long_steps: int
    reference_rows: int  # of a whole run, a step for every 8 of them
    validation_rows: int
    decoded_rows: tuple[int, ...]
    new_tokens: int
    answered: int  # prompts of `infer`
    answer_tokens: int
    checked_steps: int  # of each run whose exactness is checked

    @property
    def context(self) -> int:
        return next(iter(self.sizes.values())).n_positions

    @property
    def vocabulary(self) -> int:
        return next(iter(self.sizes.values())).vocab_size


def gpt2_scale(device: torch.device) -> Scale:
    return Scale(
        device,
        sizes={"124M": GPT2Config(), "355M": GPT2Config(n_embd=1024, n_layer=24, n_head=16)},
        steps={8: 160, 64: 80},
        long_rows={"124M": 32, "355M": 16},
        long_steps=24,
        reference_rows=1600,
        validation_rows=200,
        decoded_rows=(1, 32, 256),
        new_tokens=128,
        answered=200,
        answer_tokens=256,
        checked_steps=40,
    )


def tiny_scale(device: torch.device) -> Scale:
    tiny = GPT2Config(vocab_size=64, n_positions=128, n_embd=16, n_layer=2, n_head=2)
    return Scale(
        device,
        sizes={"124M": tiny, "355M": tiny},
        steps={8: 4, 64: 4},
        long_rows={"124M": 2, "355M": 2},
        long_steps=4,
        reference_rows=16,
        validation_rows=4,
        decoded_rows=(1, 3),
        new_tokens=4,
        answered=3,
        answer_tokens=4,
        checked_steps=6,
    )


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def begin_afresh() -> None:
    """Gives back the memory that earlier work held, and allows kernels that are not deterministic: wikitune forbids
    them for the whole process when it trains."""
    gc.collect()
    torch.cuda.empty_cache()
    torch.set_deterministic_debug_mode("default")


def seeded_rows(count: int, scale: Scale, seed: int) -> list[TokenSequence]:
    """Random tokens in rows about as long as those of an instruction data set: 41 tokens and a gamma distribution of
    mean 16.4, in all 57.4 with a standard deviation of 8. Each row begins with the same 24 tokens, as prompts do."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        length = min(41 + round(draw.gammavariate(4, 4.1)), scale.context)
        own = [draw.randrange(scale.vocabulary) for _ in range(length - 24)]
        rows.append(
            TokenSequence((*(token % scale.vocabulary for token in range(24)), *own), response_start=length - 13)
        )
    return rows


def long_rows(count: int, scale: Scale) -> list[TokenSequence]:
    """Rows whose tokens fill the context; the last one is only a target."""
    draw = random.Random(2)
    return [
        TokenSequence(tuple(draw.randrange(scale.vocabulary) for _ in range(scale.context + 1))) for _ in range(count)
    ]


def batches_of(rows: Sequence[TokenSequence], size: int, count: int) -> Batches:
    """`count` batches, of rows that come again when all have been taken."""
    endless = itertools.cycle(rows)
    return [list(itertools.islice(endless, size)) for _ in range(count)]


@cache
def _initial_weights(config: GPT2Config) -> GPT2:
    return GPT2(config).init_weights(torch.Generator().manual_seed(1))


def fresh_model(config: GPT2Config, device: torch.device) -> GPT2:
    """Random weights, the same each time."""
    with device:
        model = GPT2(config)
    model.load_state_dict(_initial_weights(config).state_dict())
    return model.eval()


def fresh_peer(config: GPT2Config, device: torch.device) -> Any:
    """transformers' model with the same weights, without dropout and without a token that ends an answer."""
    from transformers import GPT2Config as PeerConfig, GPT2LMHeadModel
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    sizes = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head")
    given: dict[str, Any] = {name: getattr(config, name) for name in sizes}
    given |= dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0)
    with device:
        peer: Any = GPT2LMHeadModel(PeerConfig(**given, bos_token_id=None, eos_token_id=None))
    peer.transformer.load_state_dict(_initial_weights(config).state_dict(), strict=False)
    peer.train(False)
    return peer


def settings(batch_size: int, **changes: Any) -> TrainingConfig:
    """As in the reference experiment: a constant learning rate, all tokens, bfloat16."""
    given: dict[str, Any] = {
        "epochs": 1,
        "batch_size": batch_size,
        "learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "warmup": 0.0,
        "schedule": "constant",
        "keep": "last",
        "precision": "bfloat16",
        "compile": False,
    }
    return TrainingConfig(**given | changes)


def train_ours(config: GPT2Config, batches: Batches, device: torch.device, **changes: Any) -> Iterator[float]:
    pad = config.vocab_size - 1
    yield from train_on_batches(fresh_model(config, device), batches, settings(len(batches[0]), **changes), pad)


def train_peer(config: GPT2Config, batches: Batches, device: torch.device) -> Iterator[float]:
    peer = fresh_peer(config, device).train()
    optimizer = torch.optim.AdamW(peer.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)
    for rows in batches:
        width = min(max(len(row.tokens) for row in rows), config.n_positions)
        input_ids = torch.zeros((len(rows), width), dtype=torch.int64)
        labels = torch.full((len(rows), width), -100)
        mask = torch.zeros((len(rows), width), dtype=torch.int64)
        for index, row in enumerate(rows):
            tokens = torch.tensor(row.tokens[:width])
            input_ids[index, : len(tokens)] = labels[index, : len(tokens)] = tokens
            mask[index, : len(tokens)] = 1
        with torch.autocast(device.type, torch.bfloat16):
            loss = peer(input_ids=input_ids.to(device), attention_mask=mask.to(device), labels=labels.to(device)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(peer.parameters(), 1.0)
        optimizer.step()
        yield loss.item()


def training_rate(losses: Iterator[float], batches: Batches) -> float:
    """Tokens a second, without padding, after the first quarter of the steps.

    Losses may come several at a time: then only the last of them tells how far the steps are.
    """
    stamps = []
    for _ in losses:
        stamps.append(time.perf_counter())
    ends = [i for i, stamp in enumerate(stamps) if i + 1 == len(stamps) or stamps[i + 1] - stamp > BURST]
    first = next((i for i in ends[:-1] if i + 1 >= len(stamps) // 4), ends[0])
    last = ends[-1]
    if first == last:
        raise ValueError(f"the losses of {len(stamps)} steps came all at once: time more steps")
    tokens = sum(len(row.tokens) for batch in batches[first + 1 : last + 1] for row in batch)
    return tokens / (stamps[last] - stamps[first])


def reference_seconds(scale: Scale, training: Sequence[TokenSequence], validation: Sequence[TokenSequence]) -> float:
    """Seconds of one epoch of GPT-2 355M in batches of 8, with 8 evaluations besides the one before training."""
    config = scale.sizes["355M"]
    model = fresh_model(config, scale.device)
    synchronize(scale.device)
    started = time.perf_counter()
    train(model, training, validation, settings(8, evaluations=8), config.vocab_size - 1)
    synchronize(scale.device)
    return time.perf_counter() - started


def decode_ours(config: GPT2Config, prompts: list[list[int]], device: torch.device, new: int) -> Callable[[], int]:
    model = prepare_for_decoding(fresh_model(config, device).to_precision(torch.bfloat16))
    return lambda: sum(len(answer.tokens) for answer in generate(model, prompts, new, NO_STOP))


def decode_peer(config: GPT2Config, prompts: list[list[int]], device: torch.device, new: int) -> Callable[[], int]:
    """`prompts` have one length."""
    peer = fresh_peer(config, device).to(torch.bfloat16)
    input_ids = torch.tensor(prompts, device=device)

    @torch.inference_mode()
    def answer() -> int:
        output = peer.generate(
            input_ids,
            attention_mask=torch.ones_like(input_ids),
            max_new_tokens=new,
            do_sample=False,
            use_cache=True,
            pad_token_id=0,
        )
        return int(output[:, input_ids.shape[1] :].numel())

    return answer


def decoding_rate(decode: Callable[[], int], device: torch.device, expected: int, calls: int) -> float:
    """Tokens a second of the fastest of `calls`, after one that warms up. Raises ValueError if a call gives another
    number of tokens than `expected`."""
    rates = []
    for _ in range(calls + 1):
        synchronize(device)
        started = time.perf_counter()
        tokens = decode()
        synchronize(device)
        rates.append(tokens / (time.perf_counter() - started))
        if tokens != expected:
            raise ValueError(f"{tokens} tokens were decoded instead of {expected}")
    return max(rates[1:])


def answering_seconds(scale: Scale, prompts: list[list[int]]) -> float:
    """Seconds in which three models of 355M answer all `prompts`, in one batch, without reading checkpoints."""
    config = scale.sizes["355M"]
    seconds = 0.0
    for _ in range(3):
        decode = decode_ours(config, prompts, scale.device, scale.answer_tokens)
        synchronize(scale.device)
        started = time.perf_counter()
        decode()
        synchronize(scale.device)
        seconds += time.perf_counter() - started
    return seconds
