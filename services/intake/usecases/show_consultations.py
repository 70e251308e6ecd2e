"""Read this desk's consultations, with their history and where each leg stands."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import REFER, Consultation
from services.intake.storage import consultations, handovers, memos, overrides, revisions
from services.intake.storage.handovers import LegStanding
from services.intake.storage.revisions import Revision
from services.intake.usecases.print_slip import case_is_shielded
from services.intake.usecases.request_referral import join_case
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class ShownConsultation:
    """A consultation with everything that belongs to it, and the legs that its desk may see.

    `party`: the desk opened the case or sent it on; a code alone makes nobody a party to it.
    """

    record: Consultation
    memo: str | None
    memo_deleted_at: datetime | None
    override: str | None
    code: str | None
    history: list[Revision]
    legs: list[LegStanding]
    shielded: bool
    party: bool


async def show_consultation(
    connection: AsyncConnection, consultation_id: UUID, desk: str
) -> ShownConsultation:
    """One consultation of this desk. Raises NotFound, for another desk's too."""
    record = await consultations.find(connection, consultation_id, desk)
    if record is None:
        raise NotFound("consultation-not-found", "この相談は見つかりませんでした。")
    code: str | None = None
    legs: list[LegStanding] = []
    shielded, opened = False, False
    if record.case_id is not None:
        issued = await handovers.issued_by(connection, record.case_id, desk)
        opened = issued is not None
        code = None if issued is None else issued.code
        if opened:
            legs = await handovers.legs_of(connection, record.case_id)
        else:
            legs = await handovers.legs_sent_by(connection, record.case_id, desk)
        shielded = await case_is_shielded(connection, record.case_id)
    memo, memo_deleted_at = await memos.memo_of(connection, consultation_id)
    return ShownConsultation(
        record=record,
        memo=memo,
        memo_deleted_at=memo_deleted_at,
        override=await overrides.of_consultation(connection, consultation_id),
        code=code,
        history=await revisions.history_of(connection, consultation_id),
        legs=legs,
        shielded=shielded,
        party=opened or bool(legs) or record.facts.response == REFER,
    )


async def list_consultations(
    connection: AsyncConnection,
    desk: str,
    *,
    first: date | None = None,
    last: date | None = None,
    after: UUID | None = None,
    code: str | None = None,
    limit: int = 50,
) -> list[Consultation]:
    """A page of this desk's consultations, newest first; with a `code`, those of its case."""
    case_id: UUID | None = None
    if code is not None:
        case_id = (await join_case(connection, code)).case_id
    return await consultations.page_of(
        connection, desk, first=first, last=last, after=after, case_id=case_id, limit=limit
    )
