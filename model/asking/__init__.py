"""Asking: checkpoints that answer instructions in a terminal or through a pipe."""
