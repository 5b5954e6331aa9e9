"""A server on this machine with the batches of OpenAI and of Gemini, beside their answers to single requests."""

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread, Timer
from typing import Any

from tests.stages.llm.clients.local_server import Answer, Asked, Fault
from tests.stages.model_server import GEMINI, Model, ModelServer

OPENAI = "/(?:v1|openai)"  # OpenAI's addresses, and Azure's
# The protocols' words for a state: OpenAI's, and Gemini's behind BATCH_STATE_ or JOB_STATE_.
WORDS = {
    "validating": "PENDING",
    "in_progress": "RUNNING",
    "finalizing": "RUNNING",
    "cancelling": "CANCELLING",
    "completed": "SUCCEEDED",
    "partial": "PARTIALLY_SUCCEEDED",  # OpenAI has no such state
    "failed": "FAILED",
    "expired": "EXPIRED",
    "cancelled": "CANCELLED",
}


@dataclass
class Job:
    id: str
    name: str  # as the client called it
    lines: list[dict[str, Any]]
    states: list[str]  # one for each look at it; the last one stays
    results: list[dict[str, Any]] = field(default_factory=list)


class BatchServer(ModelServer):
    """`jobs` are the jobs so far. `prompts`, as before, are what was asked outside of jobs."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.jobs: dict[str, Job] = {}
        self.states = ["validating", "in_progress", "completed"]  # of new jobs
        self.answered: Callable[[str], bool] = lambda key: True  # whether a job answers the request of that key
        self.faults: dict[str, list[Answer | Fault]] = {}  # instead of answers, by what is asked for
        self.passed: Counter[str] = Counter()  # how often each thing was asked for
        self.uploads: dict[str, bytes] = {}
        self._kill: tuple[str, int, int, float] | None = None
        self._lock = Lock()

    def kill(self, pid: int, point: str, count: int = 1, delay: float = 0.0) -> None:
        """Ends that process when it has asked `count` times for `point`: before an answer, or so many seconds later."""
        self._kill = (point, self.passed[point] + count, pid, delay)

    def bought(self) -> Counter[str]:
        """How often each key was answered in a job."""
        return Counter(result["key"] for job in self.jobs.values() for result in job.results)

    def answer(self, asked: Asked) -> Answer | Fault:
        path = asked.path.partition("?")[0]
        for point, method, pattern, page in self._pages():
            if method == asked.method and (found := re.fullmatch(pattern, path)):
                self.asked.append(asked)
                return self._at(point, partial(page, asked, *found.groups()))
        return super().answer(asked)

    def _at(self, point: str, work: Callable[[], Answer | Fault]) -> Answer | Fault:
        with self._lock:
            self.passed[point] += 1
            killed = self._kill if self._kill and self._kill[:2] == (point, self.passed[point]) else None
            if self.faults.get(point):
                return self.faults[point].pop(0)
        if killed and not killed[3] and point != "create":
            os.kill(killed[2], signal.SIGKILL)
        answer = work()
        if killed and not killed[3] and point == "create":  # the job is there, and nobody has heard of it
            os.kill(killed[2], signal.SIGKILL)
        elif killed and killed[3]:
            Timer(killed[3], os.kill, (killed[2], signal.SIGKILL)).start()
        return answer

    def _pages(self) -> list[tuple[str, str, str, Callable[..., Answer | Fault]]]:
        return [
            ("upload", "POST", f"{OPENAI}/files", self._upload),
            ("file", "GET", rf"{OPENAI}/files/([\w-]+)", self._show_file),
            ("create", "POST", f"{OPENAI}/batches", self._create),
            ("list", "GET", f"{OPENAI}/batches", self._list),
            ("poll", "GET", rf"{OPENAI}/batches/([\w-]+)", self._poll),
            ("cancel", "POST", rf"{OPENAI}/batches/([\w-]+)/cancel", self._cancel),
            ("download", "GET", rf"{OPENAI}/files/([\w-]+)/content", self._download),
            ("start", "POST", "/upload/v1beta/files", self._start_gemini_upload),
            ("upload", "POST", r"/there/([\w-]+)", self._upload_to_gemini),
            ("create", "POST", f"{GEMINI}:batchGenerateContent", self._create),
            ("list", "GET", "/v1beta/batches", self._list),
            ("poll", "GET", r"/v1beta/batches/([\w-]+)", self._poll),
            ("cancel", "POST", r"/v1beta/batches/([\w-]+):cancel", self._cancel),
            ("download", "GET", r"/v1beta/files/([\w-]+):download", self._download),
        ]

    def _upload(self, asked: Asked) -> Answer:
        boundary = asked.headers["content-type"].partition("boundary=")[2].encode()
        parts = dict(part.strip(b"\r\n").split(b"\r\n\r\n", 1) for part in asked.body.split(b"--" + boundary)[1:-1])
        (content,) = [text for head, text in parts.items() if b"filename" in head]
        assert b"batch" in parts.values()  # the purpose
        name = f"file-{len(self.uploads)}"
        self.uploads[name] = content
        return self._show_file(asked, name)

    def _show_file(self, asked: Asked, name: str) -> Answer:
        """Azure has read a file at the second look."""
        is_ready = asked.path.startswith("/v1") or self.passed["file"] > 1
        shown = {"id": name, "object": "file", "purpose": "batch", "bytes": len(self.uploads[name]), "filename": "f"}
        return Answer(shown | {"status": "processed" if is_ready else "pending"})

    def _start_gemini_upload(self, asked: Asked) -> Answer:
        return Answer({}, headers={"x-goog-upload-url": f"{self.url}/there/file-{self.passed['start']}"})

    def _upload_to_gemini(self, asked: Asked, name: str) -> Answer:
        with self._lock:
            self.uploads[name] = self.uploads.get(name, b"") + (asked.body or b"")
        if "finalize" not in asked.headers["x-goog-upload-command"]:
            return Answer({}, headers={"x-goog-upload-status": "active"})
        return Answer({"file": {"name": f"files/{name}"}}, headers={"x-goog-upload-status": "final"})

    def _create(self, asked: Asked) -> Answer:
        is_gemini = asked.path.startswith("/v1beta")
        if is_gemini:
            batch = asked.body["batch"]
            name, file = batch["displayName"], batch["inputConfig"]["fileName"].removeprefix("files/")
        else:
            name, file = asked.body["metadata"]["wikitune"], asked.body["input_file_id"]
            page = "/v1/chat/completions" if asked.path.startswith("/v1") else "/chat/completions"
            assert asked.body["completion_window"] == "24h" and asked.body["endpoint"] == page
        lines = [json.loads(line) for line in self.uploads[file].splitlines()]
        job = Job(f"batch_{len(self.jobs)}", name, lines, list(self.states))
        for line in lines:
            key = line["key"] if is_gemini else line["custom_id"]
            if self.answered(key):
                prompt = (
                    line["request"]["contents"][-1]["parts"][0]["text"]
                    if is_gemini
                    else line["body"]["messages"][-1]["content"]
                )
                job.results.append({"key": key, "text": json.dumps(self.model(prompt))})
        with self._lock:
            self.jobs[job.id] = job
        return self._shown(asked, job)

    def _list(self, asked: Asked) -> Answer:
        jobs = [self._shown(asked, job).body for job in reversed(self.jobs.values())]
        if asked.path.startswith("/v1beta"):
            return Answer({"operations": jobs})
        return Answer({"object": "list", "data": jobs, "has_more": False})

    def _poll(self, asked: Asked, id: str) -> Answer:
        if id not in self.jobs:
            return Answer({"error": {"message": "no such job", "code": 404}}, 404)
        job = self.jobs[id]
        shown = self._shown(asked, job)
        with self._lock:
            if len(job.states) > 1:
                job.states.pop(0)
        return shown

    def _cancel(self, asked: Asked, id: str) -> Answer:
        job = self.jobs[id]
        job.states = ["cancelling", "cancelled"]
        return Answer({}) if asked.path.startswith("/v1beta") else self._shown(asked, job)

    def _shown(self, asked: Asked, job: Job) -> Answer:
        state = job.states[0]
        has_results = bool(job.results) and state not in ("validating", "in_progress", "finalizing", "cancelling")
        missing = len(job.results) < len(job.lines)
        if asked.path.startswith("/v1beta"):
            prefix = "JOB_STATE_" if state in ("partial", "cancelling") else "BATCH_STATE_"
            metadata = {"displayName": job.name, "state": prefix + WORDS[state], "model": "models/tiny"}
            output = {"output": {"responsesFile": f"files/results-{job.id}"}} if has_results else {}
            return Answer({"name": f"batches/{job.id}", "metadata": metadata | output})
        batch = {
            "id": job.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": "file",
            "completion_window": "24h",
            "created_at": 1,
            "status": "completed" if state == "partial" else state,
            "metadata": {"wikitune": job.name},
            "output_file_id": f"results-{job.id}" if has_results else None,
            "error_file_id": f"errors-{job.id}" if missing and has_results else None,
        }
        if state == "failed":
            batch["errors"] = {"object": "list", "data": [{"code": "token_limit_exceeded", "message": "Too much."}]}
        return Answer(batch)

    def _download(self, asked: Asked, file: str) -> Answer:
        kind, _, name = file.partition("-")
        job = self.jobs[name]
        answered = {result["key"] for result in job.results}
        is_gemini = asked.path.startswith("/v1beta")
        if kind == "errors":
            error = {"code": "batch_expired", "message": "This request was not done in time."}
            lines = [
                {"id": "r", "custom_id": line["custom_id"], "response": None, "error": error}
                for line in job.lines
                if line["custom_id"] not in answered
            ]
        else:
            lines = [_line(result, is_gemini) for result in reversed(job.results)]  # in no order
            if is_gemini:
                lost = [line["key"] for line in job.lines if line["key"] not in answered]
                lines += [{"key": key, "error": {"code": 4, "message": "Deadline expired."}} for key in lost]
        return Answer("".join(json.dumps(line) + "\n" for line in lines).encode())


def _line(result: dict[str, Any], is_gemini: bool) -> dict[str, Any]:
    text = result["text"]
    if is_gemini:
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
        usage = {"promptTokenCount": 100, "candidatesTokenCount": 10}
        return {"key": result["key"], "response": {"candidates": [candidate], "usageMetadata": usage}}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body = {"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 10}}
    return {"id": "r", "custom_id": result["key"], "response": {"status_code": 200, "body": body}, "error": None}


@contextmanager
def serving_batches(model: Model) -> Iterator[BatchServer]:
    with BatchServer(model) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.stopped.set()
        server.shutdown()
