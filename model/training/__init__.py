"""Training: the loop, the loss, batches, the optimizer, LoRA and NEFTune, several processes, and snapshots."""
