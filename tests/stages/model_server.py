"""A model on this machine that teaches, audits and judges, by OpenAI's protocol and by Gemini's."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from ruamel.yaml import YAML

from tests.stages.llm.clients.local_server import Answer, Asked, Fault, LocalServer

MODEL = "tiny"
GEMINI = f"/v1beta/models/{MODEL}"


@dataclass(frozen=True)
class Broken:
    """A fault of the server or the network instead of an answer."""

    fault: Fault


@dataclass(frozen=True)
class Blocked:
    """An answer that a safety filter stopped."""


# Takes the prompt, and returns the answer as an object; or a string, which is sent as it is, a status, or a fault.
Model = Callable[[str], dict[str, Any] | str | Answer | Broken | Blocked]


class ModelServer(LocalServer):
    """`prompts` are the prompts so far, without the probe that a run begins with."""

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

    def complete(self, asked: Asked) -> Answer | Fault:
        answer = self.respond(asked.body["messages"][-1]["content"])
        if isinstance(answer, Answer):
            return answer
        if isinstance(answer, Broken):
            return answer.fault
        text, finish = ("", "content_filter") if isinstance(answer, Blocked) else (answer, "stop")
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return Answer({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage})

    def generate(self, asked: Asked) -> Answer | Fault:
        answer = self.respond(asked.body["contents"][-1]["parts"][0]["text"])
        if isinstance(answer, Answer):
            return answer
        if isinstance(answer, Broken):
            return answer.fault
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 10}
        if isinstance(answer, Blocked):
            return Answer({"candidates": [{"finishReason": "SAFETY"}], "usageMetadata": usage})
        candidate = {"content": {"role": "model", "parts": [{"text": answer}]}, "finishReason": "STOP"}
        return Answer({"candidates": [candidate], "usageMetadata": usage})

    def respond(self, prompt: str) -> str | Answer | Broken | Blocked:
        if "<<<" not in prompt:
            return '{"color": "blue"}'  # the probe: a word that only the schema allows
        self.prompts.append(prompt)
        answer = self.model(prompt)
        return json.dumps(answer) if isinstance(answer, dict) else answer


@contextmanager
def serving(model: Model) -> Iterator[ModelServer]:
    """A running server of the model."""
    with ModelServer(model) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.stopped.set()
        server.shutdown()


def configure(section: str, **values: Any) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    llm = values.pop("llm", {})
    params[section] |= values
    params[section]["llm"] |= {"model": MODEL, "attempts": 1, "max_failure_rate": 0.5} | llm
    yaml.dump(params, Path("params.yaml"))


def data(prompt: str, what: str) -> str:
    """The text between the markers with this name."""
    found = re.search(rf"<<<{what} ([0-9a-f]{{16}})\n(.*)\n{what} \1>>>", prompt, re.S)
    assert found, prompt
    return found[2]
