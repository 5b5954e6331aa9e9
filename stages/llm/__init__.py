"""Structured answers from language models, and the journal that keeps them."""
