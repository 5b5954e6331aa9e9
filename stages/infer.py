"""infer: base, small and full each answer the instructions of the test split."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from tqdm import tqdm

from stages.common.checkpoints import read_checkpoint
from stages.common.errors import run_stage
from stages.common.files import read_jsonl, write_json, write_jsonl
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import ROLES, Answer, Answers, Example, Role

if TYPE_CHECKING:
    from model.decoding.generation import Generation

TEST = Path("data/splits/full/test.jsonl")
CHECKPOINTS = Path("data/checkpoints")
ANSWERS = Path("data/answers.jsonl")
METRICS = Path("reports/metrics/infer.json")


class Params(SectionModel):
    max_new_tokens: Positive
    batch_size: Positive
    precision: Literal["float32", "bfloat16"]
    temperature: Annotated[float, Field(ge=0, le=100)]
    top_k: Annotated[int, Field(ge=0)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    seed: Seed


def main() -> None:
    params = load_params("infer", Params)
    examples = read_jsonl(TEST, Example)
    answers = {role: answer_all(CHECKPOINTS / role, examples, params) for role in ROLES}
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
    write_json(METRICS, answer_metrics(answers))


def answer_all(checkpoint: Path, examples: list[Example], params: Params) -> list[Answer]:
    """One answer per example, in their order. Prompts of similar length are decoded together, which saves padding."""
    from model.core.process import prepare_process

    prepare_process()
    import torch

    from model.core.prompt import render_prompt
    from model.decoding.generation import generate
    from model.decoding.prepared import prepare_for_decoding
    from model.decoding.sampling import Sampling

    model, encoding = read_checkpoint(checkpoint)
    if params.precision == "bfloat16":
        model.to_precision(torch.bfloat16)
    model = prepare_for_decoding(model)
    sampling = Sampling(params.temperature, params.top_k, params.top_p, params.seed)
    prompts = [encoding.encode_ordinary(render_prompt(example.instruction, example.input)) for example in examples]
    order = sorted(range(len(prompts)), key=lambda row: len(prompts[row]))
    generations: dict[int, Generation] = {}
    tokens = 0
    with tqdm(total=len(prompts), unit="row", desc=f"infer {checkpoint.name}", disable=None) as progress:
        for start in range(0, len(order), params.batch_size):
            rows = order[start : start + params.batch_size]
            texts = [prompts[row] for row in rows]
            batch = generate(model, texts, params.max_new_tokens, encoding.eot_token, sampling, row_ids=rows)
            generations.update(zip(rows, batch, strict=True))
            progress.update(len(rows))
            tokens += sum(len(generation.tokens) for generation in batch)
            elapsed = progress.format_dict["elapsed"]
            progress.set_postfix_str(f"{tokens / elapsed:.0f} tokens/s" if elapsed else "")
    return [
        Answer(text=encoding.decode(list(generation.tokens)), tokens=len(generation.tokens), finish=generation.finish)
        for _, generation in sorted(generations.items())
    ]


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


if __name__ == "__main__":
    run_stage(main)
