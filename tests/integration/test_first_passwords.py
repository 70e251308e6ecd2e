"""Whoever comes with a first password may change it or leave, and nothing else anywhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from deploy.serving import SERVICES
from shared.database import make_engine
from shared.errors import NotSignedIn
from shared.identity.accounts import create_account
from shared.identity.passwords import PasswordCheck
from shared.identity.principal import Role
from shared.identity.sign_in import sign_in
from shared.identity.visitor import Visitor
from tests.people import PASSWORD, add_accounts
from tests.world import World

pytestmark = pytest.mark.anyio

_NEW = "three-words-of-my-own"
_OPEN = {("GET", "/account/password"), ("POST", "/account/password"), ("POST", "/sign-out")}


async def _come_in(world: World, role: Role, agency: str | None) -> None:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        await create_account(
            connection,
            login="new",
            name="担当",
            role=role,
            agency=agency,
            password=PASSWORD,
            now=datetime.now(UTC),
        )
    await engine.dispose()
    form = {"login": "new", "password": PASSWORD}
    assert (await world.client.post("/sign-in", data=form)).status_code == 303


def _guarded_routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(app.routes):
        route = context.route
        if not isinstance(route, APIRoute):
            continue
        marks = {getattr(one.call, "tsunagi_access", None) for one in _all(route.dependant)}
        if "guarded" in marks:
            path = re.sub(r"\{[^}]+\}", "00000000-0000-7000-8000-000000000000", route.path)
            yield from ((method, path) for method in sorted(route.methods or ()))


def _all(dependant: object) -> Iterator[object]:
    yield dependant
    for inner in dependant.dependencies:  # type: ignore[attr-defined]
        yield from _all(inner)


@pytest.mark.parametrize("role", list(Role))
async def test_a_first_password_opens_nothing_but_its_change(
    quiet_world: World, applications: dict[str, FastAPI], role: Role
) -> None:
    agency = "chiiki-kyosei" if role in (Role.COUNTER, Role.AGENCY) else None
    await _come_in(quiet_world, role, agency)
    routes = [route for name in SERVICES for route in _guarded_routes(applications[name])]
    assert len(routes) > 60
    reached = []
    for method, path in routes:
        answer = await quiet_world.client.request(method, path)
        refused = answer.status_code == 403 and (
            "/api/" not in path or answer.json()["code"] == "password-change-needed"
        )
        sent_away = answer.headers.get("location") == "/account/password"
        if not refused and not sent_away:
            reached.append((method, path, answer.status_code))
        if (method, path) == ("POST", "/sign-out"):
            form = {"login": "new", "password": PASSWORD}
            await quiet_world.client.post("/sign-in", data=form)
    assert {(method, path) for method, path, _ in reached} == _OPEN, reached


async def test_after_the_change_everything_of_the_role_is_open(quiet_world: World) -> None:
    await _come_in(quiet_world, Role.AGENCY, "csw")
    client = quiet_world.client
    first = client.cookies["tsunagi"]
    page = await client.get("/account/password")
    assert "渡した人も知っています" in page.text
    assert "受付箱" not in page.text
    form = {"password": PASSWORD, "new_password": _NEW, "again": _NEW}
    changed = await client.post("/account/password", data=form)
    assert (changed.status_code, changed.headers["location"]) == (303, "/")
    assert client.cookies["tsunagi"] != first
    assert (await client.get("/referral/inbox")).status_code == 200
    client.cookies.clear()
    old = await client.get("/referral/inbox", headers={"Cookie": f"tsunagi={first}"})
    assert old.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("not-this-one", _NEW, _NEW, "今のパスワードが違います。"),
        (PASSWORD, "short", "short", "12文字以上"),
        (PASSWORD, "password1234", "password1234", "よく使われる言葉"),
        (PASSWORD, PASSWORD, PASSWORD, "今と同じパスワード"),
        (PASSWORD, _NEW, "another-slip-of-hand", "同じではありません"),
        (PASSWORD, "", "", "新しいパスワードを書いてください。"),
    ],
)
async def test_a_refused_change_says_why_and_changes_nothing(
    quiet_world: World, old: str, new: str, again: str, words: str
) -> None:
    await add_accounts(quiet_world.settings)
    form = {"login": "manager", "password": PASSWORD}
    await quiet_world.client.post("/sign-in", data=form)
    change = {"password": old, "new_password": new, "again": again}
    refused = await quiet_world.client.post("/account/password", data=change)
    assert refused.status_code == 422
    assert words in refused.text
    assert all(typed not in refused.text for typed in (old, new, again) if typed)
    assert (await quiet_world.client.get("/account")).status_code == 200
    assert (await quiet_world.client.post("/sign-in", data=form)).status_code == 303


async def test_a_token_changes_no_password(quiet_world: World) -> None:
    token = await quiet_world.token("manager")
    form = {"password": PASSWORD, "new_password": _NEW, "again": _NEW}
    headers = {"Authorization": f"Bearer {token}"}
    answer = await quiet_world.client.post("/account/password", data=form, headers=headers)
    assert answer.status_code == 404


class _Counting(PasswordHasher):
    """Notes what it compares with; it does all the work of the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[object] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        self.compared.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


async def test_an_account_that_is_not_there_costs_the_same_work(quiet_world: World) -> None:
    await add_accounts(quiet_world.settings)
    hasher = _Counting()
    check = PasswordCheck(hasher)
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=1)
    for login in ("manager", "nobody"):
        with pytest.raises(NotSignedIn):
            await sign_in(
                engine,
                check,
                login=login,
                password="not-this-one",
                visitor=Visitor("192.0.2.1", "Firefox"),
                now=datetime.now(UTC),
            )
    await engine.dispose()
    known, unknown = hasher.compared
    assert known == unknown
