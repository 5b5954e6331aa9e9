"""infer: base, small and full each answer the instructions of the test split, and read pages that none was tuned on."""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Never

from pydantic import Field

from stages.common.checkpoints import read_checkpoint
from stages.common.device import Device, choose_device
from stages.common.errors import StageError, run_stage
from stages.common.files import iter_jsonl, read_jsonl, write_json, write_jsonl
from stages.common.params import SAME_RESULT, Positive, SectionModel, Seed, load_params, positive_or
from stages.common.records import ROLES, Answer, Answers, Example, Page, Role
from stages.common.stage_bar import StageBar

if TYPE_CHECKING:
    import tiktoken
    from tqdm import tqdm

    from model.core.gpt2 import GPT2
    from model.decoding.generation import Generation
    from model.decoding.precision import Precision, Trial

log = logging.getLogger("stages.infer")  # as a program, its __name__ is another, whose messages are not shown

TEST = Path("data/splits/full/test.jsonl")
PAGES = Path("data/pages.jsonl")
CHECKPOINTS = Path("data/checkpoints")
ANSWERS = Path("data/answers.jsonl")
PAGE_LOSSES = Path("data/page_losses.json")
METRICS = Path("reports/metrics/infer.json")

COMPARED = 20  # test rows with which `precision: auto` compares precisions
# The loss of pages takes one pass over at most 200 * 256 tokens a model, and no decoding.
MOST_PAGES = 200
PAGE_TOKENS = 256  # of a page, from its beginning; fewer if the model's context is shorter


