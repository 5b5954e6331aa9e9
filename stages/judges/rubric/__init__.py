"""The judge without a model: it compares the words of an answer with the reference."""
