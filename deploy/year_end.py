"""`tsunagi year-end`: the files of a fiscal year's end, from the release that closes it."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from deploy.installation import addresses
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.year_end import year_end_files
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.close_year import check_year_over, close_year
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.find_release import find_year_release
from shared.audit.writing import note_command
from shared.database import SERVICE, make_engine, transaction
from shared.errors import Problem
from shared.identity.accounts import list_accounts
from shared.identity.principal import Role
from shared.japanese_time import japanese_day
from shared.logging import configure_logging
from shared.plan import Plan, load_plan
from shared.settings import Settings, load_settings


async def _manager(settings: Settings, login: str) -> UUID:
    """The account in whose name a year is closed."""
    engine = make_engine(settings.database_url("identity"), pool_size=1)
    try:
        async with engine.begin() as connection:
            for account in await list_accounts(connection):
                allowed = account.role is Role.MANAGER and account.disabled_at is None
                if account.login == login and allowed:
                    return account.id
    finally:
        await engine.dispose()
    raise click.ClickException(f"「{login}」という管理職のアカウントがありません。")


def _waits(number: int) -> str:
    return (
        f"まだ数えていない記録が{number}件あります。"
        "「tsunagi dead-letters list metrics」で確かめてください。"
    )


async def _closing_release(
    settings: Settings, plan: Plan, year: int, login: str, *, accept_waiting: bool
) -> tuple[StoredRelease, int]:
    """The release that closes the year, and how many events could not be counted yet."""
    engine = make_engine(settings.database_url("metrics"), pool_size=1)
    try:
        now = datetime.now(UTC)
        async with transaction(engine, SERVICE) as connection:
            found = await find_year_release(connection, year)
            waiting = await count_waiting(connection)
            if found is not None:
                if waiting and not accept_waiting:
                    raise click.ClickException(
                        f"{_waits(waiting)}公表版 第{found.number}版に入っていないことがあるので、"
                        "まだ書き出していません。それでも書き出すときは "
                        "--accept-waiting を付けてください。"
                    )
                await note_command(connection, "year-end-export", now, "release", str(found.number))
                return found, waiting
            check_year_over(year, japanese_day(now))
            made_by = await _manager(settings, login)
            if waiting and not accept_waiting:
                raise click.ClickException(
                    f"{_waits(waiting)}公表版はあとから変えられないので、まだ締めていません。"
                    "この分を入れずに締めるときは --accept-waiting を付けてください。"
                )
            await note_command(connection, "year-close", now, "year", str(year))
            release = await close_year(connection, plan, year, made_by=made_by, now=now)
            return release, waiting
    finally:
        await engine.dispose()


class _Year(click.IntRange):
    """A year of four digits, as the pages and the interface take it: nothing around them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, str) and not re.fullmatch("[0-9]{4}", value):
            self.fail(f"「{value}」は、西暦4桁の年度ではありません。", param, ctx)
        return int(super().convert(value, param, ctx))


@click.command("year-end")
@click.option("--fy", type=_Year(2000, 2100), required=True, help="年度（始まる年の西暦）")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="今のフォルダー",
    help="書き出す先",
)
@click.option("--login", default="manager", show_default=True, help="締める管理職のログイン名")
@click.option(
    "--accept-waiting", is_flag=True, help="まだ数えていない記録があっても、締めて書き出す"
)
def year_end(*, fy: int, folder: Path, login: str, accept_waiting: bool) -> None:
    """年度を締め、資料を書き出します：進捗管理の表、一枚のまとめ、公開用 CSV、公表版。

    もう締めてあれば、その公表版から同じ資料を書き出します。まだ数えていない記録があるときは、
    そのことを知らせて、締めることも書き出すこともせずに終わります。
    """
    configure_logging("warning")  # what is printed is for the one who typed the command
    settings = load_settings(addresses())
    plan = load_plan(settings.tsunagi_plan)
    try:
        release, waiting = asyncio.run(
            _closing_release(settings, plan, fy, login, accept_waiting=accept_waiting)
        )
    except Problem as problem:
        words = [fault.detail for fault in problem.errors] or [problem.detail]
        raise click.ClickException(" ".join(words)) from None
    if waiting:
        click.echo(f"{_waits(waiting)}この公表版に入っていないことがあります。", err=True)
    folder.mkdir(parents=True, exist_ok=True)
    feed = Addresses(settings.tsunagi_url.rstrip("/"))
    for name, content in year_end_files(release, plan, feed).items():
        (folder / name).write_bytes(content)
        click.echo(str(folder / name))
    click.echo(f"公表版 第{release.number}版 SHA-256 {release.hash}")
