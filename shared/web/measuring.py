"""How many requests, how long, with which answers: by route and never by what was in them."""

import time

from fastapi import APIRouter, Depends, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.access import public

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measuring:
    """ASGI middleware: observes each request of one service in its own registry."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._seconds = Histogram(
            "tsunagi_request_seconds",
            "Time to the end of the answer",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = "500"
        begun = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            # An address that is no route could be anything; it must not become a label.
            route = getattr(scope.get("route"), "path", "none")
            self._seconds.labels(scope["method"], route, status).observe(
                time.perf_counter() - begun
            )


def prometheus_route(service: str, registry: CollectorRegistry) -> APIRouter:
    """What Prometheus reads; the reverse proxy does not let it through."""
    router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)

    @router.get(f"/{service}/prometheus")
    async def get_prometheus(request: Request) -> Response:
        gauges = generate_latest(registry)
        more = request.app.state.more_gauges
        if more is not None:
            gauges += await more()
        return Response(gauges, media_type=CONTENT_TYPE_LATEST)

    return router
