"""A term that ran out stays on its offer, however the log is cut into batches."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from services.metrics.domain.facts import LegFact
from services.metrics.storage import facts
from services.metrics.usecases.fold_events import fold_events
from shared.contracts import ClockRanOutV1, Contract, ReferralOfferedV1, ReferralReturnedV1
from shared.database import AS_SERVICE, make_engine
from shared.messaging.event import Cause, Event

pytestmark = pytest.mark.anyio

_CASE, _LEG = UUID(int=2), UUID(int=3)
_AT = datetime(2026, 5, 20, 1, tzinfo=UTC)
_OF = {"case_id": _CASE, "consultation_id": UUID(int=1)}
_LEG_WORDS = _OF | {"referral_id": _LEG, "sender": "csw", "receiver": "houkatsu", "lead": True}
_OFFERED = ReferralOfferedV1(**_LEG_WORDS, basis="consent", mode="phone", due_at=_AT)
_RAN_OUT = ClockRanOutV1(
    **_OF, clock="accept-normal", due_at=_AT, referral_id=_LEG, agency="houkatsu"
)
_RETURNED = ReferralReturnedV1(**_LEG_WORDS, reason="not-ours")


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize(
    ("told", "overdue"),
    [
        ([_OFFERED, _RAN_OUT], 1),
        ([_OFFERED, _RAN_OUT, _RETURNED, _OFFERED], None),
        ([_OFFERED, _RAN_OUT, _RETURNED, _OFFERED, _RAN_OUT], 4),
        ([_RAN_OUT, _OFFERED], None),
    ],
)
async def test_a_new_offer_begins_a_new_term(
    environment: dict[str, str], told: list[Contract], overdue: int | None, size: int
) -> None:
    events = [
        Event(uuid7(), _CASE, _AT + timedelta(hours=hour), data, Cause("test", "test"))
        for hour, data in enumerate(told)
    ]
    engine = make_engine(environment["METRICS_DATABASE_URL"], pool_size=1, options=AS_SERVICE)
    async with engine.begin() as connection:
        for place in range(0, len(events), size):
            await fold_events(connection, events[place : place + size])
        leg = (await facts.load(connection, LegFact, [_LEG]))[_LEG]
    await engine.dispose()
    assert leg.overdue_at == (None if overdue is None else _AT + timedelta(hours=overdue))
