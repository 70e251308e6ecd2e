"""`tsunagi token` and `tsunagi account`: let a machine or a first administrator in."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.installation import addresses
from shared.database import make_engine
from shared.errors import Problem
from shared.identity.accounts import check_scope, create_account
from shared.identity.principal import DESK_ROLES, Role
from shared.identity.tokens import create_token
from shared.plan import load_plan
from shared.settings import load_settings

_ROLE = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
_AGENCY = click.option("--agency", help="機関の id（counter と agency では必須）")


def _make(role: Role, agency: str | None, make: Callable[[AsyncConnection], Awaitable[str]]) -> str:
    """Check the role's agency, make it in one transaction, and give the secret once it is kept."""
    settings = load_settings(addresses())
    if role not in DESK_ROLES and agency is not None:
        raise click.ClickException("この役割には機関を付けません。")

    async def work() -> str:
        engine = make_engine(settings.database_url("identity"), pool_size=1)
        try:
            async with engine.begin() as connection:
                return await make(connection)
        finally:
            await engine.dispose()

    try:
        check_scope(role, agency, frozenset(load_plan(settings.tsunagi_plan).agencies))
        return asyncio.run(work())
    except Problem as problem:
        words = [fault.detail for fault in problem.errors] or [problem.detail]
        raise click.ClickException(" ".join(words)) from None


@click.group()
def token() -> None:
    """機械のための鍵（トークン）。"""


@token.command("create")
@_ROLE
@_AGENCY
@click.option("--name", default="cli", show_default=True, help="何のための鍵か")
def token_create(role: str, agency: str | None, name: str) -> None:
    """鍵を作り、その一行だけを表示します。もう一度表示することはできません。"""

    async def make(connection: AsyncConnection) -> str:
        return await create_token(
            connection, name=name, role=Role(role), agency=agency, now=datetime.now(UTC)
        )

    click.echo(_make(Role(role), agency, make))


@click.group()
def account() -> None:
    """人のためのアカウント。最初の管理者はここで作り、あとは画面で作ります。"""


@account.command("create")
@click.argument("login")
@_ROLE
@_AGENCY
@click.option("--name", default="担当", show_default=True, help="職名（個人の氏名は書かない）")
def account_create(login: str, role: str, agency: str | None, name: str) -> None:
    """アカウントを作り、最初のパスワードだけを表示します。"""

    async def make(connection: AsyncConnection) -> str:
        password = secrets.token_urlsafe(12)
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

    click.echo(_make(Role(role), agency, make))
