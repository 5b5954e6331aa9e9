"""`wikitune export`: a checkpoint as one GGUF file, for llama.cpp and the programs built on it (Ollama, LM Studio).

llama.cpp's own converter recognises a vocabulary by a hash of how it splits a certain text, and refuses unknown ones,
such as one that was trained here. The tensors' names are those of llama.cpp's architecture `gpt2`.
"""

import json
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.core.checkpoint import check_checkpoint
from model.core.checkpoint_files import TOKENIZER, CheckpointError
from model.core.gpt2_config import GPT2Config
from model.core.prompt import END_OF_TEXT, chat_template
from stages.common.errors import StageError, name_in_errors

if TYPE_CHECKING:
    from gguf import GGUFWriter

    from model.core.gpt2 import GPT2

# How weights are stored: in float32, or in blocks of 32 with 8 or 4 bits a weight and a scale. The numbers are those
# that GGUF gives to such files (`LlamaFileType`).
KINDS = {"f32": 0, "q8_0": 7, "q4_0": 2}
BLOCK = 32
NAMES = {  # of our modules in llama.cpp
    "wte": "token_embd",
    "wpe": "position_embd",
    "ln_f": "output_norm",
    "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}


def export(checkpoint: Path, path: Path, kind: str) -> str:
    """Writes the weights, the vocabulary and the chat template; returns a line to print. `kind` is one of `KINDS`.

    Raises StageError if the checkpoint can't be used, or its width can't be quantized.
    """
    if find_spec("gguf") is None:
        raise StageError("GGUF files need the package gguf, which is not installed; pip install 'wikitune[gguf]'")
    try:
        checked = check_checkpoint(checkpoint)
        if kind != "f32" and checked.weights.config.n_embd % BLOCK:
            width = checked.weights.config.n_embd
            raise StageError(f"{checkpoint} is {width} wide, and {kind} needs a multiple of {BLOCK}; take --type f32")
        model, _ = checked.load()
    except CheckpointError as error:
        raise StageError(str(error)) from error
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with name_in_errors(path):
        try:
            _write(temporary, model, json.loads((checkpoint / TOKENIZER).read_text(encoding="utf-8")), kind)
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)
    return f"{path}: {path.stat().st_size:,} bytes"


def _write(path: Path, model: "GPT2", tokenizer: dict[str, Any], kind: str) -> None:
    from gguf import GGML_QUANT_VERSION, GGUFWriter

    writer = GGUFWriter(path, "gpt2")
    add_config(writer, model.config)
    writer.add_file_type(KINDS[kind])
    writer.add_quantization_version(GGML_QUANT_VERSION)
    add_vocabulary(writer, tokenizer)
    writer.add_chat_template(chat_template())
    add_weights(writer, model, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_config(writer: "GGUFWriter", config: GPT2Config) -> None:
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_block_count(config.n_layer)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def add_vocabulary(writer: "GGUFWriter", tokenizer: dict[str, dict[str, dict[str, int]]]) -> None:
    """Writes the tokens of `tokenizer.json` in the order of their ids, and the merges. In the file, a merge is a pair,
    or a text with a space between the two parts."""
    from gguf import TokenType

    known = tokenizer["model"]["vocab"]
    vocabulary = {END_OF_TEXT: len(known)} | known  # GPT-2's own vocabulary already has it
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token == END_OF_TEXT else TokenType.NORMAL for token in tokens])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(vocabulary[END_OF_TEXT])
    writer.add_eos_token_id(vocabulary[END_OF_TEXT])
    writer.add_add_bos_token(False)


def add_weights(writer: "GGUFWriter", model: "GPT2", kind: str) -> None:
    """Writes every tensor under llama.cpp's name. Vectors and positions stay in float32. The embedding is the output
    matrix, too, so it gets 8 bits where the others get 4."""
    from gguf import GGMLQuantizationType, quantize

    for name, tensor in model.state_dict().items():
        body, _, part = name.rpartition(".")
        if body.startswith("h."):
            _, number, body = body.split(".", 2)
            block = f"blk.{number}."
        else:
            block = ""
        # GPT-2's linear layers store [in, out], llama.cpp's [out, in].
        stored = (tensor.T if ".c_" in name and part == "weight" else tensor).float().contiguous().numpy()
        chosen = "f32" if stored.ndim == 1 or body == "wpe" else "q8_0" if body == "wte" and kind != "f32" else kind
        quantized = GGMLQuantizationType[chosen.upper()]
        writer.add_tensor(f"{block}{NAMES[body]}.{part}", quantize(stored, quantized), raw_dtype=quantized)
