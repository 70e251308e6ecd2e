"""Stamp a telephone call: who called whom about a case, and when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.sight import is_party
from services.referral.storage import cases
from services.referral.usecases.acting import Acting, case_not_found, moment_of, note_act
from shared.errors import InvalidInput

TELEPHONED = "telephoned"


@dataclass(frozen=True, slots=True)
class Telephoned:
    """A call that was made, by an agency to a number of the plan or to another agency."""

    case_id: UUID
    whom: str
    by: str
    happened_at: datetime


async def telephone(
    connection: AsyncConnection, case_id: UUID, whom: str, at: datetime | None, acting: Acting
) -> Telephoned:
    """Note that somebody was called. Every party may, and at any time from receipt on."""
    standing = await cases.standing(connection, case_id, lock=True)
    coordinator = acting.plan.coordinator
    if standing is None or not is_party(acting.agency, standing.case, standing.legs, coordinator):
        raise case_not_found()
    if whom not in acting.plan.telephones and whom not in acting.plan.agencies:
        detail = "計画にある番号か機関を選んでください。"
        raise InvalidInput.field("whom", code="unknown-number", detail=detail)
    moment = moment_of(at, acting.now, standing.case.received_at)
    await note_act(connection, case_id, TELEPHONED, moment, acting, whom=whom)
    return Telephoned(case_id, whom, acting.agency, moment)
