"""Nothing that an administrator gives a name can look like another: logins, names, addresses."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy.ext.asyncio import AsyncConnection

import shared.identity.migrations.versions as versions
from deploy.access import account, token
from services.referral.notifier.addresses import check_target
from services.referral.notifier.undelivered import Undelivered
from shared.database import ANYBODY, make_engine, transaction
from shared.errors import NotSignedIn
from shared.identity.accounts import list_accounts
from shared.identity.oidc_provider import Person
from shared.identity.oidc_sign_in import _account_of
from shared.plan import Plan
from tests.world import World

pytestmark = pytest.mark.anyio

_TURNED = [
    "窓口\u202eあいう",
    "窓口\u2067",
    "窓\u200b口",
    "窓口\r\n係",
    "窓口\x1b[2J",
    "窓口\u2028係",
    "窓口\u3164",
    "窓口\u2800",
    "窓口\ufe0f",
    "窓\u034f口",
    "窓口\u115f",
    "窓口\U000e0100係\U000e0100ー\U000e0101",
]
_BLANK = ["", "   ", "\u3000", "\u3164", " \u200b\u2800 "]
_UNCLEAR = [
    "\u0430dmin",
    "ａｄｍｉｎ",
    "管理者",
    "ad min",
    "admin\u200b",
    "-admin",
    "admin\r\n",
    "@",
]


async def _typed(world: World, path: str, form: dict[str, str]) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {await world.token('admin')}"}
    answer = await world.client.post(path, data=form, headers=headers)
    return answer.status_code, answer.text


async def _logins(world: World) -> set[str]:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.connect() as connection:
        found = {one.login for one in await list_accounts(connection)}
    await engine.dispose()
    return found


async def test_a_login_has_letters_that_look_like_no_others(quiet_world: World) -> None:
    for login in _UNCLEAR[:-2]:
        form = {"login": login, "name": "担当", "role": "manager"}
        status, page = await _typed(quiet_world, "/admin/accounts", form)
        assert (status, "ログイン名は半角の英数字と" in page) == (422, True), login
    assert await _logins(quiet_world) == set()


async def test_logins_that_differ_in_case_are_one(quiet_world: World) -> None:
    for login, status in (("Admin.2@city.jp", 200), ("ADMIN.2@city.jp", 422), ("admin.3", 200)):
        form = {"login": login, "name": "担当", "role": "manager"}
        got, page = await _typed(quiet_world, "/admin/accounts", form)
        assert got == status, page
        assert ("すでに使われています" in page) == (status == 422)
    assert await _logins(quiet_world) == {"Admin.2@city.jp", "admin.3"}


@pytest.mark.parametrize(
    ("there", "alike"),
    [
        ("admin", ["adm1n", "adrnin", "adrnln"]),
        ("houkatsu", ["h0ukatsu", "houkatsu.", "houkatsu--", "HOUKATSU_"]),
        ("csw1", ["cswl", "cswI", "csvv1", "CSW1-"]),
        ("csw.a@city", ["csw..a@city", "csw.-a@clty"]),
    ],
)
async def test_logins_that_are_read_as_one_another_are_one(
    quiet_world: World, there: str, alike: list[str]
) -> None:
    form = {"name": "担当", "role": "manager"}
    assert (await _typed(quiet_world, "/admin/accounts", form | {"login": there}))[0] == 200
    for login in alike:
        status, page = await _typed(quiet_world, "/admin/accounts", form | {"login": login})
        assert (status, "見分けにくく" in page) == (422, True), login
    assert await _logins(quiet_world) == {there}


async def test_colleagues_may_be_numbered(quiet_world: World) -> None:
    wanted = ["csw", "csw1", "csw2", "csw-3", "csw11", "c.sw"]
    for login in wanted:
        form = {"login": login, "name": "担当", "role": "manager"}
        status, page = await _typed(quiet_world, "/admin/accounts", form)
        assert status == 200, page
    assert await _logins(quiet_world) == set(wanted)


async def test_of_two_alike_made_at_once_one_is_there(quiet_world: World) -> None:
    forms = [
        {"login": login, "name": "担当", "role": "manager"}
        for login in ("admin", "adm1n", "adrnin", "admln")
    ]
    answers = await asyncio.gather(
        *(_typed(quiet_world, "/admin/accounts", form) for form in forms)
    )
    assert sorted(status for status, _ in answers) == [200, 422, 422, 422]
    assert len(await _logins(quiet_world)) == 1


def test_the_command_refuses_it_too(environment: dict[str, str]) -> None:
    def made(login: str, name: str = "担当") -> tuple[int, str]:
        words = ["create", "--role", "admin", "--name", name, "--", login]
        done = CliRunner().invoke(account, words, env=environment)
        return done.exit_code, done.stderr

    for login in _UNCLEAR:
        assert made(login)[0] == 1, login
        assert "半角の英数字" in made(login)[1]
    for name in _TURNED:
        assert made("admin", name)[0] == 1, name
    assert made("admin")[0] == 0
    code, said = made("adm1n")
    assert (code, "「admin」と見分けにくく" in said) == (1, True)
    code, said = made("ADMIN")
    assert (code, "すでに使われています" in said) == (1, True)


async def _provisioned(connection: AsyncConnection, login: str, plan: Plan) -> None:
    person = Person(subject=f"of {login}", login=login, scope="manager")
    await _account_of(connection, person, plan, datetime.now(UTC))


async def test_the_provider_makes_no_account_that_looks_like_another(
    quiet_world: World, plan: Plan
) -> None:
    engine = make_engine(quiet_world.settings.database_url("identity"), pool_size=1)
    async with transaction(engine, ANYBODY) as connection:
        await _provisioned(connection, "manager", plan)
        for login in ("MANAGER", "m\u0430nager", "ｍａｎａｇｅｒ", "rnanager"):
            with pytest.raises(NotSignedIn):
                await _provisioned(connection, login, plan)
    await engine.dispose()
    assert await _logins(quiet_world) == {"manager"}


@pytest.mark.parametrize("name", _TURNED)
async def test_a_name_holds_nothing_that_is_not_seen(quiet_world: World, name: str) -> None:
    for path, form in (
        ("/admin/accounts", {"login": "csw", "role": "manager", "name": name}),
        ("/admin/tokens", {"role": "manager", "days": "30", "name": name}),
    ):
        status, page = await _typed(quiet_world, path, form)
        assert (status, "目に見えない文字は使えません" in page) == (422, True), path
    assert await _logins(quiet_world) == set()


_BROKEN = [
    "https://93.184.215.14/hook\r\nX-Evil: 1",
    "https://93.184.215.14/ho\tok",
    "https://93.184.215.14/\n",
    " https://93.184.215.14/",
    "https://93.184.215.14\\@10.0.0.1/",
    "https://93.184.215.14/\u202ekooh",
    "https://93.184.215.14/\x7f",
]


@pytest.mark.parametrize("url", _BROKEN)
async def test_an_address_of_a_webhook_is_kept_as_it_is_called(
    quiet_world: World, url: str
) -> None:
    body = {"agency": "csw", "url": url}
    answer = await quiet_world.call("PUT", "/referral/api/webhooks/kiroku", "admin", body)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["url"])
    shown = await quiet_world.call("GET", "/referral/channels", "admin")
    assert "93.184.215.14" not in shown.text
    with pytest.raises(Undelivered):
        await check_target(url, [])


@pytest.mark.parametrize(
    "email", ["a@example.jp\r\nBcc: b@example.jp", "a\x1f@b.jp", "\u202ea@b.jp"]
)
async def test_an_address_of_mail_is_one_line(quiet_world: World, email: str) -> None:
    form = {"agency": "csw", "email": email}
    status, page = await _typed(quiet_world, "/referral/channels/mail", form)
    assert (status, "メールアドレスの形をご確認ください" in page) == (422, True)


def test_the_older_of_two_alike_keeps_its_login(environment: dict[str, str]) -> None:
    file = Path(versions.__file__).with_name("m0007_logins_alike.sql")
    made = (
        "INSERT INTO account (id, login, name, role, created_at)"
        " VALUES (gen_random_uuid(), %s, '担当', 'admin', now() + %s * interval '1 day')"
    )
    with psycopg.connect(environment["IDENTITY_OWNER_DATABASE_URL"]) as connection:
        connection.execute("DROP INDEX account_login_alike")
        for days, login in enumerate(("admin", "ADMIN", "Admin", "csw")):
            connection.execute(made, (login, days))
        connection.execute(file.read_text(encoding="utf-8"))
        rows = connection.execute("SELECT login, id FROM account ORDER BY created_at").fetchall()
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(made, ("CSW", 5))
        connection.rollback()
    logins = [login for login, _ in rows]
    assert [logins[0], logins[3]] == ["admin", "csw"]
    assert logins[1:3] == [f"ADMIN-{str(rows[1][1])[-12:]}", f"Admin-{str(rows[2][1])[-12:]}"]


@pytest.mark.parametrize("name", _BLANK)
async def test_a_name_shows_something(quiet_world: World, name: str) -> None:
    for path, form in (
        ("/admin/accounts", {"login": "csw", "role": "manager", "name": name}),
        ("/admin/tokens", {"role": "manager", "days": "30", "name": name}),
    ):
        status, page = await _typed(quiet_world, path, form)
        assert (status, 'aria-invalid="true"' in page) == (422, True), path
    assert await _logins(quiet_world) == set()


async def test_a_name_keeps_the_shape_of_its_kanji(quiet_world: World) -> None:
    form = {"login": "csw", "role": "manager", "name": "葛\U000e0100城"}
    assert (await _typed(quiet_world, "/admin/accounts", form))[0] == 200


async def test_the_page_takes_no_longer_names(quiet_world: World) -> None:
    for login, name, status in (
        ("a" * 101, "担当", 422),
        ("b", "窓" * 41, 422),
        ("c", "窓" * 40, 200),
    ):
        form = {"login": login, "name": name, "role": "manager"}
        got, page = await _typed(quiet_world, "/admin/accounts", form)
        assert (got, "文字までで入力してください。" in page) == (status, status == 422)
    form = {"role": "manager", "days": "30", "name": "窓" * 41}
    assert (await _typed(quiet_world, "/admin/tokens", form))[0] == 422
    assert await _logins(quiet_world) == {"c"}


def test_the_commands_take_no_longer_and_no_blank_names(environment: dict[str, str]) -> None:
    def made(command: click.Command, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command, ["create", "--role", "admin", *words], env=environment)
        return done.exit_code, done.stderr

    for command, words in ((account, ("csw",)), (token, ())):
        for name in (*_BLANK, *_TURNED, "窓" * 41):
            code, said = made(command, *words, "--name", name)
            assert (code, "ください。" in said) == (1, True), (command, name)
        assert made(command, *words, "--name", "窓" * 40)[0] == 0
    assert made(account, "a" * 101)[0] == 1
    assert made(account, "a" * 100)[0] == 0
