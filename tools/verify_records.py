"""Follows a run's records: examples to the pages and revisions that they are about, answers to test rows; and says of a
figure, or of a test row, what it comes from, back to the pages."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages import infer, judge
from stages.common.errors import StageError
from stages.common.files import count_lines, iter_jsonl, iter_jsonl_lines, read_json, read_jsonl
from stages.common.params import load_params
from stages.common.records import ROLES, Answer, Answers, Example, Judgment, Page, Role
from stages.reporting.manifest import Manifest, StageFiles
from tools.differences import flatten, show
from tools.verify_hashes import Breach

PAGES = Path("data/pages.jsonl")
METRICS = "reports/metrics/"
DIGITS = 16  # of a SHA-256 that are shown


def check_sources() -> list[Breach]:
    """The examples whose page isn't there at the revision that they name."""
    pages = {page.title: (page.revision_id, page.url) for page in iter_jsonl(PAGES, Page)}
    breaches = []
    for path in (Path("data/curated.jsonl"), *(infer.TEST.with_stem(side) for side in ("train", "val", "test"))):
        for number, _, example in iter_jsonl_lines(path, Example):
            source = example.source
            known = pages.get(source.title or "")
            if source.kind == "synthetic" and known != (source.revision_id, source.url):
                has = f"has revision {known[0]}, {known[1]}" if known else "has no such page"
                text = f"is about {source.title}, revision {source.revision_id}, {source.url}; {PAGES} {has}"
                breaches.append(Breach(path.as_posix(), f"line {number} (id {example.id}): {text}"))
    return breaches


def check_answers() -> list[Breach]:
    """The answers that aren't to the test rows in their order, and the metrics that aren't those of the answers."""
    test, rows = read_jsonl(infer.TEST, Example), read_jsonl(infer.ANSWERS, Answers)
    breaches = []
    for number, (example, row) in enumerate(zip(test, rows, strict=False), start=1):
        for name in ("id", "instruction", "input", "output"):
            expected, found = getattr(example, name), getattr(row, name)
            if expected != found:
                text = f"line {number} (id {example.id}): {name}: expected {show(expected)}, found {show(found)}"
                breaches.append(Breach(infer.ANSWERS.as_posix(), text))
    if len(test) != len(rows):
        text = f"expected {len(test)} rows, as in {infer.TEST}, found {len(rows)}"
        breaches.append(Breach(infer.ANSWERS.as_posix(), text))
    metrics = flatten(read_json(infer.METRICS))
    computed = flatten(infer.answer_metrics({role: [row.answers[role] for row in rows] for role in ROLES}))
    breaches += [
        Breach(infer.METRICS.as_posix(), f"{key}: expected {value}, found {metrics.get(key)}")
        for key, value in computed.items()
        if metrics.get(key) != value
    ]
    return breaches


def answer_again(drawn: list[int]) -> list[Breach]:
    """Lets the models answer the test rows at these places again. Raises StageError if answers are sampled: they then
    depend on the other rows."""
    params = load_params("infer", infer.Params)
    if params.temperature:
        raise StageError(
            f"--answers: infer.temperature is {params.temperature}, and only answers without sampling come out again; "
            "leave out --answers"
        )
    auto = read_json(infer.METRICS).get("auto")
    params = params.model_copy(update={"precision": auto["precision"]}) if auto else params
    test, rows = read_jsonl(infer.TEST, Example), read_jsonl(infer.ANSWERS, Answers)
    breaches = []
    for role in ROLES:
        answers: list[Answer] = infer.answer_all(infer.CHECKPOINTS / role, [test[place] for place in drawn], params)
        for place, answer in zip(drawn, answers, strict=True):
            found = rows[place].answers[role]
            if answer != found:
                text = f"{role} answers {show(answer.text)}, not {show(found.text)}"
                breaches.append(Breach(infer.ANSWERS.as_posix(), f"line {place + 1} (id {rows[place].id}): {text}"))
    return breaches


