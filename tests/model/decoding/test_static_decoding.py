"""Steps that a CUDA graph can record, run without one: they must give the tokens of the CPU's loop and of the slow
reference.

The tests of graphs themselves need a GPU, and are skipped without one.
"""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import torch

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding import generation, static_decoding
from model.decoding.generation import Generation, generate, generate_batches, generate_slowly, stream
from model.decoding.sampling import GREEDY, Sampling, row_generator
from model.decoding.static_decoding import (
    CPU_ROWS,
    NO_TOKEN,
    StaticDecoder,
    choose_batch_size,
    fitting_rows,
    row_bytes,
)
from tests.model.training.recording import RecordedGraphs, Recording

STOP = 49
SAMPLED = Sampling(3.0, top_k=20, top_p=0.9, seed=5)
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU")


def prompts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(0, STOP, (length,), generator=generator).tolist() for length in lengths]


@pytest.fixture
def on_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """`generate`, `generate_batches` and `stream` decode on the CPU as they do on a GPU, but for the graphs."""

    def choose(
        model: GPT2,
        rows: Sequence[Sequence[int]],
        batch_size: int,
        max_new_tokens: int,
        stop: int,
        sampling: Sampling,
        read_every: int,
    ) -> Any:
        length = max(map(len, rows)) + max_new_tokens
        return StaticDecoder(model, batch_size, length, max_new_tokens, stop, sampling, read_every).decode

    monkeypatch.setattr(generation, "_choose_decoder", choose)


@pytest.mark.parametrize("span", [1, 5, 128])
@pytest.mark.parametrize("max_new_tokens", [0, 1, 6, 40])
def test_static_steps_give_the_tokens_of_the_slow_reference(
    tiny: GPT2, on_cpu: None, monkeypatch: pytest.MonkeyPatch, max_new_tokens: int, span: int
) -> None:
    """Guards against a mask, a position or a span that leaves out the new token or lets in an old one. Prompts fill
    the context, and answers end with it."""
    monkeypatch.setattr(static_decoding, "SPAN", span)
    rows = prompts(1, 5, 12, 23, 24, 3)
    expected = [generate_slowly(tiny, row, max_new_tokens, STOP) for row in rows]
    assert generate(tiny, rows, max_new_tokens, STOP) == expected


@pytest.mark.parametrize("read_every", [1, 3, 16])
def test_finished_rows_leave_by_a_mask(
    tiny: GPT2, on_cpu: None, monkeypatch: pytest.MonkeyPatch, read_every: int
) -> None:
    """Guards against tokens after the stop token, against rows that go on past their limit while others run, and
    against steps that are lost between two looks at the tokens."""
    monkeypatch.setattr(generation, "READ_EVERY", read_every)
    rows = prompts(2, 4, 20, 8, 10)
    free = [generate_slowly(tiny, row, 12, STOP).tokens for row in rows]
    stop = next(token for token in free[1][1:] if token not in free[0])
    expected = [generate_slowly(tiny, row, 12, stop) for row in rows]
    assert {row.finish for row in expected} == {"stop", "length"}
    assert len({len(row.tokens) for row in expected}) > 2
    assert generate(tiny, rows, 12, stop) == expected


def test_the_end_of_all_rows_ends_the_batch(tiny: GPT2) -> None:
    """Guards against a decoder that computes all `max_new_tokens` steps for rows that have stopped."""
    row = prompts(4)[0]
    stop = generate_slowly(tiny, row, 20, STOP).tokens[2]
    decoder = StaticDecoder(tiny, 2, 24, 20, stop, GREEDY, 4)
    steps = list(decoder.decode([row, row], generators(2)))
    ended = generate_slowly(tiny, row, 20, stop)
    assert steps == [[token, token] for token in (*ended.tokens, stop)]
    assert decoder.step_index.item() == 4


def generators(count: int) -> list[Any]:
    return [row_generator(5, index) for index in range(count)]


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED, Sampling(1.5)])
def test_batches_share_memory_without_a_trace(tiny: GPT2, sampling: Sampling, request: pytest.FixtureRequest) -> None:
    """Guards against keys, positions or limits that one batch leaves to the next, with fewer and longer rows in it, and
    against random numbers that belong to a place in a batch."""
    rows = prompts(20, 3, 11, 2, 24, 3, 5)
    on_a_cpu = generate(tiny, rows, 9, STOP, sampling)
    request.getfixturevalue("on_cpu")
    for batch_size in (1, 3, 7):
        found: dict[int, Generation] = {}
        for batch in generate_batches(tiny, rows, batch_size, 9, STOP, sampling):
            assert len(batch) <= batch_size
            found |= batch
        assert [found[index] for index in range(len(rows))] == on_a_cpu


