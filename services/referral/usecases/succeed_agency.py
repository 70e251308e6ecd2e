"""April 人事異動: an agency ends or is reorganised, and another one answers for all it had."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.referral.domain.agency_life import Door, succeeded_leg
from services.referral.domain.notices import SUCCESSION
from services.referral.storage import agencies
from services.referral.usecases.acting import Acting
from services.referral.usecases.move_case import Move, move_case
from shared.database import SERVICE, as_service, transaction
from shared.errors import Conflict, InvalidInput
from shared.japanese_time import japanese_day

#: So many cases are moved for one request; the worker moves the others.
MOST = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a succession came: what this turn moved, and what is left (counted up to MOST)."""

    agency: str
    successor: str
    cases: int
    legs: int
    left: int


async def name_successor(
    connection: AsyncConnection, agency: str, to: str, reason: str, acting: Acting
) -> str:
    """Store who follows an agency; from now on nothing new is sent to it.

    Raises InvalidInput for an agency that cannot follow, Conflict where another one does.
    """
    if agency not in acting.plan.agencies:
        raise InvalidInput.field("agency", code="unknown-agency", detail="一覧にない機関です。")
    if agency == acting.plan.coordinator:
        detail = "調整役は計画で決まっています。計画の調整役を改めてから、引き継いでください。"
        raise InvalidInput.field("agency", code="is-coordinator", detail=detail)
    await agencies.set_alone(connection)
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    if to not in acting.plan.agencies:
        raise InvalidInput.field("to", code="unknown-agency", detail="一覧にない機関です。")
    if to == agency:
        detail = "ほかの機関を選んでください。"
        raise InvalidInput.field("to", code="own-desk", detail=detail)
    if day.door(to) not in (Door.OPEN, Door.PAUSED):
        detail = f"「{acting.plan.agency_name(to)}」は、いまはない機関です。"
        raise InvalidInput.field("to", code="agency-not-valid", detail=detail)
    follows = await agencies.name_successor(
        connection, agency, to, reason=reason, named_by=acting.principal.name, now=acting.now
    )
    if follows != to:
        name = acting.plan.agency_name(follows)
        detail = f"この機関は「{name}」が引き継いでいます。"
        raise Conflict("already-succeeded", detail, extra={"allowed": [], "successor": follows})
    return to


async def move_cases(
    engine: AsyncEngine, agency: str, acting: Acting, *, most: int = MOST
) -> Progress:
    """Bring up to `most` cases to the successor, each in a transaction of its own.

    Run again, it goes on with what is left. Raises Conflict where nobody follows the agency.
    """
    async with transaction(engine, SERVICE) as connection:
        day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    successor = day.successor_of(agency)
    if successor is None:
        detail = "引き継ぐ機関が決まっていません。"
        raise Conflict("no-successor", detail, extra={"allowed": []})
    plan = acting.plan
    move = Move(
        agency,
        successor,
        SUCCESSION,
        lambda leg: succeeded_leg(leg, agency, successor, plan),
        anew=False,
    )
    async with transaction(engine, SERVICE) as connection:
        found = await agencies.cases_with(connection, agency, most)
    legs = 0
    for case_id in found:
        async with transaction(engine, SERVICE) as connection:
            legs += await move_case(connection, case_id, move, acting) or 0
    async with transaction(engine, SERVICE) as connection:
        left = await agencies.cases_with(connection, agency, MOST)
    return Progress(agency, successor, len(found), legs, len(left))


@dataclass(frozen=True, slots=True)
class Shown:
    """An agency that ended or was followed, and the cases still with it (counted up to MOST)."""

    agency: str
    successor: str | None
    left: int


async def show_successions(connection: AsyncConnection, acting: Acting) -> list[Shown]:
    """Agencies that were followed by another, and those that ended and were not.

    Who asks is no party to any case: the service counts for it, and tells the number alone.
    """
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    shown = []
    for agency in (*day.left_alone(), *day.successors):
        async with as_service(connection):
            left = len(await agencies.cases_with(connection, agency, MOST))
        shown.append(Shown(agency, day.successor_of(agency), left))
    return shown
