"""Decoding on a GPU: every step is the same work at the same addresses, so that it can be recorded as a CUDA graph.

A step of GPT-2 is some hundred small kernels. Starting them one by one from Python takes far longer than they run, so a
step is recorded once and then repeated with a single call. Whatever the host decides while a step is recorded, it
decides for all of its repetitions. So:

- The KV cache has its whole length from the start.
- What changes from step to step is in tensors on the device, which the step itself updates: the last token of each row,
  its position, and how many tokens the row may still get.
- A row that is finished stays in the batch. It gets `NO_TOKEN`, and its position stays where it is.
- Attention reads the first `span` positions of the cache. There are few spans, the multiples of `SPAN`, and a graph for
  each of them.
- The host reads the chosen tokens every few steps only: whenever it reads, the device has nothing to do.

On a CPU the same steps run without a graph, so that tests can compare them with `generate`. No GPU has run the graphs
yet: this was written on machines without one.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.kv_cache import KVCache, PromptRows, StaticRows
from model.decoding.sampling import Sampling, most_likely, sample_tokens

NO_TOKEN = -1  # of a row that is finished
SPAN = 128  # positions: a smaller one would read less of the cache that is still empty, and record more graphs
CPU_ROWS = 64  # decoded together on a CPU, if the number is chosen here
GPU_ROWS = 256  # at most, on a GPU: near where an H100's arithmetic begins to take longer than reading the weights
MEMORY_SHARE = 0.8  # of the free memory, for the rows
_SAMPLING_BYTES = 64  # per row and token of the vocabulary: the scores, and what sampling makes of them, in float64
_PROMPT_BYTES = 48  # per token of a prompt and unit of width: what a block keeps at a time, in float32

Launch = Callable[[], None]  # starts the work of a step


class StaticDecoder:
    """Decodes batches, one after the other, in the same memory and with the same graphs.

    Don't move or convert the model as long as the decoder is used: the graphs keep the addresses of its weights.
    """

    def __init__(
        self,
        model: GPT2,
        rows: int,
        length: int,
        max_new_tokens: int,
        stop: int,
        sampling: Sampling,
        read_every: int,
    ) -> None:
        """For batches of at most `rows` prompts that are `length` tokens long with their answers. An answer ends with
        the token `stop`, after `max_new_tokens` or at the end of the context. Tokens are read from the device every
        `read_every` steps."""
        device = model.wte.weight.device
        self.model, self.rows, self.stop, self.sampling = model, rows, stop, sampling
        self.read_every = read_every
        self.steps = min(max_new_tokens, model.config.n_positions)
        self.length = -(-min(length, model.config.n_positions) // SPAN) * SPAN
        self.cache = KVCache(model, rows, self.length)
        self.cache.reserve(self.length)

        def zeros(count: int) -> Tensor:
            return torch.zeros(count, dtype=torch.int64, device=device)

        self.tokens = zeros(rows)  # the last token of each row
        self.positions = zeros(rows)  # its position
        self.room = zeros(rows)  # how many tokens the row may still get
        self.step_index = zeros(1)
        self.chosen = torch.empty(self.steps, rows, dtype=torch.int64, device=device)
        # Sampling stays outside the graph, which hands over the scores.
        self.logits = model.wte.weight.new_empty(0 if sampling.greedy else rows, model.config.vocab_size)
        self._record_step = GraphRecorder(device).record if device.type == "cuda" else run_without_graph
        self._recorded: dict[int, Launch] = {}  # by span

    @torch.inference_mode()
    def decode(
        self, prompts: Sequence[Sequence[int]], generators: Sequence[np.random.Generator]
    ) -> Iterator[list[int]]:
        """Continues each prompt, for which the context has room, with its own generator of random numbers. Yields the
        tokens of each step, one per prompt: `NO_TOKEN` for one that is finished. The last token of an answer may be
        `stop`. Raises ValueError for more or longer prompts than the decoder has memory for."""
        longest, context = max(map(len, prompts)), self.model.config.n_positions
        most = min(longest + self.steps, context)
        if len(prompts) > self.rows or most > self.length:
            raise ValueError(
                f"{len(prompts)} rows of up to {most} tokens exceed the decoder's {self.rows} of {self.length}"
            )
        room = [min(self.steps, context - len(prompt)) for prompt in prompts]
        last_step = max(room) - 1
        uniform = self._random_numbers(generators)
        self._choose_first(prompts, room, uniform)
        read = 0  # steps
        for step in range(last_step + 1):
            if step:
                self._advance(longest + step)
                if uniform is not None:
                    self._store(sample_tokens(self.logits, self.sampling, uniform[step]))
            if step == last_step or step + 1 - read == self.read_every:
                chosen = self.chosen[read : step + 1, : len(prompts)].tolist()
                for tokens in chosen:
                    if all(token == NO_TOKEN for token in tokens):
                        return
                    yield tokens
                read = step + 1

    def _random_numbers(self, generators: Sequence[np.random.Generator]) -> Tensor | None:
        """The uniform random numbers [steps, rows] (float64) of all steps; None if the choice needs none."""
        if self.sampling.greedy:
            return None
        numbers = torch.zeros(self.steps, self.rows, dtype=torch.float64)
        for row, generator in enumerate(generators):
            numbers[:, row] = torch.from_numpy(generator.random(self.steps))
        return numbers.to(self.tokens.device)

    def _choose_first(self, prompts: Sequence[Sequence[int]], room: Sequence[int], uniform: Tensor | None) -> None:
        """Runs the prompts through the model, and stores the first token of each answer."""
        count, device = len(prompts), self.tokens.device
        lengths = [len(prompt) for prompt in prompts]
        idle = [0] * (self.rows - count)
        self.positions.copy_(torch.tensor([*lengths, *idle]))
        self.room.copy_(torch.tensor([*room, *idle]))
        self.step_index.zero_()
        layout = PromptRows(self.cache, lengths, device)
        tokens = torch.tensor([token for prompt in prompts for token in prompt], device=device)
        logits = self.model.logits(self.model.hidden(tokens, layout)[layout.last])
        first = most_likely(logits) if uniform is None else sample_tokens(logits, self.sampling, uniform[0, :count])
        self._store(F.pad(first, (0, len(idle))))

    def _advance(self, seen: int) -> None:
        """The work of one more step, in which no row sees more than `seen` positions."""
        span = min(-(-seen // SPAN) * SPAN, self.length)
        if span in self._recorded:
            self._recorded[span]()
        else:
            self._recorded[span] = self._record_step(lambda: self._step(span))

    def _step(self, span: int) -> None:
        """The scores of the next tokens and, without sampling, the choice. All of it is in the graph, so nothing here
        may wait for the device, or depend on a value that it computes."""
        logits = self.model.logits(self.model.hidden(self.tokens, StaticRows(self.cache, self.positions, span)))
        self.positions.add_(self.room > 0)
        if self.sampling.greedy:
            self._store(most_likely(logits))
        else:
            self.logits.copy_(logits)

    def _store(self, tokens: Tensor) -> None:
        """Stores the chosen `tokens` [rows], which are the next step's input, and notes which rows are finished."""
        tokens = tokens.masked_fill(self.room == 0, NO_TOKEN)
        self.chosen.index_copy_(0, self.step_index, tokens[None])
        self.step_index.add_(1)
        self.room.sub_(1).clamp_(min=0).masked_fill_(tokens == self.stop, 0)
        self.tokens.copy_(tokens.clamp(min=0))


