"""What the feed's files mean, for machines: the JSON Schema, the columns and codes of the CSV."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.metrics.feed.as_csv import make_codes_csv, make_columns_csv
from services.metrics.feed.as_json import json_schema
from services.metrics.pages.feed import Bom, across_origins
from shared.web.access import public

router = APIRouter(prefix="/metrics/feed", tags=["feed"], dependencies=[Depends(public)])

_CSV = "text/csv; charset=utf-8; header=present"
_CSV_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_KEPT = "public, max-age=3600"


def _table(request: Request, content: bytes, name: str) -> Response:
    headers = {
        **across_origins(request),
        "Cache-Control": _KEPT,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, headers=headers, media_type=_CSV)


@router.get("/schema/v1.json", responses={200: {"content": {"application/schema+json": {}}}})
async def get_schema(request: Request) -> JSONResponse:
    """The JSON Schema of the JSON file, version 1."""
    headers = {**across_origins(request), "Cache-Control": _KEPT}
    schema = json_schema(request.app.state.feed.addresses)
    return JSONResponse(schema, headers=headers, media_type="application/schema+json")


@router.get("/columns.csv", responses=_CSV_ANSWER)
async def get_columns(request: Request, bom: Bom = "1") -> Response:
    """What each column of the CSV file means."""
    return _table(request, make_columns_csv(bom=bom == "1"), "columns.csv")


@router.get("/codes.csv", responses=_CSV_ANSWER)
async def get_codes(request: Request, bom: Bom = "1") -> Response:
    """What each code in the CSV file means."""
    return _table(request, make_codes_csv(request.app.state.plan, bom=bom == "1"), "codes.csv")


@router.options("/{path:path}", include_in_schema=False)
async def get_options(request: Request) -> Response:
    """Whether a page from elsewhere may ask with conditions; only where a setting says so."""
    headers = across_origins(request)
    if "Access-Control-Allow-Origin" in headers:
        headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
    return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS", **headers})
