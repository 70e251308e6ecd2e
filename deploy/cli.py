"""The command line: `tsunagi …`."""

import asyncio
import json
import os
import sys
from pathlib import Path

import click
import psycopg.conninfo
from redis.exceptions import RedisError

from deploy import doctor as doctoring
from deploy.access import account, token
from deploy.databases import NAMES, ensure_databases, migrate_all
from deploy.dead_letters import dead_letters
from deploy.demo import demo
from deploy.installation import addresses, data_folder
from deploy.serving import APPS, build_both, build_worker, listen, run
from deploy.serving import serve as serve_until_ended
from deploy.up import start
from deploy.year_end import year_end
from shared.database import is_transient
from shared.logging import configure_logging
from shared.plan import PlanError, load_plan
from shared.settings import SettingsError, load_settings, read_files

_PORT = click.IntRange(1, 65535)


class _Tsunagi(click.Group):
    """Every command says in one line which setting it lacks, or which server is away."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        except Exception as error:
            if isinstance(error, RedisError) or is_transient(error):
                raise click.ClickException(
                    "データベースか Redis に届きません。つなぎ（またはサーバー）が動いているか"
                    "確かめて、もう一度どうぞ。記録は失われません。"
                ) from None
            raise


@click.group(cls=_Tsunagi)
def main() -> None:
    """つなぎ: 相談を一度だけ書き、届くべきところへ届けます。"""


@main.command()
@click.option("--port", type=_PORT, default=8000, envvar="PORT", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--demo/--no-demo", default=True, envvar="DEMO", help="見本の一年を入れる")
def up(port: int, host: str, *, demo: bool) -> None:
    """すべてを一つのプロセスで起動します（データは var/）。"""
    start(data_folder(), host, port, os.environ, demo=demo)


@main.command()
@click.argument("service", type=click.Choice(["intake", "referral", "metrics"]))
@click.option("--web", "parts", flag_value="web", help="画面と API だけ")
@click.option("--worker", "parts", flag_value="worker", help="裏方だけ")
@click.option("--port", type=_PORT, default=8000, envvar="PORT", show_default=True)
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True)
def serve(service: str, parts: str | None, port: int, host: str) -> None:
    """一つのサービスを起動します。"""
    environment = addresses()
    configure_logging(environment.get("TSUNAGI_LOG", "info"))
    settings = load_settings(environment)
    listener = listen(host, port)
    if parts == "web":
        run(serve_until_ended(APPS[service](settings), listener, []))
    elif parts == "worker":
        run(serve_until_ended(None, listener, [build_worker(service, settings)]))
    else:
        pages, worker = build_both(service, settings)
        run(serve_until_ended(pages, listener, [worker]))


@main.command()
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
    click.echo("データベースの用意ができました。")


def _password_in(environment: dict[str, str], name: str) -> str:
    """The password inside an address that must be there."""
    if name not in environment:
        raise click.ClickException(f"{name} を指定してください。")
    return str(psycopg.conninfo.conninfo_to_dict(environment[name]).get("password", ""))


@main.command()
def env() -> None:
    """動いている つなぎ の接続先を NAME=value で表示します。"""
    values = addresses()
    for name in ("TSUNAGI_URL", "REDIS_URL", *(f"{name.upper()}_DATABASE_URL" for name in NAMES)):
        if name in values:
            click.echo(f"{name}={values[name]}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="JSON で表示")
def doctor(*, as_json: bool) -> None:
    """書かれたものがすべて届いているかを調べます。足りなければ終了コード 1。"""
    standings = asyncio.run(doctoring.look(load_settings(addresses())))
    report = doctoring.report(standings)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for one in standings:
            click.echo(f"{one.stream}: 記録 {one.outbox_position} 件")
            for line in doctoring.advice(one) or ["すべて届いています。"]:
                click.echo(f"  {line}")
    sys.exit(0 if report["ok"] else 1)


@main.command("check-plan")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check_plan(folder: Path) -> None:
    """計画のデータを調べ、まちがいがあればすべて表示します。"""
    try:
        plan = load_plan(folder)
    except PlanError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{plan.city}: 機関 {len(plan.agencies)}、相談内容 {len(plan.topics)}、"
        f"指標 {len(plan.indicators)} 行。まちがいはありません。"
    )


main.add_command(dead_letters)
main.add_command(demo)
main.add_command(token)
main.add_command(account)
main.add_command(year_end)

if __name__ == "__main__":
    main()
