"""From the train section of params.yaml to a training configuration."""

import pytest
import torch

from model.training.precision import best_precision
from stages.common.errors import StageError
from stages.common.params import load_params
from stages.train import Params, choose_device, training_config

CPU = torch.device("cpu")


@pytest.fixture
def params(project: object) -> Params:
    return load_params("train", Params)


def test_every_parameter_reaches_the_loop(params: Params) -> None:
    """Guards against a parameter of params.yaml that changes nothing."""
    changed = params.model_copy(
        update={
            "micro_batch_size": 3,
            "patience": 2,
            "lora_rank": 4,
            "neftune": 5.0,
            "compile": True,
            "precision": "bfloat16",
        }
    )
    config = training_config(changed, CPU)
    assert (config.micro_batch_size, config.patience, config.lora_rank) == (3, 2, 4)
    assert (config.neftune, config.compile, config.precision) == (5.0, True, "bfloat16")
    assert config.learning_rate == params.learning_rate


def test_the_defaults_leave_options_out(params: Params) -> None:
    config = training_config(params, CPU)
    assert (config.micro_batch_size, config.patience, config.lora_rank) == (None, None, None)
    assert (config.neftune, config.precision) == (0.0, "float32")


def test_auto_takes_the_faster_precision(params: Params) -> None:
    """Guards against bfloat16 on a processor that has to imitate it."""
    config = training_config(params.model_copy(update={"precision": "auto"}), CPU)
    assert f"torch.{config.precision}" == str(best_precision(CPU))


@pytest.mark.skipif(torch.cuda.is_available(), reason="speaks of machines without a GPU")
def test_a_gpu_that_is_not_there_is_an_error() -> None:
    assert choose_device("auto") == CPU
    with pytest.raises(StageError, match=r"train.device is cuda, but torch sees no GPU; use cpu or auto"):
        choose_device("cuda")