class GraphRecorder:
    """Records steps as CUDA graphs. They share memory for what they compute, because no two of them run at once, and
    because what outlasts a step is in tensors that were there before.

    The rules are those of https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
    """

    def __init__(self, device: torch.device) -> None:
        # Nothing can be recorded on the stream that is used by default.
        self.stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self.pool = torch.cuda.graph_pool_handle()

    def record(self, step: Launch) -> Launch:
        """Runs `step` once, and returns what repeats it.

        The run is a real step, and it comes before the recording, which computes nothing: libraries set themselves up
        when they are first used, and take memory on the stream that they run on. Neither can be recorded.
        """
        current = torch.cuda.current_stream()
        self.stream.wait_stream(current)
        with torch.cuda.stream(self.stream):
            step()
        current.wait_stream(self.stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self.pool, stream=self.stream):
            step()
        return graph.replay


def run_without_graph(step: Launch) -> Launch:
    """What `GraphRecorder.record` does, for a CPU."""
    step()
    return step


def choose_batch_size(model: GPT2, prompts: Sequence[Sequence[int]], max_new_tokens: int) -> int:
    """How many of the prompts to decode together: `CPU_ROWS`, or on a GPU as many as fit into its free memory."""
    weight = model.wte.weight
    if weight.device.type != "cuda":
        return CPU_ROWS
    torch.cuda.empty_cache()  # what an earlier model has left with torch counts as free
    longest = max(map(len, prompts), default=0)
    each = row_bytes(model.config, longest, max_new_tokens, weight.element_size())
    return fitting_rows(torch.cuda.mem_get_info(weight.device)[0], each)


def row_bytes(config: GPT2Config, prompt: int, max_new_tokens: int, element_size: int) -> int:
    """The most bytes that a row takes, with a prompt of `prompt` tokens: its keys and values, of `element_size` bytes a
    number, what the model computes of the prompt, and the scores of the next token."""
    length = -(-min(prompt + max_new_tokens, config.n_positions) // SPAN) * SPAN
    cached = 2 * config.n_layer * config.n_embd * element_size * length
    return cached + _PROMPT_BYTES * config.n_embd * prompt + _SAMPLING_BYTES * config.vocab_size


def fitting_rows(free: int, each: int) -> int:
    """How many rows of `each` bytes fit into `MEMORY_SHARE` of `free` bytes: a power of two from 1 to `GPU_ROWS`, so
    that a little more or less free memory changes nothing."""
    rows = GPU_ROWS
    while rows > 1 and rows * each > MEMORY_SHARE * free:
        rows //= 2
    return rows
