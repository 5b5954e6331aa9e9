"""The base model: GPT-2's own weights, on which tuning and answering work, and which pages one from scratch reads."""

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.core.bpe_vocabulary import GPT2_SHA256, GPT2_URL
from model.core.checkpoint import load_checkpoint
from model.training.optimization import best_precision
from stages import base, infer, train
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_json
from stages.common.params import read_sections
from stages.common.records import Example, Page
from tests.stages.common.local_hub import FILES, Hub
from tests.stages.conftest import MakeExample

# Where tiktoken keeps its downloads, by name.
GPT2_URLS = {name: hashlib.sha1(f"{GPT2_URL}/{name}".encode()).hexdigest() for name in GPT2_SHA256}


def section(name: str, **changes: Any) -> Any:
    """The Params of a stage, as params.yaml has them but for `changes`."""
    return importlib.import_module(f"stages.{name}").Params.model_validate(read_sections()[name] | changes)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that transformers saved: GPT-2's vocabulary on a model of one block."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(2)
    folder = tmp_path_factory.mktemp("published")
    GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=1, n_head=2, n_positions=128)).save_pretrained(folder)
    return folder


def test_tuning_and_answering_work_on_it(
    project: Path, published: Path, gpt2_vocabulary: Path, make: MakeExample
) -> None:
    """Guards against a base model that differs in layout, tokens or end of text from the one trained here."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    metrics = base.adopt_weights(section("base", source="path", path=str(published), vocabulary=str(gpt2_vocabulary)))
    digest = hashlib.sha256((published / "model.safetensors").read_bytes()).hexdigest()
    assert metrics == {"parameters": 809_472, "vocab_size": 50257, "source": "path", "sha256": digest}
    tokenizer = AutoTokenizer.from_pretrained(base.CHECKPOINT)
    assert (len(tokenizer), tokenizer.eos_token_id, tokenizer.model_max_length) == (50257, 50256, 128)
    ours, theirs = (AutoModelForCausalLM.from_pretrained(folder) for folder in (base.CHECKPOINT, published))
    assert all(torch.equal(one, other) for one, other in zip(ours.parameters(), theirs.parameters(), strict=True))

    examples: list[Example] = [make(f"Name color {number}.", "Blue, or green.") for number in range(6)]
    params = section("train", epochs=1, evaluations=1, learning_rate=1e-2)
    _, result, _ = train.tune(examples[:4], examples[4:], params, train.CHECKPOINTS / "small")
    assert result.curve[-1].val_loss < result.curve[0].val_loss
    for role in ("base", "small"):
        answers = infer.answer_all(infer.CHECKPOINTS / role, examples[:2], section("infer", max_new_tokens=4))
        assert all(0 <= answer.tokens <= 4 for answer in answers)


ADOPT = """
import sys
from stages.base import Params, adopt_weights
from stages.common.errors import StageError
from stages.common.params import read_sections
try:
    adopt_weights(Params.model_validate(read_sections()["base"] | {"source": "path", "path": sys.argv[1]}))
except StageError as error:
    print(error)
print("torch" in sys.modules)
"""


def test_wrong_weights_are_named_before_torch_is_imported(published: Path, tmp_path: Path, root: Path) -> None:
    """Guards against a message about a file of a hundred bytes that takes seconds, nearly all of them torch's."""
    folder = Path(shutil.copytree(published, tmp_path / "pointer"))
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\nsize 5\n")
    command = [sys.executable, "-c", ADOPT, str(folder)]
    lines = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith(f"{folder / 'model.safetensors'} is only a pointer of Git LFS")
    assert lines[1:] == ["False"]


def test_another_vocabulary_than_gpt2s_is_refused(
    project: Path, published: Path, gpt2_vocabulary: Path, tmp_path: Path
) -> None:
    """Guards against weights whose rows mean other tokens than those that they are fed."""
    folder = Path(shutil.copytree(published, tmp_path / "other"))
    tensors = load_file(folder / "model.safetensors")
    tensors["transformer.wte.weight"] = tensors["transformer.wte.weight"][:300].clone()
    save_file(tensors, folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"vocab_size": 300}))
    with pytest.raises(StageError) as error:
        base.adopt_weights(section("base", source="path", path=str(folder), vocabulary=str(gpt2_vocabulary)))
    assert str(error.value) == (
        f"{folder / 'model.safetensors'}: tensor wte.weight: found 300 rows, expected 50257, one for each token of "
        "GPT-2's vocabulary; if the model has a vocabulary of its own, put its tokenizer.json beside the weights"
    )
    assert not base.CHECKPOINT.exists()


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory, published: Path, gpt2_vocabulary: Path) -> Path:
    """A GPT-2 with a vocabulary of its own of as many tokens as GPT-2's: its end of text is id 0, and all others are
    one higher."""
    folder = Path(shutil.copytree(published, tmp_path_factory.mktemp("foreign") / "model"))
    ids = json.loads((gpt2_vocabulary / "encoder.json").read_text())
    (folder / "vocab.json").write_text(json.dumps({token: (rank + 1) % 50257 for token, rank in ids.items()}))
    shutil.copy(gpt2_vocabulary / "vocab.bpe", folder / "merges.txt")
    return folder


