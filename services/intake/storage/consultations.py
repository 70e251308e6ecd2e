"""Consultations, as the desk that wrote them reads and changes them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.consultation import FACT_NAMES, Consultation, ConsultationFacts
from services.intake.storage import visibility
from services.intake.storage.tables import consultation
from shared.japanese_time import JST

_COLUMNS = (*FACT_NAMES, "fiscal_year")
_INSERT = insert(consultation).values(
    {
        name: bindparam(name)
        for name in ("id", "desk", "revision", "case_id", "recorded_by", "recorded_at", *_COLUMNS)
    }
)


def fact_values(facts: ConsultationFacts) -> dict[str, Any]:
    """The facts as column values."""
    values = {name: getattr(facts, name) for name in FACT_NAMES}
    return values | {"topics": list(facts.topics), "fiscal_year": facts.fiscal_year}


def from_row(values: RowMapping) -> Consultation:
    """A consultation from its row."""
    facts = {name: values[name] for name in FACT_NAMES}
    facts["topics"] = tuple(facts["topics"])
    return Consultation(
        id=values["id"],
        desk=values["desk"],
        revision=values["revision"],
        facts=ConsultationFacts(**facts),
        case_id=values["case_id"],
        cancelled=values["cancelled"],
    )


async def add(
    connection: AsyncConnection, record: Consultation, *, recorded_by: str, now: datetime
) -> None:
    """Store a new consultation."""
    await connection.execute(
        _INSERT,
        {
            "id": record.id,
            "desk": record.desk,
            "revision": record.revision,
            "case_id": record.case_id,
            "recorded_by": recorded_by,
            "recorded_at": now,
        }
        | fact_values(record.facts),
    )


async def find(
    connection: AsyncConnection, consultation_id: UUID, desk: str, *, lock: bool = False
) -> Consultation | None:
    """A consultation of this desk; None for another desk's, as if it were not there."""
    query = select(consultation).where(
        consultation.c.id == consultation_id, visibility.written_by(desk, consultation.c.desk)
    )
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else from_row(row)


async def change(connection: AsyncConnection, record: Consultation) -> None:
    """Store a consultation's newest revision over the one before."""
    values: Mapping[str, Any] = fact_values(record.facts) | {
        "revision": record.revision,
        "case_id": record.case_id,
        "cancelled": record.cancelled,
    }
    await connection.execute(
        update(consultation).where(consultation.c.id == record.id).values(values)
    )


async def page_of(
    connection: AsyncConnection,
    desk: str,
    *,
    first: date | None,
    last: date | None,
    after: UUID | None,
    case_id: UUID | None,
    limit: int,
) -> list[Consultation]:
    """This desk's consultations, newest first, received from `first` to `last` (JST days)."""
    query = select(consultation).where(visibility.written_by(desk, consultation.c.desk))
    if first is not None:
        query = query.where(consultation.c.received_at >= datetime.combine(first, time(), JST))
    if last is not None:
        end = datetime.combine(last + timedelta(days=1), time(), JST)
        query = query.where(consultation.c.received_at < end)
    if case_id is not None:
        query = query.where(consultation.c.case_id == case_id)
    if after is not None:
        place = select(consultation.c.received_at, consultation.c.id).where(
            consultation.c.id == after
        )
        query = query.where(
            tuple_(consultation.c.received_at, consultation.c.id) < place.scalar_subquery()
        )
    query = query.order_by(consultation.c.received_at.desc(), consultation.c.id.desc())
    rows = (await connection.execute(query.limit(limit))).mappings()
    return [from_row(row) for row in rows]
