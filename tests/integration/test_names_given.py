"""Promise: no number of a person comes in by a name, and no name goes to others by a default."""

import pytest
from click.testing import CliRunner

from deploy.access import account, token
from shared.database import make_engine
from shared.identity.accounts import list_accounts
from shared.identity.tokens import list_tokens
from tests.integration.meetings import DESK, LEAD, SIDE, STRANGER, act, case_of, met, open_case
from tests.world import World, refer

pytestmark = pytest.mark.anyio

_WITH_TELEPHONE = "佐藤花子 090-1234-5678"
_REFUSED = ["090-1234-5678", _WITH_TELEPHONE, "担当 sato@example.jp", "本町1丁目2番3号"]


async def _names(world: World) -> set[str]:
    engine = make_engine(world.settings.database_url("identity"), pool_size=1)
    async with engine.connect() as connection:
        found = {one.name for one in await list_accounts(connection)}
        found |= {one.name for one in await list_tokens(connection)}
    await engine.dispose()
    return found - {"test"}


async def _typed(world: World, path: str, form: dict[str, str]) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {await world.token('admin')}"}
    answer = await world.client.post(path, data=form, headers=headers)
    return answer.status_code, answer.text


async def test_the_pages_refuse_what_points_at_a_person(quiet_world: World) -> None:
    new_account = {"login": "sato", "role": "manager"}
    new_token = {"role": "manager", "days": "30"}
    for name in _REFUSED:
        status, page = await _typed(quiet_world, "/admin/accounts", new_account | {"name": name})
        assert (status, "職名や用途を書いてください。" in page) == (422, True), name
        status, page = await _typed(quiet_world, "/admin/tokens", new_token | {"name": name})
        assert (status, "書いてください。" in page) == (422, True), name
    by_telephone = {"login": "090-1234-5678", "role": "manager", "name": "担当"}
    assert (await _typed(quiet_world, "/admin/accounts", by_telephone))[0] == 422
    for name in ("鈴木一郎", "yamada taro", "Suzuki_Ichiro", "sato-san の鍵"):
        status, page = await _typed(quiet_world, "/admin/tokens", new_token | {"name": name})
        assert (status, "人の名前のようです。" in page) == (422, True), name
    assert await _names(quiet_world) == set()
    named = new_account | {"name": "佐藤花子"}
    assert (await _typed(quiet_world, "/admin/accounts", named))[0] == 200
    plain = new_token | {"name": "台帳 2026年度の取り込み"}
    assert (await _typed(quiet_world, "/admin/tokens", plain))[0] == 200
    assert await _names(quiet_world) == {"佐藤花子", "台帳 2026年度の取り込み"}


def test_the_commands_refuse_it_too(environment: dict[str, str]) -> None:
    def made(command: object, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command, words, env=environment)  # type: ignore[arg-type]
        return done.exit_code, done.stderr

    for name in _REFUSED:
        for command, words in ((account, ("sato",)), (token, ())):
            code, said = made(command, "create", *words, "--role", "manager", "--name", name)
            assert (code, "書いてください。" in said) == (1, True), (command, name)
    assert made(account, "create", "0312345678", "--role", "manager")[0] == 1
    for name in ("鈴木一郎", "Yamada Hanako"):
        code, said = made(token, "create", "--role", "manager", "--name", name)
        assert (code, "人の名前のようです。" in said) == (1, True), name
    assert made(account, "create", "sato", "--role", "manager", "--name", "佐藤花子")[0] == 0
    assert made(token, "create", "--role", "manager", "--name", "台帳の取り込み")[0] == 0
    assert made(token, "create", "--role", "manager", "--name", "Data Import 2026")[0] == 0


async def test_a_webhook_is_not_called_by_a_telephone_number(quiet_world: World) -> None:
    hook = {"url": "https://93.184.215.14/hook", "agency": "csw"}
    path = "/referral/api/webhooks/090-1234-5678"
    answer = await quiet_world.call("PUT", path, "admin", hook)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["loc"], fault["code"]) == (["name"], "telephone")
    form = hook | {"name": "090-1234-5678"}
    status, page = await _typed(quiet_world, "/referral/channels/webhooks", form)
    assert (status, "電話番号は書けません。" in page) == (422, True)
    plain = await quiet_world.call("PUT", "/referral/api/webhooks/kiroku-2026", "admin", hook)
    assert plain.status_code == 200


async def test_whoever_authorises_by_default_is_named_by_the_agency_alone(world: World) -> None:
    case = await open_case(world, SIDE, lead=None)
    more = refer(LEAD, lead=None)["refer"]
    await world.post(f"/referral/api/cases/{case}/referrals", DESK, more)
    named = {"kind": "name-lead", "case": case, "agency": STRANGER}
    await met(world, DESK, [case], named)
    shown = await case_of(world, case)
    legs = {leg["to"]: leg for leg in shown["legs"]}
    await act(world, legs[SIDE]["id"], DESK, "basis", basis="support-conference")
    signed = {leg["to"]: leg["authorised_by"] for leg in (await case_of(world, case))["legs"]}
    assert signed == dict.fromkeys((SIDE, LEAD, STRANGER), "社協 総合相談窓口 担当")
