"""Where a training run is, and what it leaves behind: its curve of losses."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Losses:
    """Mean cross-entropy in nats a token; `response` counts the tokens of responses alone."""

    all: float
    response: float


@dataclass(frozen=True)
class CurvePoint:
    """One evaluation. `train_loss` is the mean over the tokens since the point before (None before training)."""

    step: int
    epoch: float
    tokens: int
    learning_rate: float
    train_loss: float | None
    val_loss: float
    val_response_loss: float


@dataclass(frozen=True)
class TrainingResult:
    curve: tuple[CurvePoint, ...]
    kept: CurvePoint
    steps: int
    tokens: int  # supervised tokens seen


@dataclass
class Progress:
    """Where a run is; with the weights and the optimizer's state, all that going on needs."""

    step: int = 0
    tokens: int = 0
    loss_sum: float = 0.0  # since the last evaluation, as are its tokens
    loss_tokens: int = 0
    without_gain: int = 0  # evaluations
    curve: list[CurvePoint] = field(default_factory=list)
    kept: CurvePoint | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> "Progress":
        curve = [CurvePoint(**point) for point in state["curve"]]
        kept = CurvePoint(**state["kept"]) if state["kept"] else None
        return cls(**state | {"curve": curve, "kept": kept})
