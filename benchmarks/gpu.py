"""Training and decoding on a GPU: wikitune beside plain loops over transformers, what must be reached, and whether
results are exact there. It takes at most five minutes and needs only torch, tiktoken, safetensors and transformers.

Weights are random. So are the tokens, in rows about as long as those of an instruction data set; with a data set and
GPT-2's vocabulary, as in benchmarks/training.py, they are real.

    python -m benchmarks.gpu
    python -m benchmarks.gpu --data instruction-data.json --vocabulary gpt2-tokenizer/
    python -m benchmarks.gpu --device cpu --tiny    # takes every path in seconds, and measures nothing
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.gpu_rates import Scale
    from model.training.data import TokenSequence

SECONDS = 300
PEAKS = {"H100": 989e12, "H200": 989e12, "A100": 312e12}  # floating-point operations a second in bfloat16, data sheets
WIDTH = 44

Measure = Callable[[], float]


@dataclass(frozen=True)
class TimedWork:
    """A line of the table: tokens a second, or seconds if `fewer_is_better`."""

    name: str
    goal: float  # what must be reached on an H200
    ours: Measure
    peer: Measure | None = None
    fewer_is_better: bool = False
    operations: float = 0.0  # per token, if the share of the card's peak is of interest; the goal is then that share


def operations_per_token(scale: "Scale", size: str) -> float:
    """Of training on rows that fill the context: six for each weight that is multiplied, and causal attention
    (Chowdhery et al., 2022, "PaLM", appendix B, where attention isn't causal and takes twice as many)."""
    import torch

    from model.core.gpt2 import GPT2

    config = scale.sizes[size]
    with torch.device("meta"):
        model = GPT2(config)
    weights = model.parameter_count() - model.wpe.weight.numel()
    return 6 * weights + 6 * config.n_layer * config.n_embd * config.n_positions


def short_lines(scale: "Scale", rows: "list[TokenSequence]") -> list[TimedWork]:
    """Training on short rows, a whole run, decoding and answering."""
    import torch

    from benchmarks import gpu_rates as rates

    def training(size: str, batch_size: int, goal: float) -> TimedWork:
        config = scale.sizes[size]
        batches = rates.batches_of(rows, batch_size, scale.steps[batch_size])
        return TimedWork(
            f"train {size}, batch {batch_size}, tokens/s",
            goal,
            lambda: rates.training_rate(rates.train_ours(config, batches, scale.device), batches),
            lambda: rates.training_rate(rates.train_peer(config, batches[: len(batches) // 2], scale.device), batches),
        )

    def decoding(count: int, goal: float) -> TimedWork:
        config, new = scale.sizes["124M"], scale.new_tokens
        prompts = [
            torch.randint(0, scale.vocabulary, (40,), generator=torch.Generator().manual_seed(row)).tolist()
            for row in range(count)
        ]
        return TimedWork(
            f"decode 124M, {count} row{'s' * (count > 1)}, tokens/s",
            goal,
            lambda: rates.decoding_rate(
                rates.decode_ours(config, prompts, scale.device, new), scale.device, count * new, calls=3
            ),
            lambda: rates.decoding_rate(
                rates.decode_peer(config, prompts, scale.device, new), scale.device, count * new, calls=1
            ),
        )

    known = {1: 1_300.0, 32: 35_000.0, 256: 150_000.0}
    validation = rates.seeded_rows(scale.validation_rows, scale, seed=2)
    answered = [list(row.tokens[: row.response_start]) for row in rows[: scale.answered]]
    return [
        training("355M", 8, 32_000),
        training("124M", 8, 70_000),
        training("355M", 64, 100_000),
        TimedWork(
            f"355M, {scale.reference_rows:,} rows, 8 evaluations, s",
            5.0,
            lambda: rates.reference_seconds(scale, rows[: scale.reference_rows], validation),
            fewer_is_better=True,
        ),
        *(decoding(count, known.get(count, 0.0)) for count in scale.decoded_rows),
        TimedWork(
            f"answer {scale.answered} rows, three of 355M, s",
            10.0,
            lambda: rates.answering_seconds(scale, answered),
            fewer_is_better=True,
        ),
    ]


def long_lines(scale: "Scale") -> list[TimedWork]:
    """Training on rows that fill the context. Ours is compiled."""
    from benchmarks import gpu_rates as rates

    def training(size: str, goal: float) -> TimedWork:
        config, count = scale.sizes[size], scale.long_rows[size]
        batches = rates.batches_of(rates.long_rows(4 * count, scale), count, scale.long_steps)

        def ours() -> float:
            compiled = scale.device.type == "cuda"
            return rates.training_rate(rates.train_ours(config, batches, scale.device, compile=compiled), batches)

        return TimedWork(
            f"train {size}, {count} rows of {scale.context}, tokens/s",
            goal,
            ours,
            lambda: rates.training_rate(rates.train_peer(config, batches[: len(batches) // 2], scale.device), batches),
            operations=operations_per_token(scale, size),
        )

    return [training("124M", 0.40), training("355M", 0.42)]


def format_figure(line: TimedWork, figure: float | None, peak: float | None) -> str:
    if figure is None:
        return "-"
    if line.fewer_is_better:
        return f"{figure:.1f}"
    share = f" ({figure * line.operations / peak:.1%})" if line.operations and peak else ""
    return f"{figure:,.0f}{share}"


def format_goal(line: TimedWork) -> str:
    if line.operations:
        return f"{line.goal:.0%}"
    return f"{line.goal:,.0f}" if line.goal else "-"


def measure(line: TimedWork, peak: float | None) -> str:
    """The line of the table. What fails says so, and the next line is measured all the same."""
    from benchmarks.gpu_rates import begin_afresh
    from model.training.loop import TrainingError

    figures: list[float | None] = []
    failed = ""
    for name, figure in (("ours", line.ours), ("transformers", line.peer)):
        begin_afresh()
        try:
            figures.append(figure() if figure else None)
        except (RuntimeError, ValueError, TrainingError) as error:  # mostly: memory is short
            figures.append(None)
            failed += f"\n  {name} failed: {(str(error) or type(error).__name__).splitlines()[0]}"
    ours, peer = figures
    ratio = f"{peer / ours if line.fewer_is_better else ours / peer:.2f}x" if ours and peer else "-"
    shown = (format_figure(line, ours, peak), format_figure(line, peer, peak), ratio, format_goal(line))
    return f"{line.name:<{WIDTH}}{shown[0]:>18}{shown[1]:>18}{shown[2]:>9}{shown[3]:>12}{failed}"


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--tiny", action="store_true", help="tiny models, which say nothing about speed")
    parser.add_argument("--data", type=Path, help="an instruction data set, a JSON array")
    parser.add_argument("--vocabulary", type=Path, help="a folder with GPT-2's vocab.bpe and encoder.json")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="after which nothing more is begun")
    options = parser.parse_args(arguments)
    if (options.data is None) != (options.vocabulary is None):
        parser.error("--data and --vocabulary need each other")
    if options.data and options.tiny:
        parser.error("a tiny model has no room for the tokens of --data")
    return options


def rows_to_train_on(options: argparse.Namespace, scale: "Scale") -> "list[TokenSequence]":
    """As many rows as a whole run has; those of a smaller data set come again."""
    if options.data:
        from benchmarks.training import encode_data_set

        rows = encode_data_set(options.data, options.vocabulary)
        return (rows * (scale.reference_rows // len(rows) + 1))[: scale.reference_rows]
    from benchmarks.gpu_rates import seeded_rows

    return seeded_rows(scale.reference_rows, scale, seed=1)


def main(arguments: list[str] | None = None) -> None:
    options = parse_arguments(arguments)
    begun = time.perf_counter()
    from model.core.process import prepare_process

    prepare_process()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only with a fixed workspace
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        print(f"torch {torch.__version__} sees no GPU here, so there is nothing to measure")
        return
    from benchmarks.gpu_checks import CHECKS, run_check
    from benchmarks.gpu_rates import gpt2_scale, tiny_scale

    device = torch.device(options.device)
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    peak = next((operations for name, operations in PEAKS.items() if name in card), None)
    scale = (tiny_scale if options.tiny else gpt2_scale)(device)
    rows = rows_to_train_on(options, scale)
    mean = sum(len(row.tokens) for row in rows) / len(rows)
    known = f"{peak / 1e12:.0f} TFLOP/s in bfloat16" if peak else "peak unknown"
    print(f"{card} ({known}), torch {torch.__version__}; rows of {mean:.1f} tokens on average", flush=True)
    if options.tiny:
        print("tiny models: these figures say nothing about speed")
    print(f"{'':<{WIDTH}}{'ours':>18}{'transformers':>18}{'ours is':>9}{'must reach':>12}")
    left_out = []
    failed = 0
    for line in [*short_lines(scale, rows), *long_lines(scale)]:
        if time.perf_counter() - begun > options.seconds:
            left_out.append(line.name)
        else:
            print(measure(line, peak), flush=True)
    for name in CHECKS:
        if time.perf_counter() - begun > options.seconds:
            left_out.append(name)
        else:
            holds, found = run_check(name, scale)
            failed += not holds
            print(f"{'holds' if holds else 'FAILS'}  {name:<{WIDTH}}{found}", flush=True)
    for name in left_out:
        print(f"left out after {options.seconds:.0f} seconds: {name}")
    print(f"{time.perf_counter() - begun:.0f} seconds in all")
    if failed:
        raise SystemExit(f"{failed} of {len(CHECKS)} checks failed")


if __name__ == "__main__":
    main()
