"""What a request for a chat completion may say, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from model.asking.chat_request import ChatRequest
from model.core.prompt import render_prompt
from model.decoding.sampling import Sampling

HI = {"role": "user", "content": "Hi."}


def read(*messages: dict[str, Any], **settings: Any) -> ChatRequest:
    return ChatRequest.model_validate({"model": "full", "messages": messages or [HI]} | settings)


@pytest.mark.parametrize(
    "chat",
    [
        [HI],
        [{"role": "system", "content": "Be brief."}, HI],
        [HI, {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Shorten.\n\n### Input:\nA b."}],
        [HI, {"role": "assistant", "content": "Hello."}, {"role": "system", "content": "Be kind."}, HI],
    ],
)
def test_the_prompt_is_that_of_the_chat_template(root: Path, chat: list[dict[str, str]]) -> None:
    """Guards against a server that prompts in another way than vLLM and llama.cpp do with the same checkpoint."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(root / "data/bundled/base")
    expected = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert render_prompt(read(*chat).instruction) == expected


def test_settings_are_read() -> None:
    """Guards against a setting that is taken for another or ignored, and defaults that sample."""
    assert read().sampling == Sampling(0.0, 0, 1.0, 0)
    asked = read(temperature=0.5, top_p=0.9, top_k=7, seed=3, max_tokens=5, stop="end", user="me", tools=[])
    assert (asked.sampling, asked.limit, asked.stop) == (Sampling(0.5, 7, 0.9, 3), 5, ["end"])
    assert read(max_tokens=5, max_completion_tokens=6).limit == 6
    parts = [{"type": "text", "text": "A "}, {"type": "text", "text": "b."}]
    assert read({"role": "user", "content": parts}).instruction == "A b."
    assert read({"role": "developer", "content": "Be brief."}, HI).instruction == "Be brief.\n\nHi."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": []}, "at least 1 item"),
        ({"messages": [{"role": "assistant", "content": "Hi."}]}, "the last message must be a user's"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "valid string"),
        ({"messages": [{"role": "tool", "content": "{}"}]}, "Input should be 'system', 'developer', 'user' or"),
        ({"n": 2}, "n is 2, and this server has no such feature; leave it out"),
        ({"response_format": {"type": "json_object"}}, "response_format is {'type': 'json_object'}, and this server"),
        ({"logprobs": True}, "logprobs is True, and this server has no such feature"),
        ({"temperature": -1}, "greater than or equal to 0"),
        ({"max_tokens": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_refused(body: dict[str, Any], message: str) -> None:
    """Guards against a field that changes the answer elsewhere and is ignored here."""
    with pytest.raises(ValidationError, match=message):
        ChatRequest.model_validate({"model": "full", "messages": [HI]} | body)
