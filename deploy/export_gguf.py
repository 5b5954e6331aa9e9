"""Exports a checkpoint as one GGUF file, for llama.cpp and the programs built on it (Ollama, LM Studio).

    python -m deploy.export_gguf data/checkpoints/full full.gguf

llama.cpp's own converter recognises a vocabulary by a hash of how it splits a certain text, and refuses unknown ones,
such as one that was trained here. The tensors' names are those of llama.cpp's architecture `gpt2`.
"""

import argparse
import json
from pathlib import Path

import torch
from gguf import GGUFWriter, TokenType

from model.core.checkpoint import load_checkpoint
from model.core.checkpoint_files import TOKENIZER
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.prompt import END_OF_TEXT, chat_template

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


def export(checkpoint: Path, path: Path) -> None:
    """Writes the weights in float32, the vocabulary, and the training prompt as the chat template."""
    model, _ = load_checkpoint(checkpoint)
    writer = GGUFWriter(path, "gpt2")
    add_config(writer, model.config)
    add_vocabulary(writer, json.loads((checkpoint / TOKENIZER).read_text(encoding="utf-8")))
    writer.add_chat_template(chat_template())
    add_weights(writer, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_config(writer: GGUFWriter, config: GPT2Config) -> None:
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_block_count(config.n_layer)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def add_vocabulary(writer: GGUFWriter, tokenizer: dict[str, dict[str, dict[str, int]]]) -> None:
    """Writes the tokens of `tokenizer.json` in the order of their ids, and the merges. In the file, a merge is a pair,
    or a text with a space between the two parts."""
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


def add_weights(writer: GGUFWriter, model: GPT2) -> None:
    """Writes every tensor in float32 under llama.cpp's name."""
    for name, tensor in model.state_dict().items():
        body, _, kind = name.rpartition(".")
        if body.startswith("h."):
            _, number, part = body.split(".", 2)
            module, block = part, f"blk.{number}."
        else:
            module, block = body, ""
        # GPT-2's linear layers store [in, out], llama.cpp's [out, in].
        stored = tensor.T if ".c_" in name and kind == "weight" else tensor
        writer.add_tensor(f"{block}{NAMES[module]}.{kind}", stored.to(torch.float32).contiguous().numpy())


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.export_gguf", description="Exports a checkpoint as a GGUF file."
    )
    parser.add_argument("checkpoint", type=Path, help="a folder with model.safetensors, such as data/checkpoints/full")
    parser.add_argument("path", type=Path, help="the file to write")
    options = parser.parse_args()
    export(options.checkpoint, options.path)


if __name__ == "__main__":
    main()