def test_a_stream_reads_each_step(tiny: GPT2, on_cpu: None) -> None:
    """Guards against an answer that appears in bursts."""
    rows = [[1, 2], [3, 4, 5], list(range(24))]
    steps = stream(tiny, rows, 6, STOP)
    begun = next(steps)
    assert [index for index, _ in begun] == [0, 1]
    assert [token for _, token in begun] == [generate_slowly(tiny, row, 1, STOP).tokens[0] for row in rows[:2]]
    assert len(list(steps)) == 5


def test_in_bfloat16_the_scores_are_those_of_whole_rows(on_cpu: None) -> None:
    """Guards against a cache in another precision than the model's, which the kernels refuse."""
    config = GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2)
    model = GPT2(config).init_weights(torch.Generator().manual_seed(3), embedding_std=0.5).eval()
    rows = prompts(*[3 + index % 4 for index in range(20)])  # more than the CPU caches in float32
    expected = [generate_slowly(model, row, 1, STOP).tokens for row in rows]
    answers = generate(model.to_precision(torch.bfloat16), rows, 4, STOP)
    assert {len(answer.tokens) for answer in answers} == {4}
    assert sum(answer.tokens[:1] == tokens for answer, tokens in zip(answers, expected, strict=True)) >= 18


def test_each_span_is_recorded_once_and_its_recording_is_a_step(tiny: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a first step that is computed twice or not at all, and against a graph of one span that is used
    for another; a recording stands in for the graph."""
    monkeypatch.setattr(static_decoding, "SPAN", 8)
    recorded: list[int] = []
    decoder = StaticDecoder(tiny, 2, 24, 20, STOP, GREEDY, 16)

    def record(step: static_decoding.Launch) -> static_decoding.Launch:
        step()
        number = len(recorded)
        recorded.append(0)

        def repeat() -> None:
            recorded[number] += 1
            step()

        return repeat

    monkeypatch.setattr(decoder, "_record_step", record)
    rows = prompts(3, 6)
    for _ in range(2):
        steps = list(decoder.decode(rows, generators(2)))
        for index, row in enumerate(rows):
            tokens = tuple(step[index] for step in steps if step[index] != NO_TOKEN)
            assert tokens == generate_slowly(tiny, row, 20, STOP).tokens
    # The longer row sees 7 to 24 positions: 2 steps in the first span, 8 in the second, 8 in the third, where the other
    # one takes another step. Each span was computed once when it was recorded.
    assert recorded == [2 * 2 - 1, 2 * 8 - 1, 2 * 9 - 1]


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED])
def test_recorded_operations_give_the_same_tokens(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:
    """Guards against a number of Python's in a step, such as a position: a graph would repeat it. The operations of a
    span are recorded once and repeated as a graph repeats them, without Python."""
    rows = prompts(20, 3, 11, 2, 5)
    expected = generate(tiny, rows, 15, STOP, sampling)
    monkeypatch.setattr(static_decoding, "SPAN", 8)
    monkeypatch.setattr(static_decoding, "most_likely", lambda logits: logits.argmax(-1))  # as on a GPU
    graphs = RecordedGraphs()
    decoder = StaticDecoder(tiny, 2, 24, 15, STOP, sampling, 4)

    def record(step: static_decoding.Launch) -> static_decoding.Launch:
        step()
        return graphs(step)

    monkeypatch.setattr(decoder, "_record_step", record)
    for first in (0, 2, 4):  # the last batch has one row less
        places = range(first, min(first + 2, len(rows)))
        numbers = [row_generator(sampling.seed, place) for place in places]
        steps = list(decoder.decode([rows[place] for place in places], numbers))
        for index, place in enumerate(places):
            tokens = [step[index] for step in steps if step[index] != NO_TOKEN]
            assert tuple(tokens) == expected[place].tokens
    assert graphs.captures == 3
    assert graphs.replays > 20


@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED])
def test_a_step_neither_waits_for_the_device_nor_takes_new_places(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:
    """Guards against what CUDA can't record: a value that Python reads, a result whose size depends on values, a copy
    from the host; and against results in tensors that a later step doesn't read."""
    monkeypatch.setattr(static_decoding, "most_likely", lambda logits: logits.argmax(-1))
    decoder = StaticDecoder(tiny, 2, 24, 15, STOP, sampling, 4)
    list(decoder.decode(prompts(3, 5), generators(2)))
    kept = [decoder.tokens, decoder.positions, decoder.room, decoder.step_index, decoder.chosen, decoder.logits]
    kept += [*decoder.cache.keys, *decoder.cache.values]
    decoder.step_index.zero_()
    with torch.inference_mode(), Recording() as recording:
        decoder._step(static_decoding.SPAN)
    names = {operation._schema.name for operation, *_ in recording.calls}
    waiting = ("_local_scalar_dense", "nonzero", "masked_select", "unique", "is_nonzero", "equal", "lift_fresh")
    assert not {name for name in names if name.removeprefix("aten::") in waiting}
    memory = {tensor.untyped_storage().data_ptr() for tensor in kept}
    assert {tensor.untyped_storage().data_ptr() for tensor, _ in recording.changed} <= memory


@pytest.mark.parametrize(("lengths", "message"), [((3, 3, 3), "3 rows of up to 7"), ((3, 9), "2 rows of up to 13")])
def test_what_the_memory_cannot_hold_is_refused(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, lengths: tuple[int, ...], message: str
) -> None:
    """Guards against keys that are written over those of another row."""
    monkeypatch.setattr(static_decoding, "SPAN", 4)
    decoder = StaticDecoder(tiny, 2, 8, 4, STOP, GREEDY, 1)
    with pytest.raises(ValueError, match=f"{message} tokens exceed the decoder's 2 of 8"):
        list(decoder.decode(prompts(*lengths), generators(len(lengths))))


def test_a_cpu_decodes_as_many_rows_as_ever(tiny: GPT2) -> None:
    """Guards against default answers in bfloat16 that change with the machine's memory."""
    assert choose_batch_size(tiny, prompts(3, 5), 100) == CPU_ROWS == 64


def test_bytes_of_a_row() -> None:
    """By hand, for GPT-2 124M with a prompt of 60 tokens and 256 new ones, so 384 cached: guards against a factor that
    is forgotten."""
    cached = 2 * 12 * 768 * 384  # keys and values
    rest = 48 * 768 * 60 + 64 * 50257
    assert row_bytes(GPT2Config(), 60, 256, 2) == 2 * cached + rest
    assert row_bytes(GPT2Config(), 60, 256, 4) == 4 * cached + rest
    assert row_bytes(GPT2Config(), 1000, 5000, 2) == 2 * 2 * 12 * 768 * 1024 + 48 * 768 * 1000 + 64 * 50257


@pytest.mark.parametrize(
    ("free", "rows"), [(0, 1), (2_499, 1), (2_500, 2), (5_000, 4), (9_999, 4), (319_999, 128), (10**9, 256)]
)
def test_rows_that_fit(free: int, rows: int) -> None:
    """Four fifths of the memory, for rows of 1,000 bytes: from both sides of each limit."""
    assert fitting_rows(free, 1000) == rows


@needs_gpu
@pytest.mark.parametrize("sampling", [GREEDY, SAMPLED])
def test_graphs_give_the_tokens_of_a_cpu(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:  # pragma: no cover
    """Guards against whatever a graph does not repeat: float32, several batches, spans and looks at the tokens."""
    monkeypatch.setattr(static_decoding, "SPAN", 8)
    monkeypatch.setattr(generation, "READ_EVERY", 3)
    rows = prompts(20, 3, 11, 2, 24, 3, 5)
    expected = generate(tiny, rows, 15, STOP, sampling)
    there = copy.deepcopy(tiny).to("cuda")
    assert generate(there, rows, 15, STOP, sampling) == expected
    found: dict[int, Generation] = {}
    for batch in generate_batches(there, rows, 3, 15, STOP, sampling):
        found |= batch
    assert [found[index] for index in range(len(rows))] == expected


@needs_gpu
def test_the_batch_fits_into_the_memory_of_a_gpu(tiny: GPT2) -> None:  # pragma: no cover
    assert choose_batch_size(tiny.to("cuda"), prompts(3, 5), 10) == 256