def trace(name: str, manifest: Manifest, stages: Mapping[str, StageFiles]) -> str:
    """What a figure (such as judge.models.full.total) or a test row (its id) comes from, as lines to read."""
    stem, _, key = name.partition(".")
    path = f"{METRICS}{stem}.json"
    writers = [stage for stage, files in manifest.stages.items() if path in files.files]
    if writers:
        figures = flatten(read_json(Path(path)))
        if key in figures:
            head = f"{name} is {figures[key]}, in {path}"
            return "\n".join([head, *_trace_stages(writers[0], manifest, stages)])
        raise StageError(f"{path} has no figure {key!r}; it has {', '.join(list(figures)[:10])}, ...")
    return "\n".join(trace_row(name))


def _trace_stages(stage: str, manifest: Manifest, stages: Mapping[str, StageFiles]) -> Iterator[str]:
    """The stage and those before it, from the last to the first, each with what it wrote, and then the inputs."""
    needed = {stage}
    order = list(stages)
    for name in reversed(order[: order.index(stage) + 1]):
        if name not in needed:
            continue
        reads = set(stages[name].deps)
        needed |= {other for other in order if any(out in reads for out in stages[other].outs)}
        for path, digest in manifest.stages[name].files.items():
            of_model = "checkpoints" in path and not path.endswith(".safetensors")  # settings and vocabulary
            if not path.startswith("reports/") and not of_model:
                yield f"<- {name:11} {digest[:DIGITS]} {path}{_count(path)}"
    deps = {dep for name in needed for dep in stages[name].deps}
    for path, digest in manifest.inputs.files.items():
        if any(path == dep or path.startswith(f"{dep}/") for dep in deps):
            yield f"<- {'(input)':11} {digest[:DIGITS]} {path}{_count(path)}"
    yield f"<- {'(code)':11} {manifest.code.hash[:DIGITS]} {len(manifest.code.files)} files of code"
    yield f"<- {'(values)':11} {manifest.parameters.hash[:DIGITS]} {len(manifest.parameters.values)} parameters"


def _count(path: str) -> str:
    if path == PAGES.as_posix():
        return f": {count_lines(PAGES):,} pages, each with its revision"
    return f": {count_lines(Path(path)):,} records" if path.endswith(".jsonl") else ""


def trace_row(id: str) -> Iterator[str]:
    row = next(((number, row) for number, _, row in iter_jsonl_lines(infer.ANSWERS, Answers) if row.id == id), None)
    if row is None:
        raise StageError(f"{id!r} is neither a figure, such as judge.models.full.total, nor the id of a test row")
    number, answers = row
    yield f"test row {id}: {show(answers.instruction)}"
    totals: dict[Role, list[tuple[int, int]]] = {role: [] for role in ROLES}
    for line, _, judgment in iter_jsonl_lines(judge.JUDGMENTS, Judgment):
        for role in ROLES:
            if judgment.id == id and role in judgment.scores:
                totals[role].append((line, judgment.scores[role].total))
    for role in ROLES:
        scored = ", ".join(f"{total} (line {line})" for line, total in totals[role])
        yield f"<- {role}: {scored or 'no score'} in {judge.JUDGMENTS}"
        yield f"<- {infer.ANSWERS}, line {number}: {show(answers.answers[role].text)}"
    yield from _trace_example(id)


def _trace_example(id: str) -> Iterator[str]:
    source: Any = None
    for path in (infer.TEST, Path("data/curated.jsonl"), Path("data/synthetic.jsonl")):
        for line, _, example in iter_jsonl_lines(path, Example):
            if example.id == id:
                source = example.source
                yield f"<- {path}, line {line}: by {example.teacher.name}{f', {example.kind}' if example.kind else ''}"
    if source is None or source.kind == "general":
        yield "<- a general task, which is about no page"
        return
    for line, _, page in iter_jsonl_lines(PAGES, Page):
        if page.title == source.title:
            yield f"<- {PAGES}, line {line}: {page.title}, revision {page.revision_id} of {page.revision_timestamp}"
            yield f"<- {page.url}"
