"""`tsunagi dead-letters`: look at events that could not be applied, replay or discard them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.installation import addresses
from deploy.serving import build_worker
from shared.audit.writing import command_acts, note_command
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.errors import Problem
from shared.messaging import dead_letters as letters
from shared.messaging import replay as replaying
from shared.settings import load_settings

Result = TypeVar("Result")
_SERVICE = click.argument("service", type=click.Choice(["intake", "referral", "metrics"]))


def _with_engine(service: str, work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    settings = load_settings(addresses())

    async def run() -> Result:
        engine = make_engine(settings.database_url(service), pool_size=2, options=AS_SERVICE)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except Problem as problem:
        raise click.ClickException(problem.detail) from None


@click.group("dead-letters")
def dead_letters() -> None:
    """処理できなかったイベント。"""


@dead_letters.command("list")
@_SERVICE
def list_letters(service: str) -> None:
    """残っているものを一行ずつ表示します。"""

    async def work(engine: AsyncEngine) -> list[letters.DeadLetter]:
        acts = command_acts("dead-letters-list", datetime.now(UTC))
        async with transaction(engine, acts) as connection:
            return await letters.all_open(connection)

    found = _with_engine(service, work)
    for letter in found:
        click.echo(
            f"{letter.number}\t{letter.state}\t{letter.stream}\t{letter.position}\t{letter.error}"
        )
    if not found:
        click.echo("処理できなかったイベントはありません。")


@dead_letters.command()
@_SERVICE
@click.argument("number", type=int)
def show(service: str, number: int) -> None:
    """一つをすべて表示します。"""

    async def work(engine: AsyncEngine) -> letters.DeadLetter | None:
        async with transaction(engine, SERVICE) as connection:
            found = await letters.find(connection, number)
            if found is not None:
                now, name = datetime.now(UTC), str(number)
                await note_command(connection, "dead-letter-read", now, "dead-letter", name)
            return found

    letter = _with_engine(service, work)
    if letter is None:
        raise click.ClickException(f"{number} 番の未処理イベントはありません。")
    click.echo(f"{letter.state} {letter.stream} {letter.position} {letter.since.isoformat()}")
    click.echo(letter.error)
    try:
        click.echo(json.dumps(json.loads(letter.event), ensure_ascii=False, indent=1))
    except ValueError:
        click.echo(letter.event)


@dead_letters.command()
@_SERVICE
@click.argument("number", type=int)
def replay(service: str, number: int) -> None:
    """一つをもう一度届け、後ろで待っているものを続けます。"""
    worker = build_worker(service, load_settings(addresses()))

    async def work(engine: AsyncEngine) -> tuple[int, Exception | None]:
        async with transaction(engine, SERVICE) as connection:
            now, name = datetime.now(UTC), str(number)
            await note_command(connection, "dead-letter-replay", now, "dead-letter", name)
        return await replaying.replay(engine, worker.applier, number)

    done, error = _with_engine(service, work)
    if error is not None:
        raise click.ClickException(f"もう一度失敗しました: {letters.describe(error)}")
    click.echo(f"{done} 件を処理しました。")


@dead_letters.command()
@_SERVICE
@click.argument("number", type=int)
@click.confirmation_option(prompt="このイベントをあきらめます。よろしいですか")
def discard(service: str, number: int) -> None:
    """一つをあきらめ、後ろで待っているものを続けます。"""
    worker = build_worker(service, load_settings(addresses()))

    async def work(engine: AsyncEngine) -> int:
        now, name = datetime.now(UTC), str(number)
        acts = command_acts("dead-letter-discard", now, "dead-letter", name)
        return await replaying.discard(engine, worker.applier, number, acts)

    click.echo(f"あきらめました。後ろの {_with_engine(service, work)} 件を処理しました。")
