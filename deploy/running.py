"""`tsunagi up` and `tsunagi serve`: run everything, or one service."""

import os

import click

from deploy.first_accounts import FIRST
from deploy.installation import addresses, data_folder
from deploy.production import everything_missing, refuse
from deploy.serving import build_app, build_both, build_worker, listen, run
from deploy.serving import serve as serve_until_ended
from deploy.up import start
from shared.logging import configure_logging
from shared.settings import load_settings

_PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--port", type=_PORT, default=8000, envvar="PORT", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--demo/--no-demo", default=True, envvar="DEMO", help="見本の一年を入れる")
def up(port: int, host: str, *, demo: bool) -> None:
    """すべてを一つのプロセスで起動します（データは var/）。"""
    start(data_folder(), host, port, os.environ, demo=demo)


@click.command()
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
    demonstration = [first.login for first in FIRST]
    refuse(everything_missing(settings, demonstration, host=host, signs=parts != "web"))
    proxies = settings.forwarded_allow_ips
    listener = listen(host, port)
    if parts == "web":
        pages = build_app(service, settings)
        run(serve_until_ended(pages, listener, [], proxies=proxies))
    elif parts == "worker":
        run(serve_until_ended(None, listener, [build_worker(service, settings)]))
    else:
        pages, worker = build_both(service, settings)
        run(serve_until_ended(pages, listener, [worker], proxies=proxies))
