"""The one place where an instruction becomes a prompt, for training and for inference.

The format is Alpaca's (Taori et al., 2023, "Stanford Alpaca: An Instruction-following LLaMA model").
"""

END_OF_TEXT = "<|endoftext|>"

PREAMBLE = "Below is an instruction that describes a task. Write a response that appropriately completes the request."


def render_prompt(instruction: str, input: str = "") -> str:
    """The prompt, up to and including `### Response:` and one newline. An empty input gets no `Input` block."""
    parts = [PREAMBLE, f"### Instruction:\n{instruction}"]
    if input:
        parts.append(f"### Input:\n{input}")
    parts.append("### Response:\n")
    return "\n\n".join(parts)
