"""Serves checkpoints to programs that speak OpenAI's protocol for chats, on this machine only.

    python -m model.asking.serve --checkpoint data/checkpoints/full

Answers that are asked for at the same time are decoded in turns, a token each. A web page may ask if it comes from this
machine; any other is refused, since a browser would let every page on the web ask.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import ValidationError

from model.asking.ask import add_checkpoint_options, checkpoint_folders, load_answerers
from model.asking.question_lines import Question

if TYPE_CHECKING:
    from model.asking.answering import Answerer, Response
    from model.asking.chat_request import ChatRequest

HOST, PORT = "127.0.0.1", 8000
_OURS = {"localhost", "127.0.0.1", "::1"}  # names of this machine
DESCRIPTION = "Serves models on this machine to programs that speak OpenAI's protocol, such as chat pages."
DETAILS = """\
The address for them is http://127.0.0.1:8000/v1; any key will do. GET /v1/models lists the models, by the names of
their folders, and POST /v1/chat/completions answers, at once or as a stream. Ctrl+C ends the server.
"""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def main(arguments: Sequence[str] | None = None, prog: str = "python -m model.asking.serve") -> None:
    """Runs the command until it is interrupted. `arguments` default to `sys.argv`; `prog` is its name in its help."""
    options = parse_serve_options(arguments, prog)
    answerers = load_answerers(options.folders, options.max_new_tokens)
    names = [answerer.name for answerer in answerers]
    if twice := [name for name in names if names.count(name) > 1]:
        sys.exit(f"error: two models are named {twice[0]}, as their folders are; rename one of the folders")
    try:
        asyncio.run(_serve(ChatServer(answerers).application(), options.port, names))
    except OSError as error:
        sys.exit(f"error: port {options.port} cannot be used: {error.strerror or error}; choose another with --port")
    except KeyboardInterrupt:
        sys.exit(130)  # the status a shell gives after Ctrl+C


def parse_serve_options(arguments: Sequence[str] | None, prog: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=prog, description=DESCRIPTION, epilog=DETAILS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_checkpoint_options(parser)
    parser.add_argument("--port", type=int, default=PORT, help="0: any that is free (default: %(default)s)")
    options = parser.parse_args(arguments)
    if not 0 <= options.port < 2**16:
        parser.error(f"--port is {options.port}, must be from 0 to 65535")
    options.folders = checkpoint_folders(parser, options)
    return options


async def _serve(application: web.Application, port: int, names: Sequence[str]) -> None:
    # With `handler_cancellation`, an answer whose reader has gone is not decoded further.
    runner = web.AppRunner(application, handler_cancellation=True, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        address, taken = runner.addresses[0][:2]
        sys.stdout.write(f"{', '.join(names)}: http://{address}:{taken}/v1\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


class ChatServer:
    """Checkpoints by their names, and the handlers that answer with them."""

    def __init__(self, answerers: "Sequence[Answerer]") -> None:
        self._answerers = {answerer.name: answerer for answerer in answerers}
        self._thread = ThreadPoolExecutor(1)  # one, so that answers take turns and torch's threads suffice
        self._numbers = count()  # of the requests; without a seed, each samples other tokens

    def application(self) -> web.Application:
        application = web.Application(middlewares=[_report_errors, _refuse_strangers])
        application.on_response_prepare.append(_allow_origin)
        application.add_routes(
            [
                web.get("/v1/models", self._list_models),
                web.get("/v1/models/{model}", self._show_model),
                web.post("/v1/chat/completions", self._complete),
            ]
        )
        return application

    async def _list_models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [_model_entry(name) for name in self._answerers]})

    async def _show_model(self, request: web.Request) -> web.Response:
        return web.json_response(_model_entry(self._find(request.match_info["model"]).name))

    def _find(self, name: str) -> "Answerer":
        if name not in self._answerers:
            raise _RefusedError(
                404,
                f"there is no model {name!r:.80}; known: {', '.join(self._answerers)}",
                "model",
                "model_not_found",
            )
        return self._answerers[name]

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        from model.asking.answering import PromptTooLongError
        from model.asking.chat_request import ChatRequest

        try:
            chat = ChatRequest.model_validate(await request.json())
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            reason = first["msg"].removeprefix("Value error, ")
            raise _RefusedError(400, f"{place}: {reason}" if place else reason, place or None) from None
        except ValueError as error:
            raise _RefusedError(400, f"the body is not JSON: {error}") from None
        answerer = self._find(chat.model)
        number = next(self._numbers)
        question = Question(chat.instruction, "", number if chat.seed is None else 0)
        try:
            response = answerer.respond(question, chat.limit, chat.sampling)
        except PromptTooLongError as error:
            raise _RefusedError(400, str(error), "messages", "context_length_exceeded") from None
        common = {"id": f"chatcmpl-{number}", "created": int(time.time()), "model": answerer.name}
        pieces = self._decode(until_stop(response.pieces(), chat.stop))
        if chat.stream:
            return await _send_stream(request, chat, response, pieces, common)
        message = {"role": "assistant", "content": "".join([piece async for piece in pieces])}
        choice = {"index": 0, "message": message, "finish_reason": response.finish or "stop"}
        return web.json_response(common | {"object": "chat.completion", "choices": [choice], "usage": _usage(response)})

    async def _decode(self, pieces: Iterator[str]) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(self._thread, next, pieces, None)) is not None:
            if piece:
                yield piece


def until_stop(pieces: Iterable[str], stops: Sequence[str]) -> Iterator[str]:
    """The pieces, up to the first of `stops` in their text. What may be the beginning of one is held back."""
    held = ""
    longest = max(map(len, stops), default=1)
    for piece in pieces:
        held += piece
        if found := [place for stop in stops if (place := held.find(stop)) >= 0]:
            yield held[: min(found)]
            return
        ready = max(0, len(held) - longest + 1)
        yield held[:ready]
        held = held[ready:]
    yield held


async def _send_stream(
    request: web.Request,
    chat: "ChatRequest",
    response: "Response",
    pieces: AsyncIterator[str],
    common: dict[str, Any],
) -> web.StreamResponse:
    """Sends the answer as server-sent events, as it is decoded."""
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await stream.prepare(request)

    async def send(choices: list[dict[str, Any]], **more: Any) -> None:
        event = common | {"object": "chat.completion.chunk", "choices": choices} | more
        await stream.write(f"data: {json.dumps(event)}\n\n".encode())

    def choice(delta: dict[str, str], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "finish_reason": finish}]

    with suppress(ConnectionResetError):  # the reader has gone
        await send(choice({"role": "assistant", "content": ""}))
        async for piece in pieces:
            await send(choice({"content": piece}))
        await send(choice({}, response.finish or "stop"))
        if chat.stream_options and chat.stream_options.include_usage:
            await send([], usage=_usage(response))
        await stream.write(b"data: [DONE]\n\n")
    return stream


def _usage(response: "Response") -> dict[str, int]:
    read, written = response.prompt_tokens, response.tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _model_entry(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "wikitune"}


class _RefusedError(Exception):
    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        kind = "server_error" if status >= 500 else "invalid_request_error"
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@web.middleware
async def _report_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error in OpenAI's form, also those of aiohttp, such as an unknown path and a body that is too large."""
    try:
        return await handler(request)
    except _RefusedError as error:
        return web.json_response(error.body, status=error.status)
    except web.HTTPException as error:
        refused = _RefusedError(error.status, f"{request.method} {request.path}: {error.reason}")
        return web.json_response(refused.body, status=error.status)


@web.middleware
async def _refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses web pages from elsewhere, and names of this machine that are not its own (DNS rebinding)."""
    origin = request.headers.get("Origin")
    for address in (f"//{request.host}", origin):
        if address is not None and urlsplit(address).hostname not in _OURS:
            raise _RefusedError(403, f"{address.removeprefix('//')!r:.80} is not this machine, and only it is served")
    if request.method == "OPTIONS":  # a browser asks before it lets a page send JSON
        allowed = {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "*, Authorization"}
        return web.Response(status=204, headers=allowed)
    return await handler(request)


async def _allow_origin(request: web.Request, response: web.StreamResponse) -> None:
    """Lets a page of this machine read the answer, which comes from another port."""
    origin = request.headers.get("Origin")
    if origin is not None and response.status != 403:
        response.headers.update({"Access-Control-Allow-Origin": origin, "Vary": "Origin"})


if __name__ == "__main__":
    main()
