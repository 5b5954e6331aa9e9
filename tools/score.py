"""`wikitune score`: how likely a model finds each example's answer, with the question and without it.

Both losses are means over the same tokens, those of the answer: after the prompt that training uses, and after an
end-of-text token alone, where a text begins. (The papers' code has nothing before an answer alone, so that its first
token isn't scored; and the end of the answer isn't scored in either.)
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.checkpoints import read_checkpoint
from stages.common.errors import StageError
from stages.common.files import iter_jsonl, sha256_of_file, write_jsonl
from stages.common.quality_scores import QUALITY_SCORES, QualityScore
from stages.common.records import Example, Rejection

if TYPE_CHECKING:
    import tiktoken

    from model.core.gpt2 import GPT2
    from model.training.data import TokenSequence

SYNTHETIC = Path("data/synthetic.jsonl")
# General tasks: those that split drew, and those that it rejected.
SPLITS = tuple(Path(f"data/splits/full/{side}.jsonl") for side in ("train", "val", "test"))
GENERAL_REJECTED = Path("data/splits/rejected/general.jsonl")
ROWS = 32  # at a time


def score_examples(checkpoint: Path) -> str:
    """Scores all examples and writes QUALITY_SCORES; returns what to print. Raises StageError if there are none, or if
    the checkpoint is missing or damaged."""
    from model.core.process import prepare_process

    prepare_process()
    examples = list(read_all_examples())
    if not examples:
        raise StageError(f"{SYNTHETIC} does not exist or is empty; run `dvc repro synth`")
    model, encoding = read_checkpoint(checkpoint)
    weights = sha256_of_file(checkpoint / "model.safetensors")[:16]
    scores = list(score_all(model, encoding, examples, weights))
    write_jsonl(QUALITY_SCORES, scores)
    harder = sum(score.difficulty > 1 for score in scores)
    return (
        f"{QUALITY_SCORES}: {len(scores)} of {len(examples)} examples scored; of {harder} the question makes the "
        "answer less likely (difficulty above 1)"
    )


def read_all_examples() -> Iterator[Example]:
    """Each example once: what the teacher wrote, and the general tasks of the split and those that it rejected."""
    seen: set[str] = set()
    for path in (SYNTHETIC, *SPLITS):
        for example in iter_jsonl(path, Example) if path.is_file() and path.stat().st_size else ():
            if example.id not in seen:
                seen.add(example.id)
                yield example
    if GENERAL_REJECTED.is_file() and GENERAL_REJECTED.stat().st_size:
        for rejection in iter_jsonl(GENERAL_REJECTED, Rejection):
            if isinstance(rejection.example, Example) and rejection.example.id not in seen:
                seen.add(rejection.example.id)
                yield rejection.example


def score_all(
    model: "GPT2", encoding: "tiktoken.Encoding", examples: Sequence[Example], weights: str
) -> Iterator[QualityScore]:
    """The scores, in the order of the examples. An answer is cut where the model's context ends. Left out are examples
    without an answer, and those whose prompt alone fills the context."""
    from model.core.prompt import render_prompt
    from model.training.data import TokenSequence

    asked: list[TokenSequence] = []
    alone: list[TokenSequence] = []
    scored: list[Example] = []
    for example in examples:
        prompt = encoding.encode_ordinary(render_prompt(example.instruction, example.input))
        answer = encoding.encode_ordinary(example.output)[: max(0, model.config.n_positions + 1 - len(prompt))]
        if answer:
            scored.append(example)
            asked.append(TokenSequence((*prompt, *answer), response_start=len(prompt)))
            alone.append(TokenSequence((encoding.eot_token, *answer), response_start=1))
    losses = response_losses(model, [*asked, *alone], encoding.eot_token)
    for number, (example, sequence) in enumerate(zip(scored, alone, strict=True)):
        yield QualityScore(
            id=example.id,
            tokens=len(sequence.tokens) - 1,
            loss=round(losses[number], 6),
            loss_alone=round(losses[number + len(scored)], 6),
            model=weights,
        )


def response_losses(model: "GPT2", sequences: Sequence["TokenSequence"], pad: int) -> list[float]:
    """The mean loss of each sequence's response, in nats per token."""
    import torch
    import torch.nn.functional as F
    from tqdm import tqdm

    from model.training.data import pack

    model.eval()
    means = [0.0] * len(sequences)
    order = sorted(range(len(sequences)), key=lambda place: len(sequences[place].tokens))
    with torch.no_grad(), tqdm(total=len(order), unit="row", desc="score", disable=None) as progress:
        for start in range(0, len(order), ROWS):
            places = order[start : start + ROWS]
            batch = pack([sequences[place] for place in places], pad)
            packed, answers = batch.packed, batch.in_response
            logits = model.logits(model.hidden(packed.tokens, packed)[packed.sources[answers]]).float()
            losses = F.cross_entropy(logits, packed.targets[answers], reduction="none")
            rows = packed.row_index[answers]
            sums = torch.zeros(len(places), dtype=torch.float64).index_add_(0, rows, losses.double())
            counts = torch.bincount(rows, minlength=len(places))
            for place, mean in zip(places, (sums / counts).tolist(), strict=True):
                means[place] = mean
            progress.update(len(places))
    return means
