"""A server that speaks OpenAI's protocol, and what our client makes of its check."""

from collections.abc import Callable
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from tests.stages.llm.clients.conftest import params, use
from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer

PAGE = "/v1/chat/completions"
USAGE = {"prompt_tokens": 11, "completion_tokens": 5}


def completion(content: Any, finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content} | message, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion", "choices": [choice], "usage": USAGE}


GOOD = Answer(completion('{"color": "blue"}'))


def check(server: LocalServer, known_form: str | None = None, **changes: Any) -> str:
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1").model_copy(update=changes))
    return use(client, lambda: client.check(known_form))


def problem(server: LocalServer, known_form: str | None = None, **changes: Any) -> str:
    with pytest.raises(StageError) as raised:
        check(server, known_form, **changes)
    return str(raised.value)


def dialect(takes: Callable[[dict[str, Any] | None], bool | int]) -> Callable[[Asked], Answer]:
    """A server that keeps to a response_format (True), ignores it (False), or refuses it with a status."""

    def answer(asked: Asked) -> Answer:
        taken = takes(asked.body.get("response_format"))
        if not isinstance(taken, bool):
            return Answer({"error": {"message": "unknown format"}}, taken)
        return Answer(completion('{"color": "blue"}' if taken else '{"color": "red"}'))

    return answer
