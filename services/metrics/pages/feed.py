"""The public feed: the files of a release, at permanent addresses, for any HTTP client."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_atom import make_atom
from services.metrics.feed.as_csv import make_csv
from services.metrics.feed.as_json import ReleasedJson, make_json
from services.metrics.feed.as_xlsx import make_xlsx
from services.metrics.pages.asked import PLAIN, Year
from services.metrics.pages.conditional import entity_tag, has_it, validators
from services.metrics.storage.releases import ReleaseHead
from services.metrics.usecases.find_release import find_current, find_told
from services.metrics.usecases.read_release import read_release, read_releases
from shared.web.access import public
from shared.web.requests import PublicTransaction

router = APIRouter(prefix="/metrics/feed", tags=["feed"], dependencies=[Depends(public)])

#: Raised whenever a maker writes other bytes than before for the same release.
_VERSIONS = {"json": "1", "csv": "3", "atom": "2", "xlsx": "3"}
_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "atom": "application/atom+xml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: A release never changes; whoever asks for the newest asks again each time, and mostly gets 304.
_PERMANENT, _NEWEST = "public, max-age=86400", "public, no-cache"
_EXPOSED = "Content-Disposition, Content-Location, ETag, Last-Modified, Link"

Number = Annotated[int | None, PLAIN, Query(ge=1, le=2**31 - 1, alias="release")]
#: The feed tells of the releases before this number.
Before = Annotated[int | None, PLAIN, Query(ge=1, le=2**31 - 1)]
#: `1` begins the file with a byte order mark, for people who open it with Excel; `0` does not.
Bom = Annotated[Literal["0", "1"], Query()]


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed needs beside releases: its addresses, who may read it from elsewhere.

    `naming` stands for everything that the files say beside the release.
    """

    addresses: Addresses
    naming: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which file of which releases was asked for."""

    ending: str
    heads: Sequence[ReleaseHead]
    permanent: bool
    variant: str = ""


def _described(ending: str, **more: Any) -> dict[int | str, dict[str, Any]]:
    """What a file's route answers, for the description of the interface."""
    content: dict[str, Any] = {_TYPES[ending].partition(";")[0]: {}}
    return {200: {"content": content, **more}, 304: {"description": "Unchanged"}}


def across_origins(request: Request) -> dict[str, str]:
    """The headers that let a page from elsewhere read the answer; none unless a setting says so."""
    feed: Feed = request.app.state.feed
    origin = request.headers.get("origin")
    if not feed.origins:
        return {}
    allowed = "*" if "*" in feed.origins else origin if origin in feed.origins else None
    headers = {"Vary": "Origin"}
    if allowed is not None:
        headers |= {
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Expose-Headers": _EXPOSED,
        }
    return headers


def _headers(request: Request, asked: Asked, tag: str) -> dict[str, str]:
    """The headers of the file, sent with it and with the word that it is unchanged."""
    feed: Feed = request.app.state.feed
    newest = asked.heads[0]
    area = request.app.state.plan.area_code
    name = f"indicators-{area}-release-{newest.number}.{asked.ending}"
    place = "attachment" if asked.ending in ("csv", "xlsx") else "inline"
    headers = {
        **validators(tag, newest.made_at),
        **across_origins(request),
        "Cache-Control": _PERMANENT if asked.permanent else _NEWEST,
        "Content-Disposition": f'{place}; filename="{name}"',
    }
    if asked.ending != "atom":
        address = feed.addresses.file(asked.ending, newest.number)
        headers["Content-Location"] = address.removeprefix(feed.addresses.base)
        about = feed.addresses.schema if asked.ending == "json" else feed.addresses.columns
        headers["Link"] = f'<{about}>; rel="describedby", <{feed.addresses.codes}>; rel="help"'
    return headers


async def _answer(request: Request, asked: Asked, make: Callable[[], Awaitable[bytes]]) -> Response:
    """The file, or that it is unchanged, or its headers alone; `make` gives its bytes."""
    feed: Feed = request.app.state.feed
    known = [head.hash for head in asked.heads]
    tag = entity_tag(asked.ending, _VERSIONS[asked.ending], asked.variant, feed.naming, *known)
    headers = _headers(request, asked, tag)
    if has_it(request.headers, tag, asked.heads[0].made_at):
        return Response(status_code=304, headers=headers)
    content = await make()
    if request.method == "HEAD":
        length = {"Content-Length": str(len(content))}
        return Response(headers=headers | length, media_type=_TYPES[asked.ending])
    return Response(content, headers=headers, media_type=_TYPES[asked.ending])


@router.get("/indicators.json", responses=_described("json", model=ReleasedJson))
@router.head("/indicators.json", include_in_schema=False)
async def get_json(
    request: Request, connection: PublicTransaction, number: Number = None, fy: Year = None
) -> Response:
    """The release's document with its number, its hash and its addresses."""
    head = await find_current(connection, number, fy)
    addresses, area = request.app.state.feed.addresses, request.app.state.plan.area_code

    async def make() -> bytes:
        return make_json(await read_release(connection, head.number), area, addresses)

    return await _answer(request, Asked("json", [head], number is not None), make)


@router.get("/indicators.csv", responses=_described("csv"))
@router.head("/indicators.csv", include_in_schema=False)
async def get_csv(
    request: Request,
    connection: PublicTransaction,
    number: Number = None,
    fy: Year = None,
    bom: Bom = "1",
) -> Response:
    """The release's figures in long form, one a line."""
    head = await find_current(connection, number, fy)
    plan = request.app.state.plan

    async def make() -> bytes:
        release = await read_release(connection, head.number)
        return await asyncio.to_thread(make_csv, release, plan, bom=bom == "1")

    return await _answer(request, Asked("csv", [head], number is not None, bom), make)


@router.get("/indicators.xlsx", responses=_described("xlsx"))
@router.head("/indicators.xlsx", include_in_schema=False)
async def get_xlsx(
    request: Request, connection: PublicTransaction, number: Number = None, fy: Year = None
) -> Response:
    """The release as a workbook with charts."""
    head = await find_current(connection, number, fy)
    plan = request.app.state.plan

    async def make() -> bytes:
        release = await read_release(connection, head.number)
        return await asyncio.to_thread(make_xlsx, release, plan)

    return await _answer(request, Asked("xlsx", [head], number is not None), make)


@router.get("/indicators.atom", responses=_described("atom"))
@router.head("/indicators.atom", include_in_schema=False)
async def get_atom(
    request: Request,
    connection: PublicTransaction,
    number: Number = None,
    fy: Year = None,
    before: Before = None,
) -> Response:
    """The releases with the plan's table, the newest first; `next` leads to those before."""
    told = await find_told(connection, number, fy, before)
    plan, addresses = request.app.state.plan, request.app.state.feed.addresses
    query = f"?{request.url.query}" if request.url.query else ""
    own = f"{addresses.file('atom')}{query}"
    older = addresses.older(told.heads[-1].number, fy) if told.more else None

    async def make() -> bytes:
        releases = await read_releases(connection, told.heads)
        return await asyncio.to_thread(make_atom, releases, plan, addresses, own, older)

    return await _answer(request, Asked("atom", told.heads, number is not None, query), make)
