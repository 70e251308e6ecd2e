"""Who may do what: tokens, sessions, roles, and a neighbour's records that are not there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.database import make_engine
from shared.identity.principal import Role
from shared.identity.tokens import create_token, revoke_token
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"


async def _sign_in(world: World, login: str, password: str = PASSWORD) -> httpx.Response:
    return await world.client.post("/sign-in", data={"login": login, "password": password})


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eA=="}],
)
async def test_without_a_token_a_machine_is_a_stranger(
    quiet_world: World, headers: dict[str, str]
) -> None:
    answer = await quiet_world.client.post(_PATH, json=consultation(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("who", "method", "path"),
    [
        ("manager", "POST", _PATH),
        ("admin", "POST", _PATH),
        ("manager", "GET", "/referral/api/inbox"),
        ("counter:csw", "GET", "/referral/api/inbox"),
        ("csw", "GET", "/metrics/api/indicators"),
        ("counter:csw", "GET", "/metrics/api/indicators"),
        ("admin", "GET", "/metrics/api/indicators"),
        ("manager", "GET", "/admin/accounts"),
        ("csw", "GET", "/admin/accounts"),
    ],
)
async def test_a_role_does_its_own_work_only(
    quiet_world: World, who: str, method: str, path: str
) -> None:
    body = consultation() if method == "POST" else None
    assert (await quiet_world.call(method, path, who, body)).status_code == 403


async def test_an_ended_token_opens_nothing(quiet_world: World) -> None:
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=1)
    now = datetime.now(UTC)

    async def status(secret: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return (
            await quiet_world.client.get("/metrics/api/indicators", headers=headers)
        ).status_code

    async with engine.begin() as connection:
        scope: dict[str, Any] = {"name": "test", "role": Role.MANAGER, "agency": None}
        good = await create_token(connection, **scope, now=now)
        old = await create_token(connection, **scope, now=now - timedelta(days=366))
    assert await status(good) == 200
    assert await status(old) == 401
    async with engine.begin() as connection:
        await revoke_token(connection, good, now)
    assert await status(good) == 401
    await engine.dispose()


async def test_a_desk_reads_its_own_records_only(quiet_world: World) -> None:
    recorded = await quiet_world.post(_PATH, "counter:csw", consultation())
    path = f"{_PATH}/{recorded['id']}"
    assert (await quiet_world.call("GET", path, "csw")).status_code == 200
    assert (await quiet_world.call("GET", path, "houkatsu")).status_code == 404
    for act in ("corrections", "cancellation"):
        answer = await quiet_world.call("POST", f"{path}/{act}", "houkatsu", {"reason": "x"})
        assert answer.status_code == 404
    assert await quiet_world.get(_PATH, "houkatsu") == []


async def test_an_agency_sees_only_legs_that_it_is_a_party_to(world: World) -> None:
    body = consultation(**refer("csw"))
    recorded = await world.post(_PATH, "counter:shakyo-sogo", body)
    await world.settle()
    path = f"/referral/api/cases/{recorded['case_id']}"
    for party in ("csw", "shakyo-sogo", "chiiki-kyosei"):
        assert (await world.call("GET", path, party)).status_code == 200
    leg = (await world.get(path, "csw"))["legs"][0]["id"]
    assert (await world.call("GET", path, "houkatsu")).status_code == 404
    answer = await world.call("POST", f"/referral/api/referrals/{leg}/accept", "houkatsu", {})
    assert answer.status_code == 404
    assert await world.get("/referral/api/inbox", "houkatsu") == []
    assert recorded["code"] is not None
    assert (await world.get(path, "shakyo-sogo"))["code"] == recorded["code"]
    assert (await world.get(path, "csw"))["code"] is None


async def test_a_case_of_violence_hides_where_and_who_and_is_not_the_coordinators(
    world: World,
) -> None:
    body = consultation(topics=["dv"], main_topic="dv", **refer("jinken-shomu"))
    recorded = await world.post(_PATH, "counter:shakyo-sogo", body)
    await world.settle()
    path = f"/referral/api/cases/{recorded['case_id']}"
    assert (await world.call("GET", path, "chiiki-kyosei")).status_code == 404
    before = await world.get(path, "jinken-shomu")
    assert not {"district", "caller"} & before["facts"].keys()
    leg = before["legs"][0]["id"]
    await world.post(f"/referral/api/referrals/{leg}/accept", "jinken-shomu", {})
    after = await world.get(path, "jinken-shomu")
    assert {"district", "caller"} <= after["facts"].keys()


async def test_a_coordinator_that_comes_to_hold_it_sees_neither_where_nor_who(
    world: World,
) -> None:
    body = consultation(topics=["dv"], main_topic="dv", **refer())
    recorded = await world.post(_PATH, "counter:shakyo-sogo", body)
    await world.settle()
    path = f"/referral/api/cases/{recorded['case_id']}"
    shown = await world.get(path, "chiiki-kyosei")
    assert shown["holder"] == "chiiki-kyosei"
    assert "age_band" in shown["facts"]
    assert not {"district", "caller"} & shown["facts"].keys()
    assert {"district", "caller"} <= (await world.get(path, "shakyo-sogo"))["facts"].keys()


async def test_on_an_anonymous_basis_only_topics_are_seen(world: World) -> None:
    body = consultation(**refer("csw", basis="anonymous"))
    recorded = await world.post(_PATH, "counter:shakyo-sogo", body)
    await world.settle()
    shown = await world.get(f"/referral/api/cases/{recorded['case_id']}", "csw")
    assert shown["topics"] == ["isolation"]
    assert (shown["facts"], shown["urgency"]) == ({}, None)
    [entry] = await world.get("/referral/api/inbox", "csw")
    assert entry["urgency"] is None


async def test_signing_in_opens_a_session_and_signing_out_ends_it(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    client = quiet_world.client
    answer = await _sign_in(quiet_world, "csw")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    first = client.cookies["tsunagi"]
    assert (await client.get("/referral/inbox")).status_code == 200
    await _sign_in(quiet_world, "csw")
    assert client.cookies["tsunagi"] != first
    second = client.cookies["tsunagi"]
    assert (await client.post("/sign-out")).status_code == 303
    client.cookies.set("tsunagi", second)
    stranger = await client.get("/referral/inbox")
    assert (stranger.status_code, stranger.headers["location"]) == (
        303,
        "/sign-in?next=/referral/inbox",
    )


async def test_a_wrong_password_says_no_more_than_that(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    wrong = await _sign_in(quiet_world, "counter", "not-this-one")
    unknown = await _sign_in(quiet_world, "nobody", "not-this-one")
    assert wrong.status_code == unknown.status_code == 401
    assert "ログイン名またはパスワードが違います。" in wrong.text
    assert "ログイン名またはパスワードが違います。" in unknown.text


async def test_another_sites_form_is_refused(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    await _sign_in(quiet_world, "csw")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = await quiet_world.client.post(
            "/intake/consultations/new", data={"caller": "self"}, headers=headers
        )
        assert answer.status_code == 403
    outside = await quiet_world.client.get("/sign-in?next=https://elsewhere.example")
    assert outside.status_code == 200


async def test_after_signing_in_nobody_is_sent_elsewhere(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings, "csw")
    for wanted in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        answer = await quiet_world.client.post(
            "/sign-in", params={"next": wanted}, data={"login": "csw", "password": PASSWORD}
        )
        assert answer.headers["location"] == "/"
