"""Decoding: the KV cache, batched generation, and sampling."""
