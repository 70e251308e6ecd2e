"""Sign-in at the city's provider: for whom it opens, and what it refuses."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from joserfc.jwk import OctKey, RSAKey
from psycopg import sql

from shared.database import make_engine
from shared.identity.accounts import account_of, disable_account, list_accounts
from shared.settings import SettingsError, load_settings
from tests.integration.ended_city import ENDED, plan_without
from tests.integration.trail import acts
from tests.oidc_provider import CLIENT_SECRET, OidcProvider, running_provider
from tests.people import add_accounts
from tests.world import World, running_world

pytestmark = pytest.mark.anyio


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with running_provider() as started:
        yield started


@asynccontextmanager
async def _office(
    environment: dict[str, str], provider: OidcProvider, **more: str
) -> AsyncIterator[World]:
    settings = environment | provider.settings() | more
    async with running_world(settings, workers=False) as world:
        await add_accounts(world.settings, "csw")
        yield world


@pytest.fixture
async def office(environment: dict[str, str], provider: OidcProvider) -> AsyncIterator[World]:
    """Tsunagi that knows the provider."""
    async with _office(environment, provider) as world:
        yield world


async def _come_back(world: World, login: str, path: str = "/sign-in/oidc") -> str:
    """Sign in at the provider as this person; the path of our page that it leads back to."""
    begun = await world.client.get(path)
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.post(begun.headers["location"], data={"login": login})
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


async def test_an_account_opens_by_its_login_and_goes_on_to_the_page_that_was_asked_for(
    office: World, environment: dict[str, str]
) -> None:
    asked = "/sign-in/oidc?next=/referral/inbox"
    answer = await office.client.get(await _come_back(office, "csw", asked))
    assert (answer.status_code, answer.headers["location"]) == (303, "/referral/inbox")
    assert (await office.client.get("/referral/inbox")).status_code == 200
    out = await office.client.post("/sign-out")
    assert out.headers["location"] == "/sign-in?out=oidc"
    assert "庁内のサインインからも出て" in (await office.client.get("/sign-in?out=oidc")).text
    assert [row[:2] for row in acts(environment, "identity")] == [
        ("sign-in", "done"),
        ("sign-out", "done"),
    ]


async def test_the_try_is_this_browsers_and_good_once(office: World) -> None:
    path = await _come_back(office, "csw")
    cookie = office.client.cookies["tsunagi-oidc"]
    office.client.cookies.clear()
    assert (await office.client.get(path)).status_code == 401
    headers = {"Cookie": f"tsunagi-oidc={cookie}"}
    assert (await office.client.get(path, headers=headers)).status_code == 303
    office.client.cookies.clear()
    assert (await office.client.get(path, headers=headers)).status_code == 401


async def test_the_provider_is_asked_with_a_challenge_a_state_and_a_nonce(office: World) -> None:
    begun = await office.client.get("/sign-in/oidc")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    for name in ("code_challenge", "state", "nonce"):
        assert len(asked[name][0]) >= 43
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/oidc/callback"]
    assert asked["response_type"] == ["code"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"azp": "somebody-else"},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": ["csw"]},
    ],
)
async def test_what_the_provider_did_not_say_to_us_now_opens_nothing(
    office: World, provider: OidcProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = await office.client.get(await _come_back(office, "csw"))
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "tsunagi" not in office.client.cookies


async def test_a_strangers_signature_opens_nothing(office: World, provider: OidcProvider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_what_is_not_signed_by_a_key_of_the_providers_opens_nothing(
    office: World, provider: OidcProvider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    provider.signs_with = OctKey.import_key(CLIENT_SECRET, {"kid": "1"})
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 401
    assert len(provider.given) == 2


async def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    office: World, provider: OidcProvider
) -> None:
    provider.says = {"issuer": "https://elsewhere.example"}
    answer = await office.client.get("/sign-in/oidc")
    assert (answer.status_code, "location" in answer.headers) == (503, False)


async def test_the_providers_tokens_reach_no_browser_and_are_not_kept(
    office: World, provider: OidcProvider, environment: dict[str, str]
) -> None:
    answer = await office.client.get(await _come_back(office, "csw"))
    page = await office.client.get("/account")
    assert (answer.status_code, page.status_code, len(provider.given)) == (303, 200, 2)
    seen = f"{answer.headers} {answer.text} {page.headers} {page.text} {office.client.cookies}"
    assert [one for one in provider.given if one in seen] == []
    address = environment["IDENTITY_OWNER_DATABASE_URL"]
    with psycopg.connect(address, options="-c tsunagi.role=service") as connection:
        kept = [
            str(
                connection.execute(
                    sql.SQL("SELECT * FROM {}").format(sql.Identifier(one))
                ).fetchall()
            )
            for one in ("account", "session", "oidc_attempt", "audit")
        ]
    assert kept[1] != "[]"
    assert [one for one in provider.given if one in "".join(kept)] == []


async def test_another_code_than_ones_own_opens_nothing(office: World) -> None:
    stolen = parse_qs(urlsplit(await _come_back(office, "csw")).query)["code"][0]
    path = re.sub(r"code=[^&]+", f"code={stolen}", await _come_back(office, "manager"))
    assert (await office.client.get(path)).status_code == 401


async def test_nobody_gets_an_account_by_signing_in(office: World) -> None:
    answer = await office.client.get(await _come_back(office, "nobody-here"))
    assert answer.status_code == 401
    assert "つなぎのアカウントがありません" in answer.text


async def test_a_login_that_is_given_to_somebody_else_does_not_open_the_account(
    office: World, provider: OidcProvider
) -> None:
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 303
    provider.claims = {"sub": "a-successor"}
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 401
    provider.claims = {"preferred_username": "renamed"}
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 303


async def test_a_disabled_account_stays_closed(office: World) -> None:
    engine = make_engine(office.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await disable_account(connection, await account_of(connection, "csw"), datetime.now(UTC))
    await engine.dispose()
    assert (await office.client.get(await _come_back(office, "csw"))).status_code == 401


@pytest.mark.parametrize(
    ("claim", "status"),
    [("agency:houkatsu", 303), ("manager", 303), ("admin", 401), ("agency:nobody", 401)],
)
async def test_accounts_are_made_by_a_claim_only_where_a_setting_says_so(
    environment: dict[str, str], provider: OidcProvider, claim: str, status: int
) -> None:
    provider.claims = {"tsunagi": claim}
    async with _office(environment, provider, TSUNAGI_OIDC_PROVISION_CLAIM="tsunagi") as world:
        answer = await world.client.get(await _come_back(world, "nobody-here"))
        assert answer.status_code == status
        engine = make_engine(world.settings.database_url("identity"), pool_size=1)
        async with engine.connect() as connection:
            logins = {one.login for one in await list_accounts(connection)}
        await engine.dispose()
        assert ("nobody-here" in logins) == (status == 303)
    left = ["account-create", "sign-in"] if status == 303 else ["sign-in-failed"]
    assert [act for act, _, _ in acts(environment, "identity")] == left


async def test_no_account_is_made_for_an_agency_that_has_ended(
    environment: dict[str, str], provider: OidcProvider, tmp_path: Path
) -> None:
    provider.claims = {"tsunagi": f"agency:{ENDED}"}
    told = {
        "TSUNAGI_OIDC_PROVISION_CLAIM": "tsunagi",
        "TSUNAGI_PLAN": str(plan_without(tmp_path)),
    }
    async with _office(environment, provider, **told) as world:
        answer = await world.client.get(await _come_back(world, "nobody-here"))
        assert answer.status_code == 401
        assert "つなぎのアカウントがありません" in answer.text
    assert [act for act, _, _ in acts(environment, "identity")] == ["sign-in-failed"]


async def test_a_provider_that_is_away_gives_a_page_that_says_so(
    office: World, provider: OidcProvider
) -> None:
    provider.discovers = False
    answer = await office.client.get("/sign-in/oidc")
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert "庁内のサインインに、いま届きません" in answer.text
    assert "つなぎのパスワードを使うとき" in answer.text


async def test_declining_at_the_provider_leads_back(office: World) -> None:
    await office.client.get("/sign-in/oidc")
    state = office.client.cookies["tsunagi-oidc"]
    path = f"/sign-in/oidc/callback?error=access_denied&state={state}"
    answer = await office.client.get(path)
    assert answer.status_code == 401
    assert "取りやめになりました" in answer.text


async def test_without_the_setting_there_is_no_such_door(quiet_world: World) -> None:
    for step in ("", "/callback", "/end"):
        assert (await quiet_world.client.get(f"/sign-in/oidc{step}")).status_code == 404
    assert "庁内" not in (await quiet_world.client.get("/sign-in")).text


def test_a_half_set_provider_is_named(environment: dict[str, str]) -> None:
    half = environment | {"TSUNAGI_OIDC_ISSUER": "https://sso.example"}
    with pytest.raises(SettingsError, match="TSUNAGI_OIDC_CLIENT_SECRET"):
        load_settings(half)
    with pytest.raises(SettingsError, match="TSUNAGI_OIDC_ISSUER"):
        load_settings(half | {"TSUNAGI_OIDC_ISSUER": "http://sso.example"})
