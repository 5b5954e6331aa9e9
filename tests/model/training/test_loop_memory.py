"""What happens to training when memory is short."""

import subprocess
import sys
from pathlib import Path

import pytest

# The process may grow by 300 MB; the activations of the batch need several times as much.
TRAINING = """
import resource
import torch
from model.training.data import TokenSequence
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.training.loop import TrainingConfig, TrainingError, train

torch.set_num_threads(1)
model = GPT2(GPT2Config(vocab_size=50, n_positions=512, n_embd=64, n_layer=4, n_head=2))
model.init_weights(torch.Generator().manual_seed(1))
rows = [TokenSequence((*range(1, 41), *[7] * 440), response_start=2)] * 64
config = TrainingConfig(epochs=1, batch_size=64, learning_rate=1e-3, evaluations=1, micro_batch_size={rows})
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + 300 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    print(train(model, rows, rows[:1], config, pad=49).steps)
except TrainingError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
@pytest.mark.parametrize(
    ("rows", "printed"),
    [(64, "memory is short for 64 rows at a time (["), (2, "1\n")],
    ids=["a batch too large", "in smaller pieces"],
)
def test_short_memory_says_what_to_set(root: Path, rows: int, printed: str) -> None:
    """Guards against a traceback from torch's allocator, and against advice that doesn't help."""
    code = TRAINING.replace("{rows}", str(rows))
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout.startswith(printed), done.stdout + done.stderr
