"""GPT-2 from scratch: the model, its tokenizer, prompt, training, decoding and checkpoints."""
