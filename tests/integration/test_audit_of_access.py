"""Promise: coming in, and whoever decides who may, leaves a row; nothing typed stands in it."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.databases import NAMES
from tests.integration.trail import acts, trail
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_MARKS = ("しるしメモ", "しるし理由", "しるし議事", "しるし備考", "shirushi-login", "shirushi-pass")


async def _sign_in(world: World, login: str, password: str = PASSWORD) -> int:
    data = {"login": login, "password": password}
    return (await world.client.post("/sign-in", data=data)).status_code


async def test_signing_in_and_out_leaves_rows_of_the_account(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    assert await _sign_in(quiet_world, "csw") == 303
    assert (await quiet_world.client.post("/sign-out")).status_code == 303
    came, left = trail(environment, "identity")
    assert (came["act"], came["outcome"], came["who"], came["agency"]) == (
        *("sign-in", "done", "csw", "csw"),
    )
    assert (came["kind"], came["record"]) == ("account", str(came["who_id"]))
    assert (left["act"], left["who_id"]) == ("sign-out", came["who_id"])


async def test_a_failed_sign_in_keeps_a_hash_and_not_what_was_typed(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    assert await _sign_in(quiet_world, "csw", "shirushi-pass") == 401
    assert await _sign_in(quiet_world, "shirushi-login", "shirushi-pass") == 401
    known, unknown = trail(environment, "identity")
    assert {row["act"] for row in (known, unknown)} == {"sign-in-failed"}
    assert known["kind"] == "account"
    assert unknown["record"] is None
    assert re.fullmatch("unknown:[0-9a-f]{4}", unknown["who"])
    written = json.dumps([known, unknown], default=str, ensure_ascii=False)
    assert not [mark for mark in _MARKS if mark in written]


async def test_an_administrators_acts_name_the_account_and_the_token(
    quiet_world: World, environment: dict[str, str]
) -> None:
    secret = {"Authorization": f"Bearer {await quiet_world.token('admin')}"}
    post = quiet_world.client.post
    account = {"login": "new-desk", "name": "担当", "role": "manager"}
    made = await post("/admin/accounts", data=account, headers=secret)
    assert made.status_code == 200
    again = await post("/admin/accounts", data=account, headers=secret)
    assert again.status_code == 422
    rows = trail(environment, "identity")
    assert [(row["act"], row["outcome"]) for row in rows] == [
        ("account-create", "done"),
        ("account-create", "unchanged"),
    ]
    account_id = rows[0]["record"]
    for act in ("reset", "disable"):
        await post(f"/admin/accounts/{account_id}/{act}", headers=secret)
    token = {"name": "取り込み", "role": "manager", "days": "30"}
    await post("/admin/tokens", data=token, headers=secret)
    token_id = acts(environment, "identity")[-1][2]
    await post(f"/admin/tokens/{token_id}/revoke", headers=secret)
    assert acts(environment, "identity")[2:] == [
        ("account-reset", "done", account_id),
        ("account-disable", "done", account_id),
        ("token-create", "done", token_id),
        ("token-revoke", "done", token_id),
    ]
    assert token_id is not None


def test_what_is_typed_at_the_command_line_leaves_a_row(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (environment | {"TSUNAGI_AUDIT_FOLDER": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    for words in (
        ["account", "create", "boss", "--role", "admin"],
        ["account", "reset", "boss"],
        ["account", "disable", "boss"],
        ["token", "create", "--role", "manager"],
        ["account", "list"],
        ["token", "list"],
        ["env"],
        ["audit", "verify"],
    ):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
    rows = trail(environment, "identity")
    made = [row["record"] for row in rows[:3]]
    assert [row["act"] for row in rows] == [
        *("account-create", "account-reset", "account-disable", "token-create"),
        *("accounts-read", "tokens-read", "addresses-read", "audit-verify"),
    ]
    assert len(set(made)) == 1
    assert made[0] is not None
    assert {row["who"] for row in rows} == {"command"}


def test_migrating_by_command_leaves_a_row_in_every_database(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, ["migrate"])
    assert result.exit_code == 0, result.output
    for name in NAMES:
        assert acts(environment, name) == [("database-migrate", "done", None)]


def test_addresses_are_shown_where_no_database_answers_and_that_is_said(
    environment: dict[str, str],
) -> None:
    away = {"IDENTITY_DATABASE_URL": "postgresql://identity:word@127.0.0.1:1/identity"}
    result = CliRunner().invoke(main, ["env"], env=away)
    assert result.exit_code == 0
    assert "127.0.0.1:1/identity" in result.stdout
    assert "監査の記録に残せませんでした" in result.stderr
    intake = {"INTAKE_DATABASE_URL": environment["INTAKE_DATABASE_URL"]}
    assert CliRunner().invoke(main, ["env"], env=away | intake).stderr == ""
    assert acts(environment, "intake") == [("addresses-read", "done", None)]


async def test_no_word_of_a_person_gets_into_any_trail(
    world: World, environment: dict[str, str]
) -> None:
    counter = "counter:shakyo-sogo"
    body = consultation(**refer("csw", reason="しるし理由"), memo="しるしメモ")
    recorded = await world.post("/intake/api/consultations", counter, body)
    day = {"held_on": "2026-05-20", "kind": "donation", "amount": 1000, "note": "しるし備考"}
    await world.post("/intake/api/activities", counter, day)
    await world.settle()
    case = f"/referral/api/cases/{recorded['case_id']}"
    leg = (await world.get(case, "csw"))["legs"][0]["id"]
    reason = {"reason": "しるし理由"}
    await world.call("POST", f"/referral/api/referrals/{leg}/withdraw", "shakyo-sogo", reason)
    secret = {"Authorization": f"Bearer {await world.token('csw')}"}
    for path in (f"/referral/cases/{recorded['case_id']}/close", "/referral/pauses/しるし備考/end"):
        await world.client.post(path, data=reason, headers=secret)
    await asyncio.gather(_sign_in(world, "shirushi-login", "shirushi-pass"))
    found = {name: trail(environment, name) for name in ("identity", "intake", "referral")}
    assert all(found.values())
    written = json.dumps(found, default=str, ensure_ascii=False)
    assert not [mark for mark in _MARKS if mark in written]
