"""Run web applications and workers in one event loop, and end them in the right order."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, cast

import uvicorn
import uvloop
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.messaging.worker import Worker
from shared.settings import Settings
from shared.web.trusted_proxy import KeepPeer

SERVICES = ("intake", "referral", "metrics")


def clock() -> datetime:
    """Now, with an offset."""
    return datetime.now(UTC)


def build_app(service: str, settings: Settings) -> FastAPI:
    """The web application of one service; only what it needs is imported."""
    app: FastAPI = import_module(f"services.{service}.web").build_app(settings)
    return app


def build_worker(service: str, settings: Settings, clock: Callable[[], datetime] = clock) -> Worker:
    """The worker of one service; only what it needs is imported."""
    worker: Worker = import_module(f"services.{service}.worker").build_worker(settings, clock)
    return worker


def build_both(service: str, settings: Settings) -> tuple[FastAPI, Worker]:
    """Both parts of one service in one process; its pages' gauges are then its worker's too."""
    app, worker = build_app(service, settings), build_worker(service, settings)
    app.state.more_gauges = worker.gauges
    return app, worker


class ByPath:
    """All three services behind one port: the first part of the path says which one answers."""

    def __init__(self, apps: dict[str, FastAPI]) -> None:
        self.apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        first = scope["path"].split("/")[1]
        app = self.apps.get(first, self.apps["intake"])
        await app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with contextlib.AsyncExitStack() as lives:
            for app in self.apps.values():
                await lives.enter_async_context(app.router.lifespan_context(app))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def operations(workers: Sequence[Worker]) -> Starlette:
    """What a worker answers on its operations address: is it alive, is it ready."""

    async def livez(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> JSONResponse:
        troubles = [trouble for worker in workers for trouble in worker.troubles()]
        status = "unavailable" if troubles else "ok"
        body = {"status": status, "troubles": troubles}
        return JSONResponse(body, status_code=503 if troubles else 200)

    async def prometheus(request: Request) -> Response:
        service = request.path_params["service"]
        found = [worker for worker in workers if worker.service == service]
        if not found:
            return Response(status_code=404)
        return Response(await found[0].gauges(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/{service}/prometheus", prometheus),
        ]
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else starts. Raises OSError if it is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(512)
    listener.set_inheritable(True)
    return listener


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: one place decides when everything ends."""

    def __init__(self, config: uvicorn.Config, up: asyncio.Event) -> None:
        super().__init__(config)
        self._up = up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _apps_of(pages: ASGIApp | None) -> Iterator[FastAPI]:
    if isinstance(pages, ByPath):
        yield from pages.apps.values()
    elif isinstance(pages, FastAPI):
        yield pages


def behind_proxies(app: ASGIApp, known: Sequence[str]) -> ASGIApp:
    """The application told of the addresses that known proxies forward; none is known unnamed."""
    if not known:
        return app
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), list(known)))


async def serve(
    pages: ASGIApp | None,
    listener: socket.socket,
    workers: Sequence[Worker],
    *,
    proxies: Sequence[str] = (),
    when_up: asyncio.Event | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. First open streams and pages end, then the workers.

    `proxies` are the addresses and networks whose `X-Forwarded-For` is believed.
    """
    app = pages if pages is not None else operations(workers)
    config = uvicorn.Config(
        KeepPeer(behind_proxies(app, proxies)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        proxy_headers=False,
        lifespan="on",
    )
    server = _Server(config, when_up or asyncio.Event())
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    working = [asyncio.create_task(worker.run()) for worker in workers]
    waiting = asyncio.create_task(ending.wait())
    await asyncio.wait([waiting, serving, *working], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for ended in _apps_of(pages):
        ended.state.ending.set()
    server.should_exit = True
    await serving
    for worker in workers:
        worker.stop()
    await asyncio.gather(*working)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run in uvloop's event loop; what is loaded by now is never looked through for garbage."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
