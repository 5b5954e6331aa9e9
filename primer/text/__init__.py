"""What the bundled base model reads: one module per topic, and `sources.py`, which lists them."""
