"""How well a model predicts a text that it is given, rather than one that it writes."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2


@torch.no_grad()
def summed_loss(model: GPT2, tokens: Sequence[int]) -> float:
    """The cross-entropy of all tokens but the first, each predicted from those before it: their sum, in nats.

    There may be one token more than the model's context, as the last is only a target. Raises ValueError if there are
    more.
    """
    row = torch.tensor(tokens, device=model.wte.weight.device)
    hidden = model(row[None, :-1])[0]
    return F.cross_entropy(model.logits(hidden).float(), row[1:], reduction="sum").item()
