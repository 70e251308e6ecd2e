"""One notification for each event and recipient, numbered so that nothing is passed over."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.referral.storage import notifications
from services.referral.usecases.notify_agencies import notify_agencies
from shared.database import AS_SERVICE, make_engine
from shared.messaging.event import Event
from shared.plan import Plan
from tests.integration.notices import offered, rows, told
from tests.world import World

pytestmark = pytest.mark.anyio


async def test_each_side_hears_of_each_act_once(world: World, environment: dict[str, str]) -> None:
    case = await offered(world, "csw")
    assert told(environment) == [("csw", "offered")]
    await world.post(f"/referral/api/referrals/{case['csw']}/accept", "csw", {})
    await world.settle()
    assert sorted(told(environment)[1:]) == [("houkatsu", "accepted"), ("houkatsu", "held")]
    close = {"outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/referrals/{case['csw']}/close", "csw", close)
    await world.settle()
    assert told(environment)[3:] == [("houkatsu", "closed")]


async def test_the_second_return_is_told_to_the_sender_and_the_coordinator(
    world: World, environment: dict[str, str]
) -> None:
    case = await offered(world, "csw")
    path = "/referral/api/referrals/{}/return"
    await world.post(path.format(case["csw"]), "csw", {"reason": "not-ours"})
    again = {"to": ["hoiku"], "reason": "再度", "basis": "consent", "mode": "phone"}
    offer = await world.post(f"/referral/api/cases/{case['case']}/referrals", "houkatsu", again)
    await world.post(path.format(offer["legs"][0]["id"]), "hoiku", {"reason": "not-ours"})
    await world.settle()
    heard = told(environment)
    assert heard.count(("houkatsu", "returned")) == 2
    assert ("chiiki-kyosei", "holds") in heard
    assert ("houkatsu", "held") in heard
    assert not [one for one in heard if one[0] == "hoiku" and one[1] != "offered"]


async def test_a_cancelled_consultation_is_told_to_those_who_support(
    world: World, environment: dict[str, str]
) -> None:
    case = await offered(world, "csw", "hoiku")
    await world.post(f"/referral/api/referrals/{case['csw']}/accept", "csw", {})
    path = f"/intake/api/consultations/{case['consultation']}/cancellation"
    await world.post(path, "houkatsu", {"reason": "誤入力"})
    await world.settle()
    heard = told(environment)
    assert ("csw", "cancelled") in heard
    assert ("hoiku", "withdrawn") in heard
    assert not [kind for agency, kind in heard if agency == "houkatsu" and kind == "withdrawn"]


async def test_a_receiver_hears_that_it_may_see_more_or_less(
    world: World, environment: dict[str, str]
) -> None:
    case = await offered(world, "csw")
    path = f"/referral/api/referrals/{case['csw']}"
    await world.post(f"{path}/accept", "csw", {})
    await world.post(f"{path}/consent-withdrawn", "csw", {})
    await world.post(f"{path}/basis", "houkatsu", {"basis": "anonymous"})
    await world.settle()
    heard = [one for one in told(environment) if one[1] == "basis"]
    assert heard == [("houkatsu", "basis"), ("csw", "basis")]


async def test_non_parties_hear_nothing(world: World, environment: dict[str, str]) -> None:
    case = await offered(world, "csw", topics=["dv"], main_topic="dv")
    await world.post(f"/referral/api/referrals/{case['csw']}/accept", "csw", {})
    await world.settle()
    assert {agency for agency, _ in told(environment)} == {"csw", "houkatsu"}


async def test_an_event_that_comes_again_tells_nobody_twice(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    await offered(world, "csw", "hoiku")
    before = rows(environment, "SELECT * FROM notification")
    events = rows(environment, "SELECT event FROM outbox ORDER BY number")
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=2, options=AS_SERVICE)
    for row in events:
        event = Event.from_json(row["event"])
        async with engine.begin() as connection:
            assert await notify_agencies(connection, event, event.subject, plan, event.time) == []
    await engine.dispose()
    assert len(before) == 2
    assert rows(environment, "SELECT * FROM notification") == before


async def _tell(engine: object, agency: str, hold: float) -> None:
    async with engine.begin() as connection:  # type: ignore[attr-defined]
        await notifications.add(
            connection,
            {agency: "offered"},
            event_id=uuid4(),
            case_id=UUID(int=1),
            referral_id=None,
            happened_at=datetime.now(UTC),
            now=datetime.now(UTC),
        )
        await asyncio.sleep(hold)


async def test_who_reads_on_behind_the_last_number_misses_nothing(
    environment: dict[str, str],
) -> None:
    """Many write at once and hold their transactions open; a reader only ever goes forward."""
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=10, options=AS_SERVICE)
    seen: list[int] = []

    async def read() -> None:
        async with engine.connect() as connection:
            last = seen[-1] if seen else 0
            found = await notifications.after(connection, last, 500, "csw")
            seen.extend(one.number for one in found)

    async def read_on() -> None:
        while True:
            await read()
            await asyncio.sleep(0.002)

    reading = asyncio.create_task(read_on())
    holds = [0.03, 0.0, 0.01, 0.02, 0.0] * 8
    await asyncio.gather(*(_tell(engine, "csw", hold) for hold in holds))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await read()
    async with engine.connect() as connection:
        stored = (await connection.execute(text("SELECT number FROM notification"))).scalars()
        assert sorted(seen) == seen == sorted(stored)
    assert len(seen) == len(holds)
    await engine.dispose()


async def test_reading_is_each_accounts_own(world: World, environment: dict[str, str]) -> None:
    case = await offered(world, "csw")
    number = rows(environment, "SELECT number FROM notification")[0]["number"]

    async def unread(who: str) -> bool:
        page = await world.call("GET", "/referral/notifications", who)
        assert page.status_code == 200
        return "未読" in page.text

    assert await unread("csw")
    assert await unread("counter:csw")
    opened = await world.call("GET", f"/referral/notifications/{number}", "csw")
    assert opened.headers["location"] == f"/referral/cases/{case['case']}"
    assert not await unread("csw")
    assert await unread("counter:csw")
    await world.call("GET", f"/referral/cases/{case['case']}", "counter:csw")
    assert not await unread("counter:csw")
    foreign = await world.call("GET", f"/referral/notifications/{number}", "hoiku")
    assert foreign.status_code == 404


async def test_everything_is_read_up_to_what_the_page_showed(
    world: World, environment: dict[str, str]
) -> None:
    await offered(world, "csw")
    shown = rows(environment, "SELECT max(number) AS number FROM notification")[0]["number"]
    await offered(world, "csw")
    form = {"upto": str(shown)}
    secret = await world.token("csw")
    headers = {"Authorization": f"Bearer {secret}"}
    sent = await world.client.post("/referral/notifications/read", data=form, headers=headers)
    assert sent.status_code == 303
    page = await world.call("GET", "/referral/notifications", "csw")
    assert page.text.count("未読") == 1
    assert "(1) お知らせ" in page.text


async def test_a_withdrawn_offer_leads_back_to_the_list(
    world: World, environment: dict[str, str]
) -> None:
    case = await offered(world, "csw")
    await world.post(f"/referral/api/referrals/{case['csw']}/withdraw", "houkatsu", {"reason": "x"})
    await world.settle()
    number = rows(environment, "SELECT number FROM notification WHERE kind = 'withdrawn'")[0]
    opened = await world.call("GET", f"/referral/notifications/{number['number']}", "csw")
    assert opened.headers["location"] == "/referral/notifications?done=gone"


async def test_the_page_says_which_agency_it_is_about_while_the_case_is_its_own(
    world: World,
) -> None:
    kept, lost = [await offered(world, "csw") for _ in range(2)]

    async def page(who: str) -> str:
        return str((await world.call("GET", "/referral/notifications", who)).text)

    asked = "地域包括支援センターからのつなぎ"
    assert (await page("csw")).count(asked) == 2
    await world.post(f"/referral/api/referrals/{kept['csw']}/accept", "csw", {})
    given_back = {"reason": "not-ours"}
    await world.post(f"/referral/api/referrals/{lost['csw']}/return", "csw", given_back)
    await world.settle()
    assert (await page("csw")).count(asked) == 1
    answered = await page("houkatsu")
    assert answered.count("社協 CSWへのつなぎ") == 2
    assert answered.count("主担当は社協 CSW") == 1
