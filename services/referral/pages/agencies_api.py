"""The machine interface to an agency's life: a pause with its substitute, and a succession."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.referral.domain.agency_life import Pause
from services.referral.pages.bodies import Word, Words
from services.referral.pages.context import AdministratorActs, AgencyActs
from services.referral.usecases.pause_agency import (
    end_pause,
    move_offers,
    pause_agency,
    show_pauses,
)
from services.referral.usecases.succeed_agency import Progress, move_cases, name_successor
from services.referral.usecases.tend_agencies import by_itself
from shared.database import transaction
from shared.web.models import ApiModel, Day
from shared.web.requests import Transaction, acts_of

router = APIRouter(prefix="/referral/api/agencies", tags=["referral"])


class PauseBody(ApiModel):
    """When the agency takes no offers (from today without `from`), and who takes them instead."""

    first: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    substitute: Word
    reason: Words


class SuccessionBody(ApiModel):
    """Which agency answers for everything from now on, and why."""

    to: Word
    reason: Words


class PauseAnswer(BaseModel):
    """A pause; `moved` unanswered legs went to substitutes at once."""

    id: UUID
    agency: str
    first: date = Field(serialization_alias="from")
    until: date | None
    substitute: str
    reason: str
    moved: int | None = None

    @classmethod
    def of(cls, pause: Pause, moved: int | None = None) -> "PauseAnswer":
        """The pause as the machine interface gives it."""
        return cls(
            id=pause.id,
            agency=pause.agency,
            first=pause.first,
            until=pause.last,
            substitute=pause.substitute,
            reason=pause.reason,
            moved=moved,
        )


class SuccessionAnswer(BaseModel):
    """How far a succession came; `left` counts the cases that still wait, up to 200."""

    agency: str
    successor: str
    cases: int
    legs: int
    left: int

    @classmethod
    def of(cls, progress: Progress) -> "SuccessionAnswer":
        """The progress as the machine interface gives it."""
        return cls(
            agency=progress.agency,
            successor=progress.successor,
            cases=progress.cases,
            legs=progress.legs,
            left=progress.left,
        )


@router.get("/pauses")
async def get_pauses(connection: Transaction, acting: AgencyActs) -> list[PauseAnswer]:
    """The pauses that hold today or begin later: one's own, and everybody's for the coordinator."""
    return [PauseAnswer.of(pause) for pause in await show_pauses(connection, acting)]


@router.post("/{agency}/pause", status_code=201)
async def post_pause(
    agency: str, body: PauseBody, request: Request, acting: AgencyActs
) -> PauseAnswer:
    """Pause, and bring over what waits for an answer there; the worker does so on a later day."""
    engine = request.app.state.engine
    async with transaction(engine, acts_of(request)) as connection:
        pause = await pause_agency(
            connection,
            agency,
            first=body.first,
            last=body.until,
            substitute=body.substitute,
            reason=body.reason,
            acting=acting,
        )
    system = by_itself(acting.plan, acting.outbox, acting.now)
    return PauseAnswer.of(pause, await move_offers(engine, system, of=agency))


@router.post("/{agency}/pause/end", status_code=204)
async def post_end_pause(agency: str, connection: Transaction, acting: AgencyActs) -> None:
    """Take offers again."""
    await end_pause(connection, agency, acting)


@router.post("/{agency}/succession")
async def post_succession(
    agency: str, body: SuccessionBody, request: Request, acting: AdministratorActs
) -> SuccessionAnswer:
    """Name who follows an agency and bring cases over; sent again, it goes on with the rest."""
    engine = request.app.state.engine
    async with transaction(engine, acts_of(request)) as connection:
        await name_successor(connection, agency, body.to, body.reason, acting)
    return SuccessionAnswer.of(await move_cases(engine, agency, acting))


@router.get("/{agency}/succession")
async def get_succession(
    agency: str, request: Request, acting: AdministratorActs
) -> SuccessionAnswer:
    """How far it came: nothing is moved by asking."""
    return SuccessionAnswer.of(await move_cases(request.app.state.engine, agency, acting, most=0))