def test_another_vocabulary_of_the_same_size_stays_its_own(
    project: Path, foreign: Path, gpt2_vocabulary: Path, make: MakeExample, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against OpenAI's words for a model of another language, whose 50,257 rows mean others."""
    from transformers import AutoConfig, AutoTokenizer, GPT2Tokenizer

    base.adopt_weights(section("base", source="path", path=str(foreign)))
    assert caplog.messages == []
    peer = GPT2Tokenizer.from_pretrained(foreign)
    _, encoding = load_checkpoint(base.CHECKPOINT)
    saved = AutoTokenizer.from_pretrained(base.CHECKPOINT)
    text = "A baleia é um mamífero, 日本."
    assert encoding.encode_ordinary(text) == peer(text)["input_ids"] == saved(text)["input_ids"]
    ends = (encoding.eot_token, saved.eos_token_id, AutoConfig.from_pretrained(base.CHECKPOINT).eos_token_id)
    assert ends == (0, 0, 0)
    examples = [make(f"Name color {number}.", "Blue, or green.") for number in range(6)]
    train.tune(examples[:4], examples[4:], section("train", epochs=1, evaluations=1), train.CHECKPOINTS / "small")
    assert AutoConfig.from_pretrained(train.CHECKPOINTS / "small").eos_token_id == 0
    with pytest.raises(StageError, match=r"base.vocabulary is \S+, with GPT-2's own .*, and \S+vocab.json beside"):
        base.adopt_weights(section("base", source="path", path=str(foreign), vocabulary=str(gpt2_vocabulary)))


def test_weights_without_a_vocabulary_get_gpt2s_with_a_warning(
    project: Path, published: Path, gpt2_vocabulary: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Guards against a vocabulary that is guessed in silence; one that is named is no guess, and its own needs none."""
    for name, sha256 in GPT2_URLS.items():
        shutil.copy(gpt2_vocabulary / name, tmp_path / sha256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
        base.adopt_weights(section("base", source="path", path=str(published)))
    assert caplog.messages == [
        f"{published / 'model.safetensors'} comes without a vocabulary, so GPT-2's own, of OpenAI, is used. If another "
        "one belongs to these weights, stop here and put its tokenizer.json beside them: the same ids mean other words "
        "there"
    ]
    caplog.clear()
    own = Path(shutil.copytree(published, tmp_path / "own"))
    shutil.copy(base.CHECKPOINT / "tokenizer.json", own)
    for changes in ({"path": str(published)}, {"path": str(own)}):
        base.adopt_weights(section("base", source="path", vocabulary=str(gpt2_vocabulary), **changes))
    assert caplog.messages == []


def test_pretraining_has_a_precision_and_a_device(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against parameters that are declared and not used."""
    cpu = torch.device("cpu")
    assert base.pretraining_config(section("base", precision="bfloat16"), cpu).precision == "bfloat16"
    found = base.pretraining_config(section("base", precision="auto"), cpu).precision
    assert f"torch.{found}" == str(best_precision(cpu))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    write_json(base.LEFT_OUT, {})
    with pytest.raises(StageError, match=r"params.yaml: base.device is cuda, but torch sees no GPU; use cpu or auto"):
        base.train_from_scratch(section("base", device="cuda"))


def test_short_memory_speaks_of_what_base_has(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against advice to set micro_batch_size, which the section `base` doesn't have."""

    def run_out(self: object) -> None:
        raise MemoryError

    write_json(base.LEFT_OUT, {})
    monkeypatch.setattr("model.training.loop.TrainingRun.finish", run_out)
    with pytest.raises(StageError) as error:
        base.train_from_scratch(section("base", vocab_size=300, batch_size=4, sequence_length=64, n_embd=8))
    assert str(error.value) == (
        "memory is short for 4 rows at a time (MemoryError); lower base.batch_size (4), base.sequence_length (64) or "
        "the model's sizes"
    )


def test_half_precision_is_noted(
    project: Path, published: Path, gpt2_vocabulary: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "half.safetensors"
    save_file({name: tensor.half() for name, tensor in load_file(published / "model.safetensors").items()}, file)
    shutil.copy(published / "config.json", tmp_path)
    base.adopt_weights(section("base", source="path", path=str(file), vocabulary=str(gpt2_vocabulary)))
    assert caplog.messages == [f"{file} stores float16; it is used as float32"]
    assert {tensor.dtype for tensor in load_file(base.CHECKPOINT / "model.safetensors").values()} == {torch.float32}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "data/weights"}, "data/weights is missing"),
        ({"vocabulary": "nowhere"}, "nowhere/vocab.bpe cannot be read: No such file or directory"),
    ],
)
def test_a_path_that_is_not_there_is_named(
    project: Path, gpt2_vocabulary: Path, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(StageError) as error:
        base.adopt_weights(section("base", **{"source": "path", "vocabulary": str(gpt2_vocabulary)} | changes))
    assert str(error.value) == message


class Stage:
    """`python -m stages.base` in a project of its own, with base.source=huggingface and a Hub on this machine."""

    def __init__(self, project: Path, root: Path, server: Hub, vocabulary: Path) -> None:
        self.project, self.root, self.server, self.vocabulary = project, root, server, vocabulary

    def run(self, **changes: str) -> "subprocess.CompletedProcess[str]":
        changes = {"source": "huggingface", "vocabulary": str(self.vocabulary)} | changes
        text = (self.root / "params.yaml").read_text(encoding="utf-8").splitlines()
        start = text.index(next(line for line in text if line.startswith("base:")))
        for key, value in changes.items():
            line = next(line for line in range(start, len(text)) if text[line].startswith(f"  {key}: "))
            text[line] = f"  {key}: {value}"
        (self.project / "params.yaml").write_text("\n".join(text), encoding="utf-8")
        places = {"HF_ENDPOINT": self.server.url, "HF_HOME": str(self.project / "cache"), "PYTHONPATH": str(self.root)}
        return subprocess.run(
            [sys.executable, "-m", "stages.base"],
            cwd=self.project,
            env=os.environ | places | {"NO_PROXY": "127.0.0.1,localhost"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def stage(project: Path, root: Path, hub: Hub, published: Path, gpt2_vocabulary: Path) -> Iterator[Stage]:
    hub.files = {name: (published / name).read_bytes() for name in FILES}
    yield Stage(project, root, hub, gpt2_vocabulary)


def test_the_stage_downloads_and_checks(stage: Stage, published: Path) -> None:
    """Guards against a download that is used whatever it holds; with the right hash it is what was published."""
    digest = hashlib.sha256((published / "model.safetensors").read_bytes()).hexdigest()
    done = stage.run(sha256="f" * 64)
    assert done.returncode == 1
    assert f"model.safetensors: SHA-256: found {digest}, expected {'f' * 64}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (stage.project / base.METRICS).exists()
    done = stage.run(sha256=digest)
    assert done.returncode == 0, done.stderr
    metrics = read_json(stage.project / base.METRICS)
    assert metrics == {"parameters": 809_472, "vocab_size": 50257, "source": "huggingface", "sha256": digest}
    stored, expected = (
        load_file(folder / "model.safetensors") for folder in (stage.project / base.CHECKPOINT, published)
    )
    assert all(torch.equal(stored[name], expected[name]) for name in expected)


def test_pages_that_split_left_out_are_not_read(project: Path) -> None:
    """Guards against a base model that reads the test pages although `base.pages` is `train`."""
    titles = [page.title for page in read_jsonl(base.PAGES, Page)]
    write_json(base.LEFT_OUT, dict.fromkeys(titles[2:5], "page_of_test"))
    pages, left_out = base.read_base_pages()
    assert ([page.title for page in pages], left_out) == (titles[:2] + titles[5:], 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "data/splits/left_out_of_base.json holds no object of titles and reasons; run `dvc repro split`"),
        (None, "data/pages.jsonl holds 166 page(s), of which 165 are left out by data/splits/left_out_of_base.json"),
    ],
)
def test_what_leaves_no_pages_to_read_is_named(project: Path, content: str | None, message: str) -> None:
    """Guards against a traceback, and against "needs at least 2 pages" beside a file that has 166."""
    titles = [page.title for page in read_jsonl(base.PAGES, Page)]
    base.LEFT_OUT.parent.mkdir(parents=True)
    base.LEFT_OUT.write_text(content or json.dumps(dict.fromkeys(titles[1:], "page_of_val")))
    with pytest.raises(StageError, match=re.escape(message)):
        base.train_from_scratch(section("base"))


def test_the_bundled_model_is_copied(project: Path, root: Path) -> None:
    """Guards against a copy that lacks a file, has another dropout than tuning is to have, or can't be loaded."""
    shutil.copytree(root / base.BUNDLED, base.BUNDLED, dirs_exist_ok=True)
    metrics = base.copy_bundled(section("base", source="bundled", dropout=0.25))
    model, encoding = load_checkpoint(base.CHECKPOINT)
    assert (metrics["parameters"], metrics["vocab_size"]) == (model.parameter_count(), encoding.n_vocab)
    assert metrics["sha256"] == hashlib.sha256((base.BUNDLED / "model.safetensors").read_bytes()).hexdigest()
    assert model.config.dropout == 0.25
    size = sum(file.stat().st_size for file in base.BUNDLED.iterdir())
    assert size < 20_000_000


def test_a_bundled_model_with_a_file_missing_is_refused(project: Path, root: Path) -> None:
    shutil.copytree(root / base.BUNDLED, base.BUNDLED, dirs_exist_ok=True)
    (base.BUNDLED / "tokenizer.json").unlink()
    with pytest.raises(StageError, match=r"data/bundled/base is not whole: .*tokenizer.json.*git restore"):
        base.copy_bundled(section("base", source="bundled"))
