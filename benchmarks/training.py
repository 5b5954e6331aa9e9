"""Training GPT-2 124M on a CPU: wikitune beside a plain loop over transformers' model, in float32 and under autocast.

All train on the same batches of 8 from the same random weights. Each runs in its own process, and they take turns of a
few steps. The sequences come from a real instruction data set: pass its file, a JSON array of `instruction`, `input`
and `output`, and a folder with GPT-2's `vocab.bpe` and `encoder.json`.

    python -m benchmarks.training instruction-data.json gpt2-tokenizer/
"""

import json
import multiprocessing
import random
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from model.training.data import TokenSequence

BATCH, STEPS_PER_TURN, TURNS = 8, 4, 6
LEARNING_RATE, WEIGHT_DECAY, END_OF_TEXT = 5e-5, 0.1, 50256
CONTENDERS = ("ours, bf16", "transformers, fp32", "transformers, bf16 autocast")


def encode_data_set(data: Path, vocabulary: Path) -> list[TokenSequence]:
    import tiktoken
    from tiktoken.load import data_gym_to_mergeable_bpe_ranks

    from model.core.tokenizer import GPT2_PATTERN
    from model.training.data import encode_example

    ranks = data_gym_to_mergeable_bpe_ranks(str(vocabulary / "vocab.bpe"), str(vocabulary / "encoder.json"))
    encoding = tiktoken.Encoding(
        "gpt2", pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": END_OF_TEXT}
    )
    rows = json.loads(data.read_text(encoding="utf-8"))
    encoded = [encode_example(encoding, row["instruction"], row["input"], row["output"]) for row in rows]
    random.Random(1).shuffle(encoded)
    return encoded


def train_wikitune(batches: list[list[TokenSequence]]) -> Iterator[float]:
    """Trains on one batch after the other and yields each batch's mean loss."""
    from model.core.process import prepare_process

    prepare_process()
    from model.training.loop import TrainingConfig, train_on_batches

    config = TrainingConfig(
        epochs=1,
        batch_size=BATCH,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        warmup=0.0,
        schedule="constant",
        keep="last",
        precision="bfloat16",
    )
    yield from train_on_batches(_initial_weights(), batches, config, END_OF_TEXT)


def train_transformers(batches: list[list[TokenSequence]], autocast: bool) -> Iterator[float]:
    """The same with transformers' model, padding each batch to its longest row."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    model = GPT2LMHeadModel(config)
    model.transformer.load_state_dict(_initial_weights().state_dict(), strict=False)
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True if autocast else None
    )
    for rows in batches:
        width = max(len(row.tokens) for row in rows)
        input_ids = torch.full((len(rows), width), END_OF_TEXT)
        labels = torch.full((len(rows), width), -100)
        mask = torch.zeros((len(rows), width), dtype=torch.int64)
        for index, row in enumerate(rows):
            tokens = torch.tensor(row.tokens)
            input_ids[index, : len(tokens)] = labels[index, : len(tokens)] = tokens
            mask[index, : len(tokens)] = 1
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            loss = model(input_ids=input_ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        yield loss.item()


def _initial_weights() -> Any:
    import torch

    from model.core.gpt2 import GPT2
    from model.core.gpt2_config import GPT2Config

    return GPT2(GPT2Config()).init_weights(torch.Generator().manual_seed(1))


def train_in_turns(name: str, batches: list[list[TokenSequence]], connection: Connection) -> None:
    """Takes a turn of `STEPS_PER_TURN` steps for each message. Replies with the seconds and the loss of each step, and
    with the process's peak memory in MB."""
    if name.startswith("ours"):
        steps = train_wikitune(batches)
    else:
        steps = train_transformers(batches, autocast="autocast" in name)
    for _ in range(TURNS + 1):
        connection.recv()
        turn = []
        for _ in range(STEPS_PER_TURN):
            started = time.perf_counter()
            loss = next(steps)
            turn.append((time.perf_counter() - started, loss))
        connection.send((turn, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    rows = encode_data_set(Path(sys.argv[1]), Path(sys.argv[2]))
    batches = [rows[BATCH * i : BATCH * (i + 1)] for i in range(STEPS_PER_TURN * (TURNS + 1))]
    context = multiprocessing.get_context("spawn")
    connections = {}
    for name in CONTENDERS:
        connections[name], theirs = context.Pipe()
        context.Process(target=train_in_turns, args=(name, batches, theirs), daemon=True).start()
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    losses: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    megabytes: dict[str, float] = {}
    for turn in range(TURNS + 1):  # the first one warms up
        tokens = [sum(len(row.tokens) for row in batch) for batch in batches[turn * STEPS_PER_TURN :][:STEPS_PER_TURN]]
        for name, connection in connections.items():
            connection.send("go")
            steps, megabytes[name] = connection.recv()
            losses[name] += [loss for _, loss in steps]
            if turn:
                rates[name] += [count / seconds for count, (seconds, _) in zip(tokens, steps, strict=True)]
    medians = {name: statistics.median(rate) for name, rate in rates.items()}
    reference = statistics.mean(losses["transformers, fp32"][-STEPS_PER_TURN:])
    print(f"{'':<28} {'tokens/s':>8} {'ours is':>8} {'MB':>6} {'last loss':>10} {'from fp32':>10}")
    for name in CONTENDERS:
        loss = statistics.mean(losses[name][-STEPS_PER_TURN:])
        ratio = f"{medians[CONTENDERS[0]] / medians[name]:.2f}x"
        figures = f"{medians[name]:>8.0f} {ratio:>8} {megabytes[name]:>6.0f} {loss:>10.4f} {loss - reference:>+10.4f}"
        print(f"{name:<28} {figures}")


if __name__ == "__main__":
    main()
