"""`wikitune score` with tiny checkpoints."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from model.core.checkpoint import load_checkpoint
from model.core.prompt import render_prompt
from stages.common.checkpoints import read_checkpoint
from stages.common.errors import StageError
from stages.common.files import sha256_of_file, write_jsonl
from stages.common.quality_scores import read_quality_scores
from stages.common.records import Rejection, Source
from tests.model.asking.reciter import write_reciter
from tests.stages.conftest import MakeExample
from tools.score import GENERAL_REJECTED, SPLITS, SYNTHETIC, score_all, score_examples

GENERAL = Source(kind="general")


def loss_of(folder: Path, before: str | None, answer: str) -> float:
    """The slow, obvious way: one row, all of its scores."""
    model, encoding = load_checkpoint(folder)
    start = [encoding.eot_token] if before is None else encoding.encode_ordinary(before)
    tokens = torch.tensor([*start, *encoding.encode_ordinary(answer)])
    with torch.no_grad():
        losses = F.cross_entropy(model.logits(model(tokens[None, :-1]))[0], tokens[1:], reduction="none")
    return float(losses[len(start) - 1 :].mean())


def test_losses_are_those_of_the_answer_with_and_without_its_question(
    project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against losses that count the prompt, or the end of the answer in one of the two."""
    folder = Path("data/checkpoints/base")
    example = make("Say it.", "Nein.", input="Loud.")
    write_reciter(folder, "Say it.", "Nein.")
    write_jsonl(SYNTHETIC, [example, make("Say more.", "Two words here.")])
    assert "2 of 2 examples scored" in score_examples(folder)
    score = read_quality_scores()[example.id]
    assert score.tokens == len(load_checkpoint(folder)[1].encode_ordinary("Nein."))
    assert score.loss == pytest.approx(loss_of(folder, render_prompt("Say it.", "Loud."), "Nein."), abs=2e-5)
    assert score.loss_alone == pytest.approx(loss_of(folder, None, "Nein."), abs=2e-5)
    assert score.model == sha256_of_file(folder / "model.safetensors")[:16]


def test_every_example_is_scored_once(project: Path, make: MakeExample) -> None:
    """Guards against general tasks without scores, and an example of the split that is scored twice."""
    synthetic, general, rejected = make("Say it."), make("Add.", source=GENERAL), make("Count.", source=GENERAL)
    write_reciter(Path("data/checkpoints/base"), "Say it.", "Nein.")
    write_jsonl(SYNTHETIC, [synthetic])
    write_jsonl(SPLITS[0], [synthetic, general])
    write_jsonl(GENERAL_REJECTED, [Rejection(example=rejected, reason="echo", evidence="it repeats")])
    score_examples(Path("data/checkpoints/base"))
    assert list(read_quality_scores()) == [synthetic.id, general.id, rejected.id]


def test_what_does_not_fit_the_context(project: Path, make: MakeExample) -> None:
    """Guards against a crash at a long example: its answer is cut, or it has no score."""
    folder = Path("data/checkpoints/base")
    write_reciter(folder, "Say it.", "Nein.", n_positions=96)
    model, encoding = read_checkpoint(folder)
    prompt = len(encoding.encode_ordinary(render_prompt("Say it.")))
    examples = [make("Say it.", "word " * 200), make("Say it." * 100, "Yes."), make("Say it.", "")]
    [score] = score_all(model, encoding, examples, "0" * 16)
    assert score.id == examples[0].id
    assert score.tokens == 96 + 1 - prompt


def test_nothing_to_score(project: Path) -> None:
    with pytest.raises(StageError, match="run `dvc repro synth`"):
        score_examples(Path("data/checkpoints/base"))
