"""The coordinator's board 調整役のボード."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referral.pages.context import AgencyActs
from services.referral.usecases.show_board import show_board
from shared.web.models import ApiModel
from shared.web.rendering import render
from shared.web.requests import Transaction

router = APIRouter(prefix="/referral", include_in_schema=False)


class BoardQuery(ApiModel):
    """Which part of the board, and after which case."""

    part: Literal["", "takers", "terms"] = ""
    after: UUID | None = None


@router.get("/board")
async def get_board(
    request: Request,
    asked: Annotated[BoardQuery, Query()],
    connection: Transaction,
    acting: AgencyActs,
) -> Response:
    """Cases that nobody took, and cases whose term is over or nearly so."""
    board = await show_board(connection, acting, part=asked.part, after=asked.after)
    return render(
        request, "board.html", board=board, part=asked.part, later=asked.after is not None
    )
