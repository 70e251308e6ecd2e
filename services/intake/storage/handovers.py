"""Cases opened at a counter, their hand-over codes, and where each of their legs stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage import visibility
from services.intake.storage.tables import handover, leg_standing

#: States in which a lead leg is open, so that no second one may be offered.
OPEN_STATES = ("offered", "accepted", "supporting")


@dataclass(frozen=True, slots=True)
class Handover:
    """A case and its code, as issued."""

    case_id: UUID
    code: str
    desk: str
    consultation_id: UUID
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class LegStanding:
    """One leg, as the referral service last told."""

    referral_id: UUID
    case_id: UUID
    sender: str
    receiver: str
    lead: bool
    state: str
    since: datetime
    reason: str | None
    outcome: str | None


async def issue(connection: AsyncConnection, issued: Handover) -> bool:
    """Store a new code; False if another case has the same one."""
    result = await connection.execute(
        upsert(handover)
        .values(
            case_id=issued.case_id,
            code=issued.code,
            desk=issued.desk,
            consultation_id=issued.consultation_id,
            issued_at=issued.issued_at,
        )
        .on_conflict_do_nothing(index_elements=[handover.c.code])
        .returning(handover.c.case_id)
    )
    return result.scalar_one_or_none() is not None


async def case_of_code(connection: AsyncConnection, code: str) -> UUID | None:
    """The case of a code, None for one that was never issued. Whoever knows it may ask."""
    found: UUID | None = await connection.scalar(select(func.case_of_code(code, type_=Uuid)))
    return found


async def has_open_lead(connection: AsyncConnection, case_id: UUID) -> bool:
    """Whether somebody leads a case or is asked to, whoever it is."""
    return bool(await connection.scalar(select(func.case_has_open_lead(case_id))))


async def issued_by(connection: AsyncConnection, case_id: UUID, desk: str) -> Handover | None:
    """The code of a case that this desk opened."""
    query = select(handover).where(
        handover.c.case_id == case_id, visibility.written_by(desk, handover.c.desk)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Handover(**row)


async def legs_of(connection: AsyncConnection, case_id: UUID) -> list[LegStanding]:
    """Where each leg of a case stands, oldest first."""
    query = (
        select(leg_standing)
        .where(leg_standing.c.case_id == case_id)
        .order_by(leg_standing.c.referral_id)
    )
    return [LegStanding(**row) for row in (await connection.execute(query)).mappings()]


async def legs_sent_by(connection: AsyncConnection, case_id: UUID, desk: str) -> list[LegStanding]:
    """The legs of a case that this desk sent, oldest first."""
    query = (
        select(leg_standing)
        .where(
            leg_standing.c.case_id == case_id, visibility.written_by(desk, leg_standing.c.sender)
        )
        .order_by(leg_standing.c.referral_id)
    )
    return [LegStanding(**row) for row in (await connection.execute(query)).mappings()]


async def note_standings(connection: AsyncConnection, standings: Sequence[LegStanding]) -> None:
    """Store where legs stand now."""
    for standing in standings:
        values = {name: getattr(standing, name) for name in LegStanding.__dataclass_fields__}
        statement = upsert(leg_standing).values(values)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=[leg_standing.c.referral_id],
                set_={name: statement.excluded[name] for name in values if name != "referral_id"},
            )
        )
