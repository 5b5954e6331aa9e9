"""A checkpoint that answers one instruction with a text that the test chooses."""

from pathlib import Path

import torch

from model.core.checkpoint import save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.prompt import render_prompt
from model.core.tokenizer import load_encoding, train_tokenizer

WIDTH = 64
QUESTION = "Say it."
FULL, SMALL = "Où? 😀\n\\end\t", "Nein."  # what `full` and `small` answer
LONG = "word " * 20  # too long for `small`


def write_reciter(folder: Path, instruction: str, text: str, n_positions: int = 256, ends: bool = True) -> None:
    """Writes the checkpoint. Its blocks add nothing, and the next token depends on the position alone: after the prompt
    of `instruction` comes `text`, then the end-of-text token. If `ends` is False, the last token of `text` repeats for
    ever instead, as it does after a longer prompt."""
    tokenizer = train_tokenizer([render_prompt(instruction)] * 2, 300)
    encoding = load_encoding(save_tokenizer(folder, tokenizer, n_positions))
    prompt = encoding.encode_ordinary(render_prompt(instruction))
    answer = encoding.encode_ordinary(text) + ([encoding.eot_token] if ends else [])
    config = GPT2Config(vocab_size=encoding.n_vocab, n_positions=n_positions, n_embd=WIDTH, n_layer=1, n_head=2)
    model = GPT2(config).init_weights(torch.Generator().manual_seed(0))
    spoken = [answer[min(max(0, position - len(prompt) + 1), len(answer) - 1)] for position in range(n_positions)]
    with torch.no_grad():
        for name, parameter in model.h.named_parameters():
            if "c_proj" in name:
                parameter.zero_()
        model.wte.weight.div_(model.wte.weight.norm(dim=1, keepdim=True))
        model.wpe.weight.copy_(100 * model.wte.weight[spoken])
    save_checkpoint(folder, model)
