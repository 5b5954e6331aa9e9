"""A model on this machine that teaches, audits and judges, by OpenAI's protocol and by Gemini's."""

import json
from collections.abc import Callable
from typing import Any

from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer

MODEL = "tiny"
GEMINI = f"/v1beta/models/{MODEL}"

# From the prompt to the object that is the answer; or to a string, which is sent as it stands.
Model = Callable[[str], Any]


class ModelServer(LocalServer):
    """Counts what it is asked: `prompts`, without the check that a run begins with."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.prompts: list[str] = []
        self.pages |= {
            "/v1/models": Answer({"object": "list", "data": [{"id": MODEL, "object": "model"}]}),
            "/v1/chat/completions": self.complete,
            GEMINI: Answer({"name": f"models/{MODEL}"}),
            f"{GEMINI}:generateContent": self.generate,
        }

    def complete(self, asked: Asked) -> Answer:
        text = self.text(asked.body["messages"][-1]["content"])
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return Answer({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage})

    def generate(self, asked: Asked) -> Answer:
        text = self.text(asked.body["contents"][-1]["parts"][0]["text"])
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 10}
        return Answer({"candidates": [candidate], "usageMetadata": usage})

    def text(self, prompt: str) -> str:
        if "<<<" not in prompt:
            return '{"color": "blue"}'  # the check: a word that only the schema asks for
        self.prompts.append(prompt)
        answer = self.model(prompt)
        return answer if isinstance(answer, str) else json.dumps(answer)
