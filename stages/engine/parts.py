"""Work on the parts of an input, none of which needs another: a step for each of them, in any order.

This is for work that is a map, and whose results are as large as what it reads: a part's function writes them itself,
into the folder of its step, so that nothing but a line about it goes back to the process that runs the stage.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from stages.common.errors import StageError, explain_os_error
from stages.engine.apart import run_on_engine
from stages.engine.plans import Rows, worker_function
from stages.engine.steps import Steps

PartWork = Callable[[int, Path], Mapping[str, Any] | None]


def run_parts(
    engine: str, address: str, steps: Steps, names: Sequence[str], work: PartWork
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The folder of each part, in order, and the facts that `work(number, folder)` gave when it had filled it. Numbers
    are from 0; a part with a known name isn't done again.

    `work` must be picklable. Raises the StageError of the first part that has one, when all others are done.
    """
    missing = {number: name for number, name in enumerate(names) if name not in steps}
    if missing:
        run_on_engine(engine, address, _run_missing, steps, missing, work)
    return ((steps.path(name), steps.facts(name)) for name in names)


def _run_missing(steps: Steps, names: Mapping[int, str], work: PartWork) -> None:
    import daft
    from daft import DataType, col

    run = worker_function(partial(_run_each, steps, names, work), DataType.string(), batch_size=1)
    frame = daft.from_pydict({"number": list(names)})
    if daft.get_or_infer_runner_type() == "ray":
        frame = frame.into_partitions(len(names))
    problems = frame.select(col("number"), run(col("number")).alias("problem")).sort("number").to_pydict()["problem"]
    if problem := next(filter(None, problems), ""):
        raise StageError(problem)


def _run_each(steps: Steps, names: Mapping[int, str], work: PartWork, numbers: Rows) -> Rows:
    """A text about what went wrong with each part, or ""."""
    return [_run_one(steps, names[number], partial(work, number)) for number in numbers]


def _run_one(steps: Steps, name: str, work: Callable[[Path], Mapping[str, Any] | None]) -> str:
    try:
        steps.run(name, work)
    except StageError as error:
        return str(error)
    except OSError as error:
        return explain_os_error(error)
    return ""
