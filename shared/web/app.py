"""The app factory: one service's pages and machine interface, with everything around them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.staticfiles import StaticFiles

from shared.database import is_transient
from shared.identity.gate import Gate
from shared.messaging.describing import describe_streams
from shared.plan import Plan
from shared.privacy.guard import Guard
from shared.web.access import public
from shared.web.auditing import Auditing, Routes
from shared.web.described import DESCRIBED_PROBLEMS
from shared.web.faults import Faults
from shared.web.guarding import Guarding
from shared.web.guards import RequestGuard
from shared.web.headers import SecurityHeaders
from shared.web.measuring import Measuring, prometheus_route
from shared.web.own_forms import OwnForms
from shared.web.problems import add_problem_handlers
from shared.web.public_address import is_plain_http
from shared.web.rendering import make_templates

log = structlog.get_logger()

_STATIC = Path(__file__).parent / "static"

#: Says whether Redis answers; pages work without it, and readiness then says so.
RedisCheck = Callable[[], Coroutine[Any, Any, bool]]


def create_app(
    service: str,
    *,
    title: str,
    engine: AsyncEngine,
    gate: Gate,
    plan: Plan,
    public_url: str,
    templates: Path,
    routers: Sequence[APIRouter],
    redis_answers: RedisCheck,
    audited: Routes,
    guard: Guard | None = None,
) -> FastAPI:
    """The application of one service. Its routes carry their full paths.

    `audited` says of each of them which row of the trail it writes, or why none.
    Without a `guard` it takes no free text: a body that has some is a fault.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await end_app(app)

    app = FastAPI(
        title=title,
        version="1",
        openapi_url=f"/{service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=DESCRIBED_PROBLEMS,
    )
    app.state.engine = engine
    app.state.gate = gate
    app.state.plan = plan
    app.state.audited = audited
    app.state.tie_of = None
    app.state.public_url = public_url
    if is_plain_http(public_url):
        log.warning("public_address_without_https", service=service)
    app.state.more_gauges = None
    #: Set when the process is about to end: what would go on for ever ends by itself.
    app.state.ending = asyncio.Event()
    #: Awaited then, before the connections close.
    app.state.finish = None
    #: Asked before each page what its reader has yet to read; only one service knows.
    app.state.count_news = None
    app.state.templates = make_templates(templates)
    for router in routers:
        app.include_router(router)
    registry = CollectorRegistry()
    app.include_router(prometheus_route(service, registry))
    app.include_router(_describe_streams(service))
    app.include_router(_health(service, [engine, gate.engine], redis_answers))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    add_problem_handlers(app)
    app.add_middleware(Auditing)
    app.add_middleware(Faults)
    if guard is not None:
        app.add_middleware(Guarding, guard=guard)
    app.add_middleware(RequestGuard)
    app.add_middleware(OwnForms, public_url=public_url)
    app.add_middleware(SecurityHeaders, public_url=public_url)
    app.add_middleware(Measuring, registry=registry)
    return app


async def end_app(app: FastAPI) -> None:
    """End what goes on for ever, then close the connections."""
    app.state.ending.set()
    if app.state.finish is not None:
        await app.state.finish()
    await app.state.engine.dispose()
    await app.state.gate.engine.dispose()


def _describe_streams(service: str) -> APIRouter:
    router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)
    described = describe_streams(service)

    @router.get(f"/{service}/asyncapi.json")
    async def get_asyncapi() -> JSONResponse:
        return JSONResponse(described)

    return router


def _health(service: str, engines: Sequence[AsyncEngine], redis_answers: RedisCheck) -> APIRouter:
    router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)

    @router.get("/livez")
    @router.get(f"/{service}/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    @router.get(f"/{service}/readyz")
    async def readyz() -> JSONResponse:
        for engine in engines:
            try:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
            except Exception as error:
                if not is_transient(error):
                    raise
                return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ok" if await redis_answers() else "degraded"})

    return router
