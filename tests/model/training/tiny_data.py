"""A few short sequences and a short training run, for tests that use `tiny`."""

from model.training.data import TokenSequence
from model.training.loop import TrainingConfig

PAD = 49
CONFIG = TrainingConfig(epochs=2, batch_size=2, learning_rate=1e-2, evaluations=2, seed=1)
ROWS = [
    TokenSequence((1, 2, 3, 4, PAD), response_start=2),
    TokenSequence((5, 6, 7, PAD), response_start=1),
    TokenSequence((8, 9, 10, 11, 12, 13, PAD), response_start=4),
    TokenSequence((1, 2, PAD), response_start=1),
    TokenSequence((3, 4, 5, 6, PAD), response_start=3),
]
