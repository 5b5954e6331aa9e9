"""The one place where an instruction becomes a prompt, for training and for inference.

The format is Alpaca's (Taori et al., 2023, "Stanford Alpaca: An Instruction-following LLaMA model").
"""

import json

END_OF_TEXT = "<|endoftext|>"

PREAMBLE = "Below is an instruction that describes a task. Write a response that appropriately completes the request."


def render_prompt(instruction: str, input: str = "") -> str:
    """The prompt, up to and including `### Response:` and one newline. An empty input gets no `Input` block."""
    parts = [PREAMBLE, f"### Instruction:\n{instruction}"]
    if input:
        parts.append(f"### Input:\n{input}")
    parts.append("### Response:\n")
    return "\n\n".join(parts)


def chat_template() -> str:
    """The prompt as a Jinja template for chats, which transformers, TRL, vLLM, lm-evaluation-harness and llama.cpp use.

    The model knows one turn. So the last message of a user is the instruction, below those of the system, and
    earlier turns are left out. `### Input:` and a text may follow an instruction inside its message, as in
    `render_prompt`. An answer after it ends with `<|endoftext|>`, as in training.
    """
    before, after = render_prompt("{instruction}").split("{instruction}")
    response = after.lstrip("\n")
    between = after.removesuffix(response)
    # json.dumps writes a Jinja string. Line feeds must be inside strings: Jinja drops one at the end of a template.
    return (
        "{%- set turn = namespace(system='', user=none, answer=none) -%}"
        "{%- for message in messages -%}"
        "{%- if message['role'] == 'system' -%}{%- set turn.system = turn.system + message['content'] + '\\n\\n' -%}"
        "{%- elif message['role'] == 'user' -%}"
        "{%- set turn.user = message['content'] -%}{%- set turn.answer = none -%}"
        "{%- elif message['role'] == 'assistant' -%}{%- set turn.answer = message['content'] -%}"
        "{%- else -%}{{- raise_exception('The roles are system, user and assistant.') -}}{%- endif -%}"
        "{%- endfor -%}"
        "{%- if turn.user is none -%}{{- raise_exception('There is no message of a user.') -}}{%- endif -%}"
        f"{{{{- {json.dumps(before)} + turn.system + turn.user + {json.dumps(between)} -}}}}"
        f"{{%- if turn.answer is not none -%}}{{{{- {json.dumps(response)} + turn.answer + '{END_OF_TEXT}' -}}}}"
        f"{{%- elif add_generation_prompt -%}}{{{{- {json.dumps(response)} -}}}}{{%- endif -%}}"
    )
