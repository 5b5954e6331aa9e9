"""measures: what the bundled base model knows, what its text holds, and its card."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from primer.card import render_card
from primer.completions import Completion, all_completions
from primer.configuration import BUNDLED_BASE, BUNDLED_TASKS, CURVE, MEASURES, READING, SPLIT, TEXT, TEXT_COUNTS
from primer.forbidden import Forbidden, read_forbidden
from primer.text.sources import SOURCES
from stages.common.errors import run_stage
from stages.common.files import read_json, write_json, write_text

if TYPE_CHECKING:
    import tiktoken

    from model.core.gpt2 import GPT2

FRESH_SEED = 1_000_000  # of documents that are not in the text, unless by chance
FRESH = 40  # documents per source
BATCH = 64


def main() -> None:
    from model.core.checkpoint import load_checkpoint

    model, encoding = load_checkpoint(BUNDLED_BASE)
    measures = {
        "completions": completions_right(model, encoding, all_completions()),
        "loss": loss_by_source(model, encoding),
        "overlap": overlap(TEXT, read_forbidden(BUNDLED_TASKS, SPLIT / "test.jsonl")),
    }
    write_json(MEASURES, measures)
    counts, training, reading = read_json(TEXT_COUNTS), read_json(CURVE), read_json(READING)
    write_text(BUNDLED_BASE / "README.md", render_card(SOURCES, counts, training, measures, reading))


def completions_right(
    model: "GPT2", encoding: "tiktoken.Encoding", completions: list[Completion]
) -> dict[str, dict[str, float]]:
    """By kind: how many completions there are, and the share that the model begins with the right words (greedily)."""
    from model.decoding.generation import generate
    from model.decoding.prepared import prepare_for_decoding

    model = prepare_for_decoding(model)
    right: Counter[str] = Counter()
    for start in range(0, len(completions), BATCH):
        batch = completions[start : start + BATCH]
        prompts = [[encoding.eot_token, *encoding.encode_ordinary(one.beginning)] for one in batch]
        answers = generate(model, prompts, 24, encoding.eot_token)
        for one, answer in zip(batch, answers, strict=True):
            right[one.kind] += encoding.decode(list(answer.tokens)).startswith(one.end)
    asked = Counter(one.kind for one in completions)
    return {kind: {"asked": count, "right": right[kind] / count} for kind, count in asked.items()}


def loss_by_source(model: "GPT2", encoding: "tiktoken.Encoding") -> dict[str, float]:
    """The mean loss on documents of each source that the model has not read, in nats per token."""
    from model.training.data import encode_documents
    from model.training.loss import evaluate

    losses = {}
    for source in SOURCES:
        fresh = list(islice(source.write(random.Random(f"{FRESH_SEED} {source.name}")), FRESH))
        rows = encode_documents(encoding, fresh, model.config.n_positions)
        losses[source.name] = evaluate(model, rows, encoding.eot_token).all
    return losses


def overlap(text: Path, forbidden: Forbidden) -> dict[str, int]:
    """How many documents of the text there are, and how many ask what they must not (see `primer/forbidden.py`)."""
    documents = asked = 0
    for document in _documents(text):
        documents += 1
        asked += forbidden.asked_in(document)
    return {"documents": documents, "documents_that_ask_a_task": asked}


def _documents(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


if __name__ == "__main__":
    run_stage(main)
