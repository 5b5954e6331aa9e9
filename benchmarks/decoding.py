"""Greedy decoding of GPT-2 124M on a CPU: wikitune beside transformers and CTranslate2, for 32 rows and for one.

All have the same random weights and the same prompts of 40 tokens, and generate 64 tokens per row. Each runs in its own
process, and they take turns. CTranslate2 is not a dependency: if it is missing, its line says so.

    python -m benchmarks.decoding
"""

import importlib
import importlib.util
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

ROWS, PROMPT, NEW, TURNS = (32, 1), 40, 64, 5
LONGEST = 180  # seconds after which no new turn begins
CONTENDERS = {  # with the package each of them needs
    "ours, bf16": "torch",
    "ours, fp32": "torch",
    "ours, int8": "torch",
    "ours, int8_weights": "torch",
    "transformers, bf16": "transformers",
    "CTranslate2, int8": "ctranslate2",
}
NO_STOP = -1  # no token has this id, so all rows reach the limit

Prompts = list[list[int]]
Answers = list[list[int]]


def load_wikitune(precision: str) -> Callable[[Prompts], Answers]:
    from model.core.process import prepare_process

    prepare_process()
    import torch

    from model.decoding.generation import generate
    from model.decoding.prepared import prepare_for_decoding, prepare_in_int8

    model = _weights()
    if precision == "bf16":
        model.to_precision(torch.bfloat16)
    if precision in ("int8", "int8_weights"):
        model = prepare_in_int8(model, fine=precision == "int8_weights")
    else:
        model = prepare_for_decoding(model)
    return lambda prompts: [list(answer.tokens) for answer in generate(model, prompts, NEW, NO_STOP)]


def load_transformers() -> Callable[[Prompts], Answers]:
    import torch

    model = _peer().to(torch.bfloat16)

    @torch.inference_mode()
    def answer(prompts: Prompts) -> Answers:
        input_ids = torch.tensor(prompts)
        mask = torch.ones_like(input_ids)
        output: Answers = model.generate(
            input_ids, attention_mask=mask, max_new_tokens=NEW, do_sample=False, use_cache=True, pad_token_id=0
        )[:, PROMPT:].tolist()
        return output

    return answer


def load_ctranslate2() -> Callable[[Prompts], Answers]:
    peer: Any = importlib.import_module("ctranslate2")
    loader: Any = importlib.import_module("ctranslate2.converters.transformers").GPT2Loader()

    # The steps of CTranslate2's converter, which would also read a tokenizer; random weights have none.
    model = _peer()
    spec = loader.get_model_spec(model)
    spec.register_vocabulary([str(token) for token in range(model.config.vocab_size)])
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = "50256"
    spec.validate()
    spec.optimize(quantization="int8")
    with tempfile.TemporaryDirectory() as folder:
        spec.save(folder)
        generator = peer.Generator(folder, device="cpu", compute_type="int8", inter_threads=1, intra_threads=_cores())

    def answer(prompts: Prompts) -> Answers:
        texts = [[str(token) for token in prompt] for prompt in prompts]
        results = generator.generate_batch(
            texts, max_length=NEW, min_length=NEW, sampling_topk=1, include_prompt_in_result=False
        )
        return [result.sequences_ids[0] for result in results]

    return answer


def _cores() -> int:
    import torch

    return torch.get_num_threads()


def _weights() -> Any:
    import torch

    from model.core.gpt2 import GPT2
    from model.core.gpt2_config import GPT2Config

    return GPT2(GPT2Config()).init_weights(torch.Generator().manual_seed(1)).eval()


def _peer() -> Any:
    from transformers import GPT2Config, GPT2LMHeadModel

    # Without a stop token every row reaches the limit.
    model: Any = GPT2LMHeadModel(GPT2Config(eos_token_id=None, bos_token_id=None))
    model.train(False)
    model.transformer.load_state_dict(_weights().state_dict(), strict=False)
    return model.requires_grad_(False)


def decode_in_turns(name: str, prompts: Prompts, connection: Connection) -> None:
    """Takes a turn for each message, the number of rows to decode, until it is 0. Replies with the seconds, the tokens
    and the process's peak memory in MB."""
    if name.startswith("ours"):
        answer = load_wikitune(name.split()[-1])
    else:
        answer = load_transformers() if name.startswith("transformers") else load_ctranslate2()
    while rows := connection.recv():
        started = time.perf_counter()
        answers = answer(prompts[:rows])
        seconds = time.perf_counter() - started
        connection.send((seconds, answers, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    import torch

    prompts = torch.randint(0, 50256, (max(ROWS), PROMPT), generator=torch.Generator().manual_seed(2)).tolist()
    context = multiprocessing.get_context("spawn")
    connections = {}
    for name, package in CONTENDERS.items():
        if importlib.util.find_spec(package):
            connections[name], theirs = context.Pipe()
            context.Process(target=decode_in_turns, args=(name, prompts, theirs), daemon=True).start()
    rates: dict[tuple[str, int], list[float]] = {(name, rows): [] for name in connections for rows in ROWS}
    megabytes: dict[str, float] = {}
    begun = time.perf_counter()
    for turn in range(TURNS + 1):  # the first one warms up
        if turn > 1 and time.perf_counter() - begun > LONGEST:
            break
        for rows in ROWS:
            for name, connection in connections.items():
                connection.send(rows)
                seconds, answers, megabytes[name] = connection.recv()
                if {len(answer) for answer in answers} != {NEW}:
                    raise SystemExit(f"{name} gave answers of other lengths than {NEW} tokens")
                if turn:
                    rates[name, rows].append(rows * NEW / seconds)
    for connection in connections.values():
        connection.send(0)
    medians = {key: statistics.median(rate) for key, rate in rates.items()}
    first = next(iter(CONTENDERS))
    print(
        f"{'tokens/s':<20}"
        + "".join(f"{f'{rows} row' + 's' * (rows > 1):>9} {'ours is':>8}" for rows in ROWS)
        + f"{'MB':>7}"
    )
    for name, package in CONTENDERS.items():
        if name not in connections:
            print(f"{name:<20} {package} is not installed")
            continue
        figures = "".join(
            f"{medians[name, rows]:>9.1f} {f'{medians[first, rows] / medians[name, rows]:.2f}x':>8}" for rows in ROWS
        )
        print(f"{name:<20}{figures}{megabytes[name]:>7.0f}")


if __name__ == "__main__":
    main()
