"""Answers in pieces, of servers that stream whatever they are asked."""

import json

import pytest

from stages.llm.clients.streams import whole_chat, whole_completion


@pytest.mark.parametrize("content", [b"", b"{}", b'{"choices": []}', b"<html>", b"\xff", b"[" * 100_000])
def test_anything_else_is_left_as_it_is(content: bytes) -> None:
    assert whole_completion(content) == whole_chat(content) == content


def test_a_stream_that_breaks_is_no_answer() -> None:
    """Guards against half an answer that passes for a whole one."""
    piece = {"choices": [{"delta": {"content": "half"}}]}
    content = f'data: {json.dumps(piece)}\n\ndata: {{"error": {{"message": "out of memory"}}}}\n\n'.encode()
    assert json.loads(whole_completion(content)) == {"error": {"message": "out of memory"}}


def test_ollamas_lines_are_joined() -> None:
    lines = [
        {"message": {"role": "assistant", "content": "", "thinking": "Hm."}, "done": False},
        {"message": {"role": "assistant", "content": '{"a"'}, "done": False},
        {"message": {"role": "assistant", "content": ": 1}"}, "done": False},
        {"message": {"content": ""}, "done": True, "done_reason": "stop", "prompt_eval_count": 7, "eval_count": 9},
    ]
    joined = json.loads(whole_chat("\n".join(map(json.dumps, lines)).encode()))
    assert joined["message"] == {"content": '{"a": 1}', "thinking": "Hm."}
    assert (joined["done_reason"], joined["eval_count"]) == ("stop", 9)


def test_odd_events_are_passed_over() -> None:
    content = b'event: x\ndata: 3\ndata: {"choices": 7}\ndata: {"choices": [{"delta": 1}, 2]}\ndata: [DONE]\n'
    assert json.loads(whole_completion(content))["choices"][0]["message"]["content"] == ""
