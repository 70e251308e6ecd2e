"""What became of offers, by agency and month; times, returns, and needs that nobody could meet."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from services.metrics.domain.facts import LegFact
from services.metrics.domain.flow import UnmetNeed, flow_of, percentile, unmet_by_topic
from shared.database import AS_SERVICE
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_APRIL = datetime(2026, 3, 31, 15, tzinfo=UTC)  # 1 April 00:00 in Japan


def _leg(offered: datetime | None, hours: float | None = None, **more: object) -> LegFact:
    taken = None if hours is None or offered is None else offered + timedelta(hours=hours)
    words = {"sender": "csw", "receiver": "houkatsu", "lead": True, "state": "offered"} | more
    return LegFact(
        id=uuid4(),
        consultation_id=UUID(int=1),
        case_id=UUID(int=2),
        offered_at=offered,
        accepted_at=taken,
        **words,  # type: ignore[arg-type]
    )


async def test_a_leg_counts_in_the_month_of_its_offer_in_japan() -> None:
    legs = [
        _leg(_APRIL, 2),
        _leg(_APRIL - timedelta(seconds=1), 3),  # still March, another fiscal year
        _leg(_APRIL, 4, closed_at=_APRIL + timedelta(days=40), confirmed_at=_APRIL),
        _leg(_APRIL, returns=2, overdue_at=_APRIL),
        _leg(None),  # void
    ]
    found = flow_of(legs, 2026, date(2026, 4, 30))
    assert set(found) == {("houkatsu", "2026-04")}
    line = found["houkatsu", "2026-04"]
    assert line.counts == {
        "offered": 3,
        "accepted": 2,
        "returned": 1,
        "returned-again": 1,
        "overdue": 1,
        "closed": 1,
        "confirmed": 1,
    }
    assert line.hours == (2, 4)
    assert line.confirmed_share == 100


async def test_percentiles_are_times_that_a_leg_took() -> None:
    hours = tuple(float(n) for n in range(1, 11))
    assert (percentile(hours, 0.5), percentile(hours, 0.9), percentile((), 0.5)) == (5, 9, None)


async def test_violence_is_in_no_count_by_topic() -> None:
    needs = [
        UnmetNeed(_APRIL, "debt", ("debt",)),
        UnmetNeed(_APRIL, "debt", ("debt", "dv")),
        UnmetNeed(_APRIL, "dv", ("dv",)),
    ]
    assert unmet_by_topic(needs, 2026, date(2026, 4, 1)) == {"debt": {"2026-04": 1}}


async def test_managers_see_it_exactly_and_the_public_does_not(world: World) -> None:
    body = consultation(received_at=datetime.now(UTC).isoformat()) | refer("houkatsu")
    await world.post("/intake/api/consultations", "csw", body)
    await world.settle()
    inbox = await world.get("/referral/api/inbox", "houkatsu")
    await world.post(f"/referral/api/referrals/{inbox[0]['id']}/accept", "houkatsu", {})
    nowhere = consultation(received_at=datetime.now(UTC).isoformat()) | refer()
    await world.post("/intake/api/consultations", "csw", nowhere)
    await world.settle()
    flow = await world.get("/metrics/api/flow", "manager")
    (line,) = flow["lines"]
    assert (line["agency"], line["offered"], line["accepted"]) == ("houkatsu", 1, 1)
    assert 0 <= line["median_hours"] == line["p90_hours"] < 1
    assert flow["unmet"] == [{"topic": "isolation", "count": 1}]
    page = await world.call("GET", "/metrics/flow", "manager")
    assert page.status_code == 200
    period = line["month"]
    await world.post("/metrics/api/releases", "manager", {"period": period, "unfinished": True})
    with psycopg.connect(world.settings.database_url("metrics"), options=AS_SERVICE) as connection:
        row = connection.execute("SELECT document FROM release").fetchone()
    assert row is not None
    document = json.loads(row[0])
    (published,) = (one for one in document["flow"] if one["month"] == period)
    assert published["cells"]["offered"] == {"value": None, "mark": "x", "revised": False}
    assert published["cells"]["median-hours"]["mark"] == "x"
    assert published["cells"]["returned"]["value"] == 0
    unmet = {one["topic"]: one["cell"] for one in document["unmet"]}
    assert unmet["isolation"]["mark"] == "x"
    assert "dv" not in unmet
