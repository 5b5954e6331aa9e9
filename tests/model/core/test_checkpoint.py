"""Checkpoints: read by transformers, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from model.core.checkpoint import load_checkpoint, save_checkpoint, save_tokenizer
from model.core.checkpoint_files import CheckpointError
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.prompt import render_prompt
from model.core.tokenizer import train_tokenizer
from model.decoding.generation import generate_slowly

TEXT = "The whale is a mammal that lives in the sea."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer([TEXT], 300)
    vocab_size = 256 + len(json.loads(tokenizer)["model"]["merges"]) + 1
    config = GPT2Config(vocab_size=vocab_size, n_positions=32, n_embd=16, n_layer=2, n_head=2)
    save_tokenizer(tmp_path, tokenizer, config.n_positions)
    save_checkpoint(tmp_path, GPT2(config).init_weights(torch.Generator().manual_seed(3)))
    return tmp_path


def test_transformers_loads_it_and_answers_the_same(folder: Path) -> None:
    """Guards against a layout, a tokenizer or a tied matrix that only wikitune can read."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, encoding = load_checkpoint(folder)
    peer = AutoModelForCausalLM.from_pretrained(folder)
    assert peer.state_dict()["lm_head.weight"].data_ptr() == peer.state_dict()["transformer.wte.weight"].data_ptr()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    input_ids = encoding.encode_ordinary(TEXT)
    assert tokenizer(TEXT)["input_ids"] == input_ids
    assert tokenizer.eos_token_id == encoding.eot_token
    with torch.no_grad():
        ours = model.logits(model(torch.tensor([input_ids])))
        torch.testing.assert_close(ours, peer(torch.tensor([input_ids])).logits, atol=1e-4, rtol=0)
        theirs = peer.generate(  # type: ignore[misc] # transformers' own types don't fit its own models
            torch.tensor([input_ids]), max_new_tokens=8, do_sample=False
        )
    assert theirs[0, len(input_ids) :].tolist() == list(generate_slowly(model, input_ids, 8, encoding.eot_token).tokens)


def message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def test_the_chat_template_writes_the_prompt_of_training(folder: Path) -> None:
    """Guards against another prompt in TRL, vLLM and lm-evaluation-harness than in training: a lost line feed, an
    answer that never ends, or earlier turns, which the model has never seen."""
    from jinja2.exceptions import TemplateError
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)

    def render(*chat: dict[str, str], ask: bool = True) -> str:
        text = tokenizer.apply_chat_template([*chat], tokenize=False, add_generation_prompt=ask)
        assert isinstance(text, str)
        return text

    for instruction in ("Name a color.", " Où?\n{{ 1 }} 'a' \"b\" \\n\n", ""):
        expected = render_prompt(instruction)
        asked, answered = message("user", instruction), message("assistant", "\nBlue.\n")
        assert render(asked) == expected
        assert render(asked, answered, ask=False) == f"{expected}\nBlue.\n<|endoftext|>"
        assert expected == render(asked, ask=False) + "### Response:\n"
        assert render(message("user", "Hello"), message("assistant", "Hello."), asked) == expected
    assert render(message("user", "Shorten.\n\n### Input:\nA b c")) == render_prompt("Shorten.", "A b c")
    system = message("system", "Be brief."), message("system", "Be kind.")
    assert render(*system, message("user", "Hi.")) == render_prompt("Be brief.\n\nBe kind.\n\nHi.")
    with pytest.raises(TemplateError, match="The roles are system, user and assistant"):
        render(message("tool", "{}"))
    with pytest.raises(TemplateError, match="There is no message of a user"):
        render(message("system", "Be brief."))


def test_transformers_decodes_as_infer_does(folder: Path) -> None:
    """Guards against sampled answers, or ones that run on behind the end, in programs that take a model's settings."""
    from transformers import GenerationConfig

    config = GenerationConfig.from_pretrained(folder)
    end = load_checkpoint(folder)[1].eot_token
    assert (config.do_sample, config.eos_token_id, config.pad_token_id) == (False, end, end)


