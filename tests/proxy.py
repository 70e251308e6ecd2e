"""A reverse proxy for the tests: one address before the three services, as in an installation."""

import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.embedded.folder import free_port
from tests.processes import Process

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@contextmanager
def one_address(processes: Mapping[tuple[str, str], Process]) -> Iterator[str]:
    """The address under which all pages are."""
    targets = {name: process.url for (name, part), process in processes.items() if part == "web"}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            app.state.client = client
            yield

    async def forward(request: Request) -> Response:
        target = targets.get(request.url.path.split("/")[1], targets["intake"])
        address = f"{target}{request.url.path}?{request.url.query}".removesuffix("?")
        headers = [pair for pair in request.headers.raw if pair[0].decode() not in _HOP]
        try:
            answer = await request.app.state.client.request(
                request.method, address, content=await request.body(), headers=headers
            )
        except httpx.TransportError:
            return Response("bad gateway", status_code=502)
        forwarded = Response(answer.content, status_code=answer.status_code)
        forwarded.raw_headers = [
            pair for pair in answer.headers.raw if pair[0].decode().lower() not in _HOP
        ] + [(b"content-length", str(len(answer.content)).encode())]
        return forwarded

    port = free_port()
    app = Starlette(routes=[Route("/{path:path}", forward, methods=_METHODS)], lifespan=lifespan)
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
