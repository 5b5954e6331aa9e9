"""Dividing examples into train, val and test: groups that stay together, exact sizes, and the proof."""
