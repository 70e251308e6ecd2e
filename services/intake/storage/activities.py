"""Activities, as the desk that recorded them reads and changes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.activity import ActivityFacts
from services.intake.storage import visibility
from services.intake.storage.tables import activity

FACT_NAMES = tuple(ActivityFacts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as it stands."""

    id: UUID
    desk: str
    revision: int
    facts: ActivityFacts
    note: str | None
    cancelled: bool


def _values(record: Activity) -> dict[str, Any]:
    facts = {name: getattr(record.facts, name) for name in FACT_NAMES}
    return facts | {
        "fiscal_year": record.facts.fiscal_year,
        "revision": record.revision,
        "note": record.note,
        "cancelled": record.cancelled,
    }


async def add(
    connection: AsyncConnection, record: Activity, *, recorded_by: str, now: datetime
) -> None:
    """Store a new activity."""
    values = _values(record) | {"id": record.id, "desk": record.desk}
    await connection.execute(
        insert(activity).values(values | {"recorded_by": recorded_by, "recorded_at": now})
    )


async def find(
    connection: AsyncConnection, activity_id: UUID, desk: str, *, lock: bool = False
) -> Activity | None:
    """An activity of this desk; None for another desk's, as if it were not there."""
    mine = visibility.written_by(desk, activity.c.desk)
    query = select(activity).where(activity.c.id == activity_id, mine)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    facts = ActivityFacts(**{name: row[name] for name in FACT_NAMES})
    return Activity(row["id"], row["desk"], row["revision"], facts, row["note"], row["cancelled"])


async def change(connection: AsyncConnection, record: Activity) -> None:
    """Store an activity's newest revision over the one before."""
    await connection.execute(
        update(activity).where(activity.c.id == record.id).values(_values(record))
    )
