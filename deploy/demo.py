"""`tsunagi demo`: the demonstration year into an installation that has no records yet."""

import asyncio
import fcntl
from datetime import datetime
from pathlib import Path

import click
import httpx
from sqlalchemy import text

from deploy.demonstration.client import Refused
from deploy.demonstration.state import load_state, new_state
from deploy.demonstration.write import write_demonstration
from deploy.installation import addresses, data_folder
from shared.database import AS_SERVICE, make_engine
from shared.japanese_time import JST
from shared.settings import Settings, load_settings


async def has_records(settings: Settings) -> bool:
    """Whether anything was ever recorded here."""
    engine = make_engine(settings.database_url("intake"), pool_size=1, options=AS_SERVICE)
    try:
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT EXISTS (SELECT FROM outbox)"))
            return bool(found.scalar_one())
    finally:
        await engine.dispose()


async def is_wanted(settings: Settings) -> bool:
    """Whether a first start should write the demonstration, or a later one finish it."""
    state = load_state(data_folder())
    return not state.finished if state is not None else not await has_records(settings)


def _tell(done: int, whole: int) -> None:
    if done * 20 // whole > (done - 1) * 20 // whole:
        click.echo(f"見本の記録を書いています: {done * 100 // whole}%（{done:,} / {whole:,}）")


def _why(fault: Exception, url: str) -> str:
    match fault:
        case httpx.TransportError():
            return (
                f"{url} につながりません。つなぎ を起動してから、もう一度どうぞ。"
                "途中まで書いた分は、続きから書きます。"
            )
        case Refused() | TimeoutError():
            return f"見本の記録が受け付けられませんでした: {fault}"
    raise fault


@click.command()
def demo() -> None:
    """見本の一年を、外からの呼び出しと同じ入口から書き込みます。

    人に関わる記録はすべて作りもので、新規就労者数の三つの内訳も見本のための数です。
    """
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demonstration.lock").open("w") as lock:
        # One that a killed start left behind may still be writing; wait for its end.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write(load_settings(addresses()), folder)
    click.echo("見本の一年を書き終えました。")


def _write(settings: Settings, folder: Path) -> None:
    if not asyncio.run(is_wanted(settings)):
        raise click.ClickException(
            "すでに記録があるため、見本は書き込みません。空のデータベースで使ってください。"
        )
    today = datetime.now(JST).date()
    state = load_state(folder) or new_state(folder, today)
    try:
        asyncio.run(write_demonstration(settings, state, _tell))
    except (ExceptionGroup, httpx.TransportError, Refused, TimeoutError) as failed:
        fault = failed.exceptions[0] if isinstance(failed, ExceptionGroup) else failed
        raise click.ClickException(_why(fault, settings.tsunagi_url)) from None
