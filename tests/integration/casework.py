"""Cases worked on by hand: one database, acts by their use cases, and a clock that a test moves."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.domain.holding import Standing
from services.referral.domain.ladder import Ladder
from services.referral.storage import cases, clocks, history
from services.referral.storage.history import Act
from services.referral.usecases.acting import Acting
from services.referral.usecases.open_case import note_consultation, open_case
from services.referral.usecases.watch_clocks import acting_clock, watch_case
from shared.contracts import ConsultationRecordedV1, Contract, ReferralRequestedV1
from shared.database import AS_SERVICE, make_engine
from shared.handover_code import new_code
from shared.identity.principal import Principal, Role
from shared.japanese_time import JST
from shared.messaging.event import Cause, Event
from shared.messaging.outbox import Outbox
from shared.messaging.tables import outbox
from shared.plan import Plan

#: A Wednesday morning without a holiday near it.
MORNING = datetime(2026, 6, 10, 10, 0, tzinfo=JST)
_LEAD = object()


class Casework:
    """One transaction in which everything happens; `now` is moved by the test."""

    def __init__(self, connection: AsyncConnection, plan: Plan, now: datetime = MORNING) -> None:
        self.connection = connection
        self.plan = plan
        self.now = now
        self._outbox = Outbox()

    def acting(self, agency: str | None, role: Role = Role.AGENCY) -> Acting:
        """Somebody of this agency, now."""
        somebody = Principal(UUID(int=1), "担当", role, agency)
        return Acting(somebody, self.plan, self._outbox, self.now, Cause("test", "test"))

    async def open(
        self,
        desk: str,
        *to: str,
        lead: Any = _LEAD,
        topics: tuple[str, ...] = ("isolation",),
        urgency: str = "normal",
        at: datetime | None = None,
    ) -> UUID:
        """A case as intake's two events open it; its id."""
        consultation_id, case_id = uuid7(), uuid7()
        told = ConsultationRecordedV1(
            desk=desk,
            received_at=at or self.now,
            caller="self",
            channel="visit",
            anonymous=False,
            repeat=False,
            age_band="40s",
            sex="female",
            district="east",
            household="single",
            topics=topics,
            main_topic=topics[0],
            urgency=urgency,
            response="refer",
            revision=1,
            case_id=case_id,
        )
        asked = ReferralRequestedV1(
            case_id=case_id,
            code=new_code(),
            desk=desk,
            to=to,
            lead=next(iter(to), None) if lead is _LEAD else lead,
            reason="相談相手が必要",
            basis="consent",
            mode="phone",
            authorised_by="窓口",
            at=at or self.now,
        )
        by_desk = self.acting(desk, Role.COUNTER)
        event = Event.of(asked, subject=consultation_id, time=self.now, cause=by_desk.cause)
        await note_consultation(self.connection, consultation_id, told, by_desk)
        await open_case(self.connection, event, asked, by_desk)
        return case_id

    async def tick(self, step: timedelta = timedelta(0)) -> None:
        """Let time pass, then let the terms of every case run, as the worker's job does."""
        self.now += step
        while due := await clocks.cases_due(self.connection, self.now, 100):
            for case_id in due:
                acting = acting_clock(self.plan, self._outbox, self.now)
                await watch_case(self.connection, case_id, acting)

    async def until(self, moment: datetime) -> None:
        """Let time pass up to this moment."""
        await self.tick(moment - self.now)

    async def standing(self, case_id: UUID) -> Standing:
        """The case with its legs as they are stored."""
        found = await cases.standing(self.connection, case_id)
        assert found is not None
        return found

    async def clocks(self, case_id: UUID) -> list[Ladder]:
        """The terms that run on it."""
        return await clocks.of_case(self.connection, case_id)

    async def acts(self, case_id: UUID, *actions: str) -> list[Act]:
        """Its history, or only these acts of it."""
        found = await history.of_case(self.connection, case_id)
        return [act for act in found if not actions or act.action in actions]

    async def events(self, *contracts: type[Contract]) -> list[Contract]:
        """What the log holds, or only events of these contracts."""
        query = select(outbox.c.event).order_by(outbox.c.number)
        found = [
            Event.from_json(text).data for text in (await self.connection.execute(query)).scalars()
        ]
        return [data for data in found if not contracts or isinstance(data, contracts)]


@asynccontextmanager
async def casework(environment: Mapping[str, str], plan: Plan) -> AsyncIterator[Casework]:
    """Casework in a transaction that is rolled back at the end."""
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=1, options=AS_SERVICE)
    try:
        async with engine.connect() as connection:
            yield Casework(connection, plan)
            await connection.rollback()
    finally:
        await engine.dispose()
