"""Two readers have a consultation and its leg at the same moment; neither counts past the other."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.metrics.usecases.count_events import count_by_rules_in_force
from services.metrics.usecases.rules_in_force import CurrentCounter
from services.metrics.usecases.show_indicators import show_indicators
from shared.contracts import (
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    Contract,
    ReferralAcceptedV1,
)
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.messaging.event import Cause, Event
from shared.plan import Plan

pytestmark = pytest.mark.anyio

_SUBJECT, _CASE = UUID(int=1), UUID(int=2)
_AT = datetime(2026, 5, 20, 1, tzinfo=UTC)


def _event(subject: UUID, data: Contract) -> Event:
    return Event(uuid7(), subject, _AT, data, Cause("test", "test"))


def _told(contract: type[ConsultationRecordedV1 | ConsultationCorrectedV1], revision: int) -> Event:
    data = contract(
        desk="shakyo-sogo",
        received_at=_AT,
        caller="self",
        channel="visit",
        anonymous=False,
        repeat=False,
        age_band="40s",
        sex="female",
        district="east",
        household="single",
        topics=("isolation",),
        main_topic="isolation",
        urgency="normal",
        response="refer",
        revision=revision,
    )
    return _event(_SUBJECT, data)


def _accepted() -> Event:
    data = ReferralAcceptedV1(
        case_id=_CASE,
        referral_id=UUID(int=3),
        consultation_id=_SUBJECT,
        sender="shakyo-sogo",
        receiver="csw",
        lead=True,
    )
    return _event(_CASE, data)


@pytest.mark.parametrize("known", [False, True])
async def test_the_second_waits_for_the_first(
    environment: dict[str, str], plan: Plan, known: bool
) -> None:
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=3, options=AS_SERVICE)
    current = CurrentCounter(plan)

    async def count(event: Event) -> None:
        async with transaction(engine, SERVICE) as connection:
            await count_by_rules_in_force(connection, [event], current)

    if known:
        await count(_told(ConsultationRecordedV1, 1))
    first = _told(ConsultationCorrectedV1 if known else ConsultationRecordedV1, 2)
    async with transaction(engine, SERVICE) as connection:
        await count_by_rules_in_force(connection, [first], current)
        second = asyncio.create_task(count(_accepted()))
        await asyncio.sleep(0.2)
        assert not second.done()
    await second
    async with engine.connect() as connection:
        shown = await show_indicators(connection, plan, 2026, date(2027, 3, 31))
    values = {one.row.id: one.value.value for one in shown}
    assert (values["shakyo-consultations"], values["csw-consultations"]) == (1, 1)
    await engine.dispose()
