"""How far a training run is, its curve of losses, and who watches it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Never

from tqdm import tqdm


@dataclass(frozen=True)
class CurvePoint:
    """One evaluation. Losses are in nats per token. `train_loss` is the mean over the tokens since the previous point
    (None before training)."""

    step: int
    epoch: float
    tokens: int
    learning_rate: float
    train_loss: float | None
    val_loss: float
    val_response_loss: float


@dataclass(frozen=True)
class TrainingResult:
    curve: tuple[CurvePoint, ...]  # the untrained model first
    kept: CurvePoint
    steps: int
    tokens: int  # supervised tokens seen


@dataclass
class Progress:
    """How far a run is. Together with the weights and the optimizer's state, this is all it needs to continue."""

    step: int = 0
    tokens: int = 0
    loss_sum: float = 0.0  # since the last evaluation
    loss_tokens: int = 0  # since the last evaluation
    without_gain: int = 0  # evaluations since the lowest validation loss
    curve: list[CurvePoint] = field(default_factory=list)
    kept: CurvePoint | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> "Progress":
        curve = [CurvePoint(**point) for point in state["curve"]]
        kept = CurvePoint(**state["kept"]) if state["kept"] else None
        return cls(**state | {"curve": curve, "kept": kept})

    def result(self) -> TrainingResult:
        """The result of a run that ends here, after at least the evaluation before training."""
        return TrainingResult(tuple(self.curve), self.kept or self.curve[0], self.step, self.tokens)


@dataclass(frozen=True)
class Watch:
    """How a run is watched while it goes on."""

    # Gets the result so far: after each evaluation, and first what a killed run had reached before this one continues.
    evaluated: Callable[[TrainingResult], object] | None = None
    bar: Callable[..., "tqdm[Never]"] = tqdm  # makes the progress bar

    def open_bar(self, steps: int, done: int, *, hidden: bool) -> "tqdm[Never]":
        """The progress bar of the steps, of which so many are done. It is only shown in a terminal."""
        return self.bar(total=steps, initial=done, unit="step", desc="train", disable=hidden or None)
