"""The model: GPT-2, how tokens are arranged in rows, tokenizer, prompt, and checkpoints, our own and others."""
