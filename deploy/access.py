"""`tsunagi token` and `tsunagi account`: let a machine or a first administrator in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.installation import addresses
from shared.audit.writing import command_acts, say_made
from shared.database import SERVICE, make_engine, transaction
from shared.errors import Problem
from shared.identity.accounts import (
    account_of,
    check_scope,
    create_account,
    disable_account,
    list_accounts,
    reset_password,
)
from shared.identity.naming import refuse_person
from shared.identity.passwords import new_password
from shared.identity.principal import DESK_ROLES, Role
from shared.identity.tokens import LONGEST, create_token, end_token, list_tokens
from shared.japanese_time import written
from shared.plan import load_plan
from shared.privacy.guard import Guard
from shared.settings import Settings, load_settings

Result = TypeVar("Result")

_ROLE = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
_DAYS = click.IntRange(1, LONGEST.days)
_AGENCY = click.option("--agency", help="機関の id（counter と agency では必須）")


def _work(
    settings: Settings,
    act: Callable[[AsyncConnection], Awaitable[Result]],
    act_name: str | None = None,
    record: UUID | None = None,
) -> Result:
    """Do it in one transaction, with its row of the trail; what is refused is said in one line."""

    kind = None if act_name is None else act_name.partition("-")[0]

    async def work() -> Result:
        engine = make_engine(settings.database_url("identity"), pool_size=1)
        try:
            acts = (
                SERVICE
                if act_name is None
                else command_acts(act_name, datetime.now(UTC), kind, record)
            )
            async with transaction(engine, acts) as connection:
                return await act(connection)
        finally:
            await engine.dispose()

    with _explained():
        return asyncio.run(work())


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        words = [fault.detail for fault in problem.errors] or [problem.detail]
        raise click.ClickException(" ".join(words)) from None


def _make(
    role: Role,
    agency: str | None,
    make: Callable[[AsyncConnection], Awaitable[str]],
    audited: str,
) -> str:
    """Check the role's agency, make it in one transaction, and give the secret once it is kept."""
    settings = load_settings(addresses())
    if role not in DESK_ROLES and agency is not None:
        raise click.ClickException("この役割には機関を付けません。")
    plan = load_plan(settings.tsunagi_plan)
    with _explained():
        check_scope(role, agency, plan, datetime.now(UTC))
    return _work(settings, make, audited)


def _names_somebody(name: str) -> bool:
    plan = load_plan(load_settings(addresses()).tsunagi_plan)
    return Guard(telephones=plan.telephones, places=plan.places).names_somebody(name)


@click.group()
def token() -> None:
    """機械のための鍵（トークン）。"""


@token.command("create")
@_ROLE
@_AGENCY
@click.option("--name", default="cli", show_default=True, help="何のための鍵か")
@click.option("--days", type=_DAYS, default=365, show_default=True, help="何日使えるか")
def token_create(role: str, agency: str | None, name: str, days: int) -> None:
    """鍵を作り、その一行だけを表示します。もう一度表示することはできません。"""

    with _explained():
        refuse_person(named=_names_somebody(name))

    async def make(connection: AsyncConnection) -> str:
        return await create_token(
            connection,
            name=name,
            role=Role(role),
            agency=agency,
            now=datetime.now(UTC),
            lifetime=timedelta(days=days),
        )

    click.echo(_make(Role(role), agency, make, "token-create"))


@token.command("list")
def token_list() -> None:
    """鍵の一覧（鍵そのものは表示できません）。"""
    now = datetime.now(UTC)
    for one in _work(load_settings(addresses()), list_tokens, "tokens-read"):
        used = "未使用" if one.last_used_at is None else f"最後 {written(one.last_used_at)}"
        until = f"期限 {written(one.expires_at)}"
        scope = one.agency or "-"
        click.echo(f"{one.id}\t{one.role}\t{scope}\t{one.name}\t{one.state(now)}\t{until}\t{used}")


@token.command("revoke")
@click.argument("token_id", type=click.UUID)
def token_revoke(token_id: UUID) -> None:
    """鍵を取り消します。すぐに使えなくなります（id は token list で見られます）。"""

    async def revoke(connection: AsyncConnection) -> None:
        await end_token(connection, token_id, datetime.now(UTC))

    _work(load_settings(addresses()), revoke, "token-revoke", token_id)


@click.group()
def account() -> None:
    """人のためのアカウント。最初の管理者はここで作り、あとは画面で作ります。"""


@account.command("create")
@click.argument("login")
@_ROLE
@_AGENCY
@click.option("--name", default="担当", show_default=True, help="職名（電話番号などは書けない）")
def account_create(login: str, role: str, agency: str | None, name: str) -> None:
    """アカウントを作り、はじめのパスワードだけを表示します（サインインすると変える画面が開きます）。"""

    async def make(connection: AsyncConnection) -> str:
        password = new_password()
        await create_account(
            connection,
            login=login,
            name=name,
            role=Role(role),
            agency=agency,
            password=password,
            now=datetime.now(UTC),
        )
        return password

    click.echo(_make(Role(role), agency, make, "account-create"))


@account.command("list")
def account_list() -> None:
    """アカウントの一覧。"""
    for one in _work(load_settings(addresses()), list_accounts, "accounts-read"):
        state = "停止中" if one.disabled_at else "初回待ち" if one.must_change else "使用中"
        click.echo(f"{one.login}\t{one.role}\t{one.agency or '-'}\t{one.name}\t{state}")


@account.command("disable")
@click.argument("login")
def account_disable(login: str) -> None:
    """アカウントを停止します。サインイン中でも、すぐに使えなくなります。"""

    async def disable(connection: AsyncConnection) -> None:
        account_id = await account_of(connection, login)
        await say_made(connection, account_id)
        await disable_account(connection, account_id, datetime.now(UTC))

    _work(load_settings(addresses()), disable, "account-disable")


@account.command("reset")
@click.argument("login")
def account_reset(login: str) -> None:
    """はじめのパスワードを新しくし、それだけを表示します。"""

    async def reset(connection: AsyncConnection) -> str:
        account_id = await account_of(connection, login)
        await say_made(connection, account_id)
        _, password = await reset_password(connection, account_id)
        return password

    click.echo(_work(load_settings(addresses()), reset, "account-reset"))
