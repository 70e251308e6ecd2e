"""`tsunagi migrate`, `env`, `doctor` and `check-plan`: prepare an installation, and look at it."""

import asyncio
import json
import os
import sys
from pathlib import Path

import click
import psycopg.conninfo

from deploy import doctor as doctoring
from deploy.databases import NAMES, ensure_databases, migrate_all
from deploy.first_accounts import FIRST
from deploy.installation import addresses
from deploy.leaving import leave_row
from deploy.production import everything_missing
from shared.plan import load_plan
from shared.settings import load_settings, read_files


@click.command()
def migrate() -> None:
    """データベースを用意し、最新の形にします。"""
    environment = read_files(os.environ)
    admin = environment.get("ADMIN_DATABASE_URL")
    if admin is not None:
        passwords = {}
        for name in NAMES:
            for role in (name, f"{name}_owner"):
                passwords[role] = _password_in(environment, f"{role.upper()}_DATABASE_URL")
        ensure_databases(admin, passwords.__getitem__)
    for name in NAMES:
        _password_in(environment, f"{name.upper()}_OWNER_DATABASE_URL")
    migrate_all(environment)
    for name in NAMES:
        owner_url = environment[f"{name.upper()}_OWNER_DATABASE_URL"]
        asyncio.run(leave_row([owner_url], "database-migrate"))
    click.echo("データベースの用意ができました。")


def _password_in(environment: dict[str, str], name: str) -> str:
    """The password inside an address that must be there."""
    if name not in environment:
        raise click.ClickException(f"{name} を指定してください。")
    return str(psycopg.conninfo.conninfo_to_dict(environment[name]).get("password", ""))


@click.command()
def env() -> None:
    """動いている つなぎ の接続先を NAME=value で表示します。"""
    values = addresses()
    settings = [f"{name.upper()}_DATABASE_URL" for name in NAMES]
    known = [values[name] for name in settings if name in values]
    if not asyncio.run(leave_row(known, "addresses-read")):
        click.echo("データベースに届かないため、見たことを監査の記録に残せませんでした。", err=True)
    for name in ("TSUNAGI_URL", "REDIS_URL", *settings):
        if name in values:
            click.echo(f"{name}={values[name]}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON で表示")
def doctor(*, as_json: bool) -> None:
    """書かれたものがすべて届いているかを調べます。足りなければ終了コード 1。"""
    settings = load_settings(addresses())
    standings = asyncio.run(doctoring.look(settings))
    missing = everything_missing(settings, [first.login for first in FIRST])
    report = doctoring.report(standings)
    report["settings"] = [{"setting": one.setting, "detail": one.words} for one in missing]
    report["ok"] = report["ok"] and not missing
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for one in standings:
            click.echo(f"{one.stream}: 記録 {one.outbox_position} 件")
            for line in doctoring.advice(one) or ["すべて届いています。"]:
                click.echo(f"  {line}")
        for fault in missing:
            click.echo(fault.line())
    sys.exit(0 if report["ok"] else 1)


@click.command("check-plan")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_plan(folder: Path) -> None:
    """計画のデータを調べ、まちがいがあればすべて表示します。"""
    plan = load_plan(folder)
    click.echo(
        f"{plan.city}: 機関 {len(plan.agencies)}、相談内容 {len(plan.topics)}、"
        f"指標 {len(plan.indicators)} 行。まちがいはありません。"
    )
