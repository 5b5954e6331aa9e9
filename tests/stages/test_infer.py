"""Answers of the infer stage, from a model so small that it takes milliseconds."""
