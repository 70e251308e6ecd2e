"""The coordinator's board 調整役のボード: cases without takers, and terms that run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.holding import Standing
from services.referral.storage import board
from services.referral.usecases.acting import Acting
from services.referral.usecases.show_cases import standing_as_seen
from shared.errors import Forbidden
from shared.japanese_time import japanese_day

PAGE = 50
#: So long before a term runs out its case is shown.
SOON = timedelta(hours=24)
#: The parts of the board, as its address calls them.
PARTS = ("takers", "terms")


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A case on the board, and what is due next."""

    standing: Standing
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One page of each part; `more` is the last case of a page that has a next one."""

    takers: list[BoardEntry]
    terms: list[BoardEntry]
    more: dict[str, UUID]


def _entries(found: list[tuple[Standing, datetime | None]], acting: Acting) -> list[BoardEntry]:
    """Each case as far as the coordinator sees it: by the basis of its own leg, if it has one."""
    agency, plan, today = acting.agency, acting.plan, japanese_day(acting.now)
    return [
        BoardEntry(
            standing_as_seen(standing, agency, plan, today),
            due,
            due is not None and due < acting.now,
        )
        for standing, due in found[:PAGE]
    ]


async def show_board(
    connection: AsyncConnection, acting: Acting, *, part: str = "", after: UUID | None = None
) -> Board:
    """The board, or the next page of one of its parts. Raises Forbidden for everybody else."""
    coordinator = acting.plan.coordinator
    if acting.agency != coordinator:
        raise Forbidden("forbidden", "このボードは、調整役の機関だけが開けます。")
    takers, terms = [], []
    if part != "terms":
        takers = await board.without_taker(connection, coordinator, after=after, limit=PAGE + 1)
    if part != "takers":
        by = acting.now + SOON
        terms = await board.running_out(connection, coordinator, by, after=after, limit=PAGE + 1)
    more = {
        name: found[PAGE - 1][0].case.id
        for name, found in (("takers", takers), ("terms", terms))
        if len(found) > PAGE
    }
    return Board(_entries(takers, acting), _entries(terms, acting), more)
