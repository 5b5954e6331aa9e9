"""A checkpoint as one GGUF file, which llama.cpp and what is built on it (Ollama, LM Studio) serve.

    python -m deploy.export_gguf data/checkpoints/full full.gguf

llama.cpp's own converter knows a vocabulary by a hash of how it cuts a certain text, and refuses all that it hasn't
met, such as one that was trained here. The names of the tensors are those of llama.cpp's architecture `gpt2`.
"""

import argparse
import json
from pathlib import Path

import torch
from gguf import GGUFWriter, TokenType

from model.core.checkpoint import TOKENIZER, load_checkpoint
from model.core.gpt2 import GPT2, GPT2Config
from model.core.prompt import END_OF_TEXT, render_prompt

NAMES = {
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
    """Writes float32 weights, the vocabulary, and the prompt of training as the chat template."""
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


def chat_template() -> str:
    """The prompt of training around the last message, in Jinja, which drops a line feed that ends a template."""
    return render_prompt("{{ messages[-1]['content'] }}").removesuffix("\n") + "{{ '\\n' }}"


def add_config(writer: GGUFWriter, config: GPT2Config) -> None:
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_block_count(config.n_layer)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)


def add_vocabulary(writer: GGUFWriter, tokenizer: dict[str, dict[str, dict[str, int]]]) -> None:
    """The tokens by id, those of `tokenizer.json`; its merges are pairs, or texts with a space between the two."""
    known = tokenizer["model"]["vocab"]
    vocabulary = {END_OF_TEXT: len(known)} | known  # GPT-2's own has it already
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
    for name, tensor in model.state_dict().items():
        body, _, kind = name.rpartition(".")
        if body.startswith("h."):
            _, number, part = body.split(".", 2)
            ours, block = part, f"blk.{number}."
        else:
            ours, block = body, ""
        # GPT-2's linear layers store [in, out], llama.cpp's [out, in].
        stored = tensor.T if ".c_" in name and kind == "weight" else tensor
        writer.add_tensor(f"{block}{NAMES[ours]}.{kind}", stored.to(torch.float32).contiguous().numpy())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.export_gguf", description="A checkpoint as a GGUF file.")
    parser.add_argument("checkpoint", type=Path, help="a folder with model.safetensors, such as data/checkpoints/full")
    parser.add_argument("path", type=Path, help="the file to write")
    wanted = parser.parse_args()
    export(wanted.checkpoint, wanted.path)


if __name__ == "__main__":
    main()
