"""`tsunagi year-end`: the files of a fiscal year's end, from the release that closes it."""

import asyncio
from pathlib import Path

import click

from deploy.installation import addresses
from services.metrics.feed.addresses import Addresses
from services.metrics.feed.year_end import year_end_files
from services.metrics.storage.releases import StoredRelease
from services.metrics.usecases.find_release import find_year_release
from shared.database import make_engine
from shared.plan import load_plan
from shared.settings import Settings, load_settings


async def _closing_release(settings: Settings, year: int) -> StoredRelease | None:
    engine = make_engine(settings.database_url("metrics"), pool_size=1)
    try:
        async with engine.begin() as connection:
            return await find_year_release(connection, year)
    finally:
        await engine.dispose()


@click.command("year-end")
@click.option("--fy", type=click.IntRange(2000, 2100), required=True, help="年度（始まる年の西暦）")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="今のフォルダー",
    help="書き出す先",
)
def year_end(fy: int, folder: Path) -> None:
    """年度末の資料を書き出します：進捗管理の表、一枚のまとめ、公開用 CSV、公表版。"""
    settings = load_settings(addresses())
    plan = load_plan(settings.tsunagi_plan)
    release = asyncio.run(_closing_release(settings, fy))
    if release is None:
        raise click.ClickException(f"{fy}年度は、まだ締めていません。")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in year_end_files(release, plan, Addresses(settings.tsunagi_url)).items():
        (folder / name).write_bytes(content)
        click.echo(str(folder / name))
    click.echo(f"公表版{release.number} SHA-256 {release.hash}")