class Params(SectionModel):
    max_new_tokens: Positive
    batch_size: Annotated[int | Literal["auto"], positive_or("auto")]
    device: Annotated[Device, SAME_RESULT]
    precision: Literal["float32", "bfloat16", "int8", "int8_weights", "auto"]
    temperature: Annotated[float, Field(ge=0, le=100)]
    top_k: Annotated[int, Field(ge=0)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    seed: Seed


def main() -> None:
    params = load_params("infer", Params)
    examples = read_jsonl(TEST, Example)
    metrics: dict[str, Any] = {}
    if params.precision == "auto":
        metrics["auto"] = choose_precision(CHECKPOINTS / "full", examples[:COMPARED], params)
        params = params.model_copy(update={"precision": metrics["auto"]["precision"]})
    warn_of_slow_precision(params)
    with StageBar(total=len(ROLES) * len(examples), unit="row", desc="infer") as bar:
        answers = {role: answer_all(CHECKPOINTS / role, examples, params, bar) for role in ROLES}
    rows = [
        Answers(
            id=example.id,
            instruction=example.instruction,
            input=example.input,
            output=example.output,
            answers={role: answers[role][row] for role in ROLES},
        )
        for row, example in enumerate(examples)
    ]
    write_jsonl(ANSWERS, rows)
    losses = page_losses(draw_held_out_pages(examples), params)
    write_json(PAGE_LOSSES, losses)
    write_json(METRICS, answer_metrics(answers) | loss_metrics(losses) | metrics)


def choose_precision(checkpoint: Path, examples: list[Example], params: Params) -> dict[str, str | int]:
    """The fastest precision that keeps the answers of this model (see `model/decoding/precision.py`), how many answers
    it was chosen by, and how many of them differ from those of float32. All models answer in it."""
    from model.core.process import prepare_process

    prepare_process()

    from model.core.prompt import render_prompt
    from model.decoding.precision import MAY_DIFFER, available_precisions, fastest_that_keeps, try_precision
    from model.decoding.sampling import Sampling

    sampling = Sampling(params.temperature, params.top_k, params.top_p, params.seed)
    trials: list[Trial] = []
    for precision in available_precisions(choose_device(params.device, "infer.device")):
        model, encoding = _load(checkpoint, precision, params.device)
        prompts = [encoding.encode_ordinary(render_prompt(example.instruction, example.input)) for example in examples]
        reference = trials[0] if trials else None
        trials.append(
            try_precision(model, precision, prompts, params.max_new_tokens, encoding.eot_token, sampling, reference)
        )
    chosen = fastest_that_keeps(trials)
    tried = ", ".join(
        f"{trial.precision} {trial.rate:.0f} tokens/s" + (f" ({trial.differing} differ)" if index else "")
        for index, trial in enumerate(trials)
    )
    log.info(
        "infer.precision: auto takes %s: %s; at most %d of %d answers may differ from float32's",
        chosen.precision,
        tried,
        int(MAY_DIFFER * len(examples)),
        len(examples),
    )
    return {"precision": chosen.precision, "compared": len(examples), "differing": chosen.differing}


def _load(checkpoint: Path, precision: "Precision", wanted: Device) -> "tuple[GPT2, tiktoken.Encoding]":
    """The model, ready to decode in `precision`, and its encoding. Raises StageError without int8."""
    model, encoding = read_checkpoint(checkpoint)  # first: its errors need no torch
    from model.decoding.int8 import int8_problem
    from model.decoding.precision import in_precision

    device = choose_device(wanted, "infer.device")
    if precision in ("int8", "int8_weights") and (problem := int8_problem(device)):
        raise StageError(f"infer.precision: {problem}")
    return in_precision(model.to(device), precision), encoding


def warn_of_slow_precision(params: Params) -> None:
    """Warns if bfloat16 is slower than float32 on this CPU."""
    if params.precision != "bfloat16":
        return
    from model.core.process import prepare_process

    prepare_process()

    from model.decoding.precision import emulates_bfloat16

    if emulates_bfloat16(choose_device(params.device, "infer.device")):
        log.warning(
            "infer.precision: bfloat16 is slower than float32 on this CPU, which only emulates it; "
            "int8 is the fastest here, float32 the most exact, int8_weights between them, and auto compares them"
        )


def answer_all(
    checkpoint: Path, examples: list[Example], params: Params, bar: "tqdm[Never] | None" = None
) -> list[Answer]:
    """One answer per example, in their order. Prompts of similar length are decoded together, which saves padding.
    `bar` gets a step for each."""
    from model.core.process import prepare_process

    prepare_process()
    assert params.precision != "auto"  # main has replaced it
    model, encoding = _load(checkpoint, params.precision, params.device)

    from model.core.prompt import render_prompt
    from model.decoding.generation import generate_batches
    from model.decoding.sampling import Sampling
    from model.decoding.static_decoding import choose_batch_size

    sampling = Sampling(params.temperature, params.top_k, params.top_p, params.seed)
    prompts = [encoding.encode_ordinary(render_prompt(example.instruction, example.input)) for example in examples]
    batch_size = params.batch_size
    if batch_size == "auto":
        batch_size = choose_batch_size(model, prompts, params.max_new_tokens)
    generations: dict[int, Generation] = {}
    tokens, started = 0, time.monotonic()
    batches = generate_batches(model, prompts, batch_size, params.max_new_tokens, encoding.eot_token, sampling)
    with explain_short_memory(batch_size):
        for batch in batches:
            generations.update(batch)
            tokens += sum(len(generation.tokens) for generation in batch.values())
            if bar is not None:
                bar.set_description_str(f"infer {checkpoint.name}", refresh=False)
                rate = tokens / (time.monotonic() - started)
                bar.set_postfix_str(f"{rate:,.0f} tokens/s", refresh=False)
                bar.update(len(batch))
    return [
        Answer(text=encoding.decode(list(generation.tokens)), tokens=len(generation.tokens), finish=generation.finish)
        for _, generation in sorted(generations.items())
    ]


def draw_held_out_pages(examples: list[Example]) -> list[Page]:
    """The pages that test rows are about, in their order: no training example is about one of them. Of more than
    `MOST_PAGES`, so many, drawn at random."""
    titles = {example.source.title for example in examples}
    pages = [page for page in iter_jsonl(PAGES, Page) if page.title in titles]
    if len(pages) <= MOST_PAGES:
        return pages
    return [pages[index] for index in sorted(random.Random(0).sample(range(len(pages)), MOST_PAGES))]


def page_losses(pages: list[Page], params: Params) -> dict[str, dict[str, float]]:
    """By title: how many of a page's tokens are predicted, and each model's sum of their losses, in nats. Always in
    float32, so that the models differ by their training alone."""
    from model.core.process import prepare_process

    prepare_process()
    losses: dict[str, dict[str, float]] = {page.title: {} for page in pages}
    for role in ROLES if pages else ():
        model, encoding = _load(CHECKPOINTS / role, "float32", params.device)
        from model.decoding.text_loss import summed_loss

        length = min(PAGE_TOKENS, model.config.n_positions)
        for page in pages:
            tokens = [encoding.eot_token, *encoding.encode_ordinary(page.plain_text)][: length + 1]
            losses[page.title] |= {"tokens": len(tokens) - 1, role: summed_loss(model, tokens)}
    return losses


@contextmanager
def explain_short_memory(batch_size: int) -> Iterator[None]:
    """Raises a StageError if a GPU's memory runs out. torch has no error of its own for a CPU's."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise StageError(
            f"the GPU's memory is short for {batch_size} prompts at a time ({str(error).splitlines()[0]}); "
            "set infer.batch_size to fewer, or infer.device to cpu"
        ) from error


def answer_metrics(answers: dict[Role, list[Answer]]) -> dict[str, dict[str, float]]:
    return {
        role: {
            "answers": len(rows),
            "stopped": sum(answer.finish == "stop" for answer in rows),
            "cut_at_the_limit": sum(answer.finish == "length" for answer in rows),
            "empty": sum(not answer.text.strip() for answer in rows),
            "tokens": sum(answer.tokens for answer in rows),
            "mean_tokens": sum(answer.tokens for answer in rows) / len(rows),
        }
        for role, rows in answers.items()
    }


def loss_metrics(losses: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """How many pages and tokens were read, and each model's mean loss per token; {} without pages."""
    if not losses:
        return {}
    tokens = sum(page["tokens"] for page in losses.values())
    means: dict[str, float] = {role: sum(page[role] for page in losses.values()) / tokens for role in ROLES}
    return {"page_loss": {"pages": len(losses), "tokens": tokens, **means}}


if __name__ == "__main__":
    run_stage(main)
