"""Conferences: stored as a whole, read by id, by case and by agency."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.conference import (
    Conference,
    ConferenceKind,
    Decision,
    DecisionKind,
)
from services.referral.domain.holding import Standing
from services.referral.storage import visibility
from services.referral.storage.cases import COLUMNS, FROM, as_case, legs_of_cases
from services.referral.storage.conference_tables import (
    conference,
    conference_agency,
    conference_case,
    conference_decision,
    conference_words,
)
from services.referral.storage.tables import case
from shared.database import among

_OWN = tuple(str(column.name) for column in conference.columns)
_DETAIL = tuple(field.name for field in fields(Decision) if field.name not in ("kind", "case_id"))


def _detail(decision: Decision) -> dict[str, Any]:
    values = {name: getattr(decision, name) for name in _DETAIL}
    if decision.next_review is not None:
        values["next_review"] = decision.next_review.isoformat()
    return {name: value for name, value in values.items() if value}


def _decision(kind: str, case_id: UUID, detail: dict[str, Any]) -> Decision:
    words = dict(detail)
    words["scores"] = tuple((number, score) for number, score in detail.get("scores", ()))
    if "next_review" in words:
        words["next_review"] = date.fromisoformat(words["next_review"])
    return Decision(kind=DecisionKind(kind), case_id=case_id, **words)


async def add(connection: AsyncConnection, held: Conference) -> None:
    """Store a conference with everything it says."""
    await connection.execute(
        insert(conference).values({name: getattr(held, name) for name in _OWN})
    )
    mine = {"conference_id": held.id}
    await connection.execute(insert(conference_words).values(mine | {"minutes": held.minutes}))
    agencies = [
        mine | {"agency": agency, "place": place} for place, agency in enumerate(held.agencies)
    ]
    await connection.execute(insert(conference_agency), agencies)
    cases = [
        mine | {"case_id": case_id, "place": place} for place, case_id in enumerate(held.cases)
    ]
    await connection.execute(insert(conference_case), cases)
    decisions = [
        mine | {"number": number, "case_id": one.case_id, "kind": one.kind, "detail": _detail(one)}
        for number, one in enumerate(held.decisions)
    ]
    if decisions:
        await connection.execute(insert(conference_decision), decisions)


async def cancel(
    connection: AsyncConnection, conference_id: UUID, reason: str, now: datetime
) -> None:
    """Mark a conference as one that was recorded in error."""
    await connection.execute(
        update(conference).where(conference.c.id == conference_id).values(cancelled_at=now)
    )
    words = update(conference_words).where(conference_words.c.conference_id == conference_id)
    await connection.execute(words.values(cancel_reason=reason))


async def find(
    connection: AsyncConnection, conference_id: UUID, *, lock: bool = False
) -> Conference | None:
    """A conference; with `lock`, whoever else wants to change it waits."""
    if lock:
        query = select(conference.c.id).where(conference.c.id == conference_id)
        await connection.execute(query.with_for_update())
    found = await _load(connection, [conference_id])
    return found[0] if found else None


async def of_case(connection: AsyncConnection, case_id: UUID) -> list[Conference]:
    """The conferences about a case, the newest first."""
    query = select(conference_case.c.conference_id).where(conference_case.c.case_id == case_id)
    return await _load(connection, (await connection.execute(query)).scalars())


async def attended(connection: AsyncConnection, case_id: UUID) -> set[str]:
    """The agencies that sat in a conference about a case."""
    query = (
        select(conference_agency.c.agency)
        .join(conference_case, conference_case.c.conference_id == conference_agency.c.conference_id)
        .where(conference_case.c.case_id == case_id)
    )
    return set((await connection.execute(query)).scalars())


async def of_agency(connection: AsyncConnection, agency: str, *, limit: int) -> list[Conference]:
    """The newest conferences in which this agency took part."""
    query = (
        select(conference.c.id)
        .join(conference_agency, conference_agency.c.conference_id == conference.c.id)
        .where(visibility.attended_by(agency))
        .order_by(conference.c.held_on.desc(), conference.c.id.desc())
        .limit(limit)
    )
    return await _load(connection, (await connection.execute(query)).scalars())


async def _load(connection: AsyncConnection, ids: Iterable[UUID]) -> list[Conference]:
    wanted = list(ids)
    if not wanted:
        return []
    agencies: dict[UUID, list[str]] = {}
    cases: dict[UUID, list[UUID]] = {}
    decisions: dict[UUID, list[Decision]] = {}
    query = select(conference_agency).where(among(conference_agency.c.conference_id, wanted))
    for row in await connection.execute(query.order_by(conference_agency.c.place)):
        agencies.setdefault(row.conference_id, []).append(row.agency)
    query = select(conference_case).where(among(conference_case.c.conference_id, wanted))
    for row in await connection.execute(query.order_by(conference_case.c.place)):
        cases.setdefault(row.conference_id, []).append(row.case_id)
    query = select(conference_decision).where(among(conference_decision.c.conference_id, wanted))
    for row in await connection.execute(query.order_by(conference_decision.c.number)):
        decided = _decision(row.kind, row.case_id, row.detail)
        decisions.setdefault(row.conference_id, []).append(decided)
    rows = await connection.execute(
        select(conference, conference_words.c.minutes, conference_words.c.cancel_reason)
        .join(conference_words, conference_words.c.conference_id == conference.c.id)
        .where(among(conference.c.id, wanted))
        .order_by(conference.c.held_on.desc(), conference.c.id.desc())
    )
    return [
        Conference(
            **{
                **row,
                "kind": ConferenceKind(row["kind"]),
                "agencies": tuple(agencies[row["id"]]),
                "cases": tuple(cases[row["id"]]),
                "decisions": tuple(decisions.get(row["id"], ())),
            }
        )
        for row in rows.mappings()
    ]


async def standings(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """These cases with their legs, by id."""
    wanted = list(ids)
    query = select(*COLUMNS).select_from(FROM).where(among(case.c.id, wanted))
    legs = await legs_of_cases(connection, wanted)
    rows = (await connection.execute(query)).mappings()
    found = [as_case(row) for row in rows]
    return {one.id: Standing(one, tuple(legs.get(one.id, ()))) for one in found}


async def open_cases(
    connection: AsyncConnection, holder: str, *, of_others: bool, limit: int
) -> list[Standing]:
    """Open cases of this holder, the oldest first; with `of_others`, those of others behind."""
    mine = case.c.holder == holder
    query = (
        select(*COLUMNS)
        .select_from(FROM)
        .where(case.c.state == "open", or_(mine, literal(of_others)))
        .order_by(mine.desc(), case.c.opened_at, case.c.id)
        .limit(limit)
    )
    cases = [as_case(row) for row in (await connection.execute(query)).mappings()]
    legs = await legs_of_cases(connection, [one.id for one in cases])
    return [Standing(one, tuple(legs.get(one.id, ()))) for one in cases]
