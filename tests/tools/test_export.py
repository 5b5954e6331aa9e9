"""Our checkpoint on a llama.cpp server, compared with our own decoding."""

import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from model.core.checkpoint import load_checkpoint, save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.prompt import render_prompt
from model.core.tokenizer import load_encoding, train_tokenizer
from model.decoding.generation import generate
from model.training.data import encode_example
from model.training.loop import TrainingConfig, train
from stages.common.errors import StageError
from tools.export import KINDS, export

xllamacpp = pytest.importorskip("xllamacpp", reason="needs a llama.cpp server: pip install xllamacpp")
ANSWERS = {
    "Name a color.": "Blue.",
    "What's 2 + 17?": "It is 19.",
    "Été: où?\n\n  Zwei  Leerzeichen": "Là-bas, „dort“.",
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has memorised three answers, so that differences in rounding don't change the most likely token."""
    folder = tmp_path_factory.mktemp("checkpoint")
    texts = [render_prompt(question) + answer for question, answer in ANSWERS.items()]
    encoding = load_encoding(save_tokenizer(folder, train_tokenizer(texts, 320), 128))
    config = GPT2Config(vocab_size=encoding.n_vocab, n_positions=128, n_embd=32, n_layer=2, n_head=2)
    model = GPT2(config).init_weights(torch.Generator().manual_seed(1))
    rows = [encode_example(encoding, question, "", answer) for question, answer in ANSWERS.items()]
    train(model, rows, rows, TrainingConfig(epochs=60, batch_size=3, learning_rate=1e-2), encoding.eot_token)
    save_checkpoint(folder, model)
    return folder


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, checkpoint: Path) -> Iterator[str]:
    path = checkpoint / f"{request.param}.gguf"
    assert export(checkpoint, path, request.param) == f"{path}: {path.stat().st_size:,} bytes"
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = 256
    settings.n_parallel = 1
    settings.warmup = False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.port = 0  # any free port
    server = xllamacpp.Server(settings)
    yield server.listening_address
    del server


def post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        return json.load(response)


@pytest.mark.parametrize(("question", "answer"), ANSWERS.items())
def test_llama_cpp_answers_as_we_do(checkpoint: Path, address: str, question: str, answer: str) -> None:
    """Guards against transposed weights, another vocabulary, and a chat template that isn't the prompt of training."""
    model, encoding = load_checkpoint(checkpoint)
    prompt = encoding.encode_ordinary(render_prompt(question))
    (ours,) = generate(model, [prompt], 24, encoding.eot_token)
    assert encoding.decode(list(ours.tokens)) == answer
    assert post(f"{address}/tokenize", {"content": render_prompt(question)})["tokens"] == prompt
    settings = {"messages": [{"role": "user", "content": question}], "max_tokens": 24, "temperature": 0}
    theirs = post(f"{address}/v1/chat/completions", settings)
    assert theirs["choices"][0]["message"]["content"] == answer
    assert theirs["choices"][0]["finish_reason"] == "stop"
    assert theirs["usage"]["prompt_tokens"] == len(prompt)


def test_weights_are_rounded_by_half_a_step(checkpoint: Path) -> None:
    """Guards against blocks that run across rows, another tensor's scale, and 4 bits where 8 are meant."""
    from gguf import GGUFReader, dequantize

    model, _ = load_checkpoint(checkpoint)
    exact = {
        "token_embd": model.wte.weight,
        "position_embd": model.wpe.weight,
        "blk.1.ffn_up": model.get_parameter("h.1.mlp.c_fc.weight").T,
    }
    steps = {"f32": (0, 0, 0), "q8_0": (127, 0, 127), "q4_0": (127, 0, 8)}  # of the largest value of a block
    for kind, numbers in steps.items():
        export(checkpoint, checkpoint / "rounded.gguf", kind)
        tensors = {str(tensor.name): tensor for tensor in GGUFReader(checkpoint / "rounded.gguf").tensors}
        for (name, weight), number in zip(exact.items(), numbers, strict=True):
            tensor = tensors[f"{name}.weight"]
            found = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).view(-1, 32)
            block = weight.detach().reshape(-1, 32)
            step = block.abs().amax(1, keepdim=True) / number if number else torch.zeros(len(block), 1)
            assert bool(((found - block).abs() <= step + 1e-6).all()), (kind, name)
            assert torch.equal(found, block) == (number == 0), (kind, name)


def test_what_cannot_be_exported_is_named(checkpoint: Path, tmp_path: Path) -> None:
    """Guards against a traceback of the library, and half a file where nothing could be written."""
    narrow = tmp_path / "narrow"
    shutil.copytree(checkpoint, narrow, ignore=shutil.ignore_patterns("*.gguf"))
    config = GPT2Config(
        vocab_size=load_checkpoint(checkpoint)[1].n_vocab, n_positions=16, n_embd=24, n_layer=1, n_head=2
    )
    save_checkpoint(narrow, GPT2(config).init_weights(torch.Generator().manual_seed(1)))
    with pytest.raises(StageError, match="narrow is 24 wide, and q4_0 needs a multiple of 32; take --type f32"):
        export(narrow, tmp_path / "narrow.gguf", "q4_0")
    with pytest.raises(StageError, match=r"nowhere/model\.safetensors is missing"):
        export(tmp_path / "nowhere", tmp_path / "a.gguf", "f32")
    with pytest.raises(OSError, match="No such file") as error:
        export(narrow, tmp_path / "no folder/a.gguf", "f32")
    assert error.value.filename
    assert [path.name for path in tmp_path.iterdir()] == ["narrow"]
