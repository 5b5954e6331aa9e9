"""Answers of the infer stage, from a model so small that it takes milliseconds."""

from pathlib import Path

import pytest
import torch

from model.checkpoint import save_checkpoint
from model.gpt2 import GPT2, GPT2Config
from stages.infer import Params, answer_all, measure
from stages.records import Answer, Example