def test_what_transformers_saves_loads_here(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    other = tmp_path / "other"
    AutoModelForCausalLM.from_pretrained(folder).save_pretrained(other)
    AutoTokenizer.from_pretrained(folder).save_pretrained(other)
    ours, theirs = load_checkpoint(folder)[0], load_checkpoint(other)[0]
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_missing_and_damaged_files_are_named(folder: Path) -> None:
    """Guards against half a checkpoint that loads as if nothing were wrong."""
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(
        CheckpointError, match=r"model\.safetensors is damaged: it is cut off at [\d,]+ of [\d,]+ bytes; copy"
    ):
        load_checkpoint(folder)
    weights.unlink()
    with pytest.raises(CheckpointError, match=r"model\.safetensors is missing"):
        load_checkpoint(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_pointer_in_place_of_a_file_is_named(folder: Path, name: str) -> None:
    """Guards against a clone without Git LFS, whose files of a hundred bytes look like a damaged model."""
    (folder / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n")
    with pytest.raises(CheckpointError, match=f"{name} is only a pointer of Git LFS .* to a file of 12,345 bytes; run"):
        load_checkpoint(folder)


def test_the_files_must_belong_together(folder: Path) -> None:
    """Guards against an index that ends a run in the middle of an answer, and against layers that are made up."""
    config = json.loads((folder / "config.json").read_text())
    rows = config["vocab_size"]
    (folder / "config.json").write_text(json.dumps(config | {"n_layer": 3}))
    with pytest.raises(CheckpointError, match=r"config.json: n_layer: found 3, expected 2 as in the weights; take the"):
        load_checkpoint(folder)
    (folder / "config.json").write_text(json.dumps(config))
    save_tokenizer(folder, train_tokenizer([TEXT], 260), 32)
    message = rf"tokenizer.json has 260 tokens, and \S+model.safetensors has {rows}: the last ids mean nothing"
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(folder)
    save_tokenizer(folder, train_tokenizer([TEXT, "Quick brown foxes jump over lazy dogs."], 400), 32)
    message = rf"tokenizer.json has ids up to \d+, and \S+model.safetensors has only {rows} tokens; take the vocabulary"
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(folder)


def test_a_vocabulary_in_two_files_is_read(folder: Path) -> None:
    """Guards against a model of the Hub that has vocab.json and merges.txt only, and so can't be asked anything."""
    expected = load_checkpoint(folder)[1].encode_ordinary(TEXT)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    end = tokenizer["added_tokens"][0]
    ids = tokenizer["model"]["vocab"] | {end["content"]: end["id"]}
    (folder / "vocab.json").write_text(json.dumps(ids))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(map(" ".join, tokenizer["model"]["merges"])))
    (folder / "tokenizer.json").unlink()
    assert load_checkpoint(folder)[1].encode_ordinary(TEXT) == expected
    (folder / "vocab.json").unlink()
    (folder / "merges.txt").unlink()
    with pytest.raises(CheckpointError, match=r"tokenizer.json is missing$"):
        load_checkpoint(folder)


def test_the_end_of_text_need_not_be_the_last_token(folder: Path, tmp_path: Path) -> None:
    """Guards against a config.json that names another end than the tokenizer, on which transformers never stops."""
    model, _ = load_checkpoint(folder)
    save_checkpoint(tmp_path / "other", model, 5)
    config = json.loads((tmp_path / "other/config.json").read_text())
    assert (config["bos_token_id"], config["eos_token_id"]) == (5, 5)


FULL_DISK = """
import resource, sys
from pathlib import Path
from typing import Any
from model.core.checkpoint import load_checkpoint, save_checkpoint
from model.core.checkpoint_files import CheckpointError
model, _ = load_checkpoint(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # bytes per file: like a full disk to the writer
try:
    save_checkpoint(Path(sys.argv[2]), model)
except CheckpointError as error:
    print(error)
"""


def test_a_full_disk_is_named(folder: Path, tmp_path: Path, root: Path) -> None:
    """Guards against a traceback from the writer, and half a file that keeps the disk full."""
    target = tmp_path / "full"
    command = [sys.executable, "-c", FULL_DISK, str(folder), str(target)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert f"{target / 'model.safetensors'} cannot be written: " in done.stdout
    assert sorted(path.name for path in target.iterdir()) == ["config.json", "generation_config.json"]
