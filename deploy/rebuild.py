"""`tsunagi rebuild`: count everything anew from the logs, and compare with what is shown."""

import asyncio
import gc
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import click

from deploy.installation import addresses
from deploy.leaving import leave_row
from services.metrics.domain.rebuilding import Differences, FigureDifference, Share
from services.metrics.storage.shadow import OPTIONS
from services.metrics.usecases.count_waiting import count_waiting
from services.metrics.usecases.fill_shadow import Stage
from services.metrics.usecases.rebuild_metrics import TablesChanged, rebuild_metrics
from shared.audit.writing import command_acts
from shared.contracts import READERS
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.logging import configure_logging
from shared.messaging.event import UnreadableEvent
from shared.messaging.log_reader import LogReader, LogTooShort
from shared.messaging.sole import Standby
from shared.plan import Plan, load_plan
from shared.settings import Settings, load_settings

#: Objects between two looks for garbage: a chunk makes many that live until its end, in no circles.
_GARBAGE = 200_000
#: Seconds between two lines of progress.
_PACE = 2.0
_TABLES = {
    "consultation_fact": "相談",
    "leg_fact": "つなぎ",
    "activity_fact": "活動",
    "figure_fact": "報告値",
    "conference_fact": "会議",
    "holder_change": "主担当の交代",
    "unmet_need": "行き先のない相談",
    "case_change": "支援ケースの動き",
}
_LACKS = {
    "live": "今の記録にありません",
    "rebuilt": "数えなおした記録にありません",
    "differs": "中身が違います",
}
_STOPPED = "数えなおしをやめました。今の数値はそのままです。"


class _Progress:
    """Says how far it came, now and then and at the end of each stage."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._said = 0.0

    def tell(self, stage: Stage, done: int, whole: int) -> None:
        """A line, unless one was said a moment ago."""
        now = time.monotonic()
        if stage == self._stage and now - self._said < _PACE and done != whole:
            return
        self._stage, self._said = stage, now
        if stage == "read":
            click.echo(f"記録を読んでいます: {done:,} / {whole:,} 件")
        elif stage == "count":
            click.echo(f"指標ごとに数えています: {done:,} 件")
        else:
            click.echo("今の数値と比べています。")


async def _rebuild(
    settings: Settings, plan: Plan, owner_url: str, *, accept: bool
) -> tuple[Differences, bool, int]:
    """The differences, whether the tables changed places, and how many events neither counts."""
    producers = {
        name: make_engine(
            settings.database_url(name), pool_size=2, application="rebuild", options=AS_SERVICE
        )
        for name, readers in READERS.items()
        if "metrics" in readers
    }
    logs = [
        LogReader(engine, name, partition)
        for name, engine in producers.items()
        for partition in range(settings.tsunagi_partitions)
    ]
    engine = make_engine(owner_url, pool_size=3 + len(logs), application="rebuild", options=OPTIONS)
    try:
        found, swapped = await rebuild_metrics(
            engine,
            logs,
            plan,
            _Progress().tell,
            accept_differences=accept,
            acts=command_acts("metrics-rebuild", datetime.now(UTC)),
        )
        async with transaction(engine, SERVICE) as connection:
            return found, swapped, await count_waiting(connection)
    finally:
        for one in (engine, *producers.values()):
            await one.dispose()


def _share(share: Share | None) -> str:
    if share is None:
        return "なし"
    sums = [one for one in (share.quantity, share.numerator, share.denominator) if one is not None]
    return f"{'/'.join(map(_number, sums)) or '-'}（{share.records} 件）"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _figure(one: FigureDifference) -> str:
    part = "" if one.part is None else f" {one.part}"
    version = f"第{one.rule_version}版の数え方"
    words = f"{one.indicator}{part} {one.fiscal_year}年度（{version}）"
    words += f": 今 {_share(one.live)} → 数えなおし {_share(one.rebuilt)}"
    same = one.live == one.rebuilt
    return f"{words} 合計は同じで、内訳が違います。" if same else words


def _listed(found: Differences) -> Iterator[str]:
    yield f"違う数値: {len(found.figures)}"
    yield from (f"  {_figure(one)}" for one in found.figures)
    yield f"違う記録: {found.facts_in_all:,}"
    yield from (f"  {_TABLES[one.table]} {one.id} {_LACKS[one.lack]}" for one in found.facts)
    rest = found.facts_in_all - len(found.facts)
    if rest:
        yield f"  ほか {rest:,} 件"


@click.group()
def rebuild() -> None:
    """記録から数えなおします。"""


@rebuild.command()
@click.option("--accept-differences", is_flag=True, help="違いがあっても入れ替える")
def metrics(*, accept_differences: bool) -> None:
    """指標を、二つのサービスの記録から数えなおし、今の数値と比べて入れ替えます。

    そのあいだも画面と集計は止まりません。違いがあれば一覧を表示し、入れ替えずに終わります。
    公表版は変わりません。まだ数えていない記録があれば、その件数も知らせます。
    """
    configure_logging("warning")  # what is printed is for the one who typed the command
    environment = addresses()
    owner_url = environment.get("METRICS_OWNER_DATABASE_URL")
    if not owner_url:
        raise click.ClickException("METRICS_OWNER_DATABASE_URL を指定してください。")
    settings = load_settings(environment)
    plan = load_plan(settings.tsunagi_plan)
    gc.freeze()  # what is loaded stays
    gc.set_threshold(_GARBAGE)
    try:
        found, swapped, waiting = asyncio.run(
            _rebuild(settings, plan, owner_url, accept=accept_differences)
        )
    except BaseExceptionGroup as group:
        raise click.ClickException(_explained(group.exceptions[0])) from None
    except (Standby, LogTooShort, UnreadableEvent, TablesChanged) as error:
        raise click.ClickException(_explained(error)) from None
    if found and not swapped:
        asyncio.run(leave_row([owner_url], "exact-read"))
    for line in _listed(found) if found else ["今の数値とすべて同じでした。"]:
        click.echo(line)
    if waiting:
        click.echo(
            f"まだ数えていない記録が{waiting}件あります。どちらの数値にも入っていません。"
            "「tsunagi dead-letters list metrics」で確かめてください。"
        )
    if swapped:
        click.echo("入れ替えました。")
    else:
        click.echo("入れ替えていません。入れ替えるには --accept-differences を付けてください。")
        sys.exit(1)


def _explained(error: BaseException) -> str:
    """Why nothing was swapped, and what to do; another error goes on as it is."""
    match error:
        case Standby():
            return "別の数えなおしが動いています。終わってから、もう一度どうぞ。"
        case LogTooShort():
            return (
                f"{_STOPPED}記録が途中までしかありません（{error}）。"
                "古い控えから戻したデータベースがないか確かめてください。"
            )
        case UnreadableEvent():
            return f"{_STOPPED}読めないイベントがあります（{error}）。"
        case TablesChanged():
            return f"{_STOPPED}データベースの形が変わりました。もう一度どうぞ。"
    raise error
