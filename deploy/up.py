"""`tsunagi up`: everything in one process on one port, with embedded servers beside it."""

import asyncio
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from deploy.databases import migrate_all
from deploy.demo import is_wanted
from deploy.embedded.folder import Folder, ServersError
from deploy.embedded.servers import EmbeddedServers
from deploy.first_accounts import FIRST, ensure_first_accounts, password_of
from deploy.leaving import leave_row
from deploy.production import refuse, shortcomings
from deploy.serving import SERVICES, ByPath, build_both, listen, run, serve
from deploy.weighing.doors import of_listening
from shared.database import make_engine
from shared.logging import configure_logging
from shared.settings import Settings, load_settings
from shared.web.public_address import is_local


def _welcome(folder: Folder, url: str) -> None:
    click.echo(f"\nつなぎ を開きました: {url}\n")
    click.echo("  ログイン名      パスワード          役割")
    for first in FIRST:
        password = password_of(folder, first.login)
        click.echo(f"  {first.login:<15} {password:<19} {first.words}")
    click.echo(f"\n記録とデータ: {folder.path}　　止めるときは Ctrl-C\n")


async def _serve(
    settings: Settings, servers: EmbeddedServers, listener: socket.socket, *, demo: bool
) -> None:
    folder = servers.folder
    identity = make_engine(settings.database_url("identity"), pool_size=1)
    await ensure_first_accounts(identity, folder)
    await identity.dispose()
    await leave_row([settings.database_url("identity")], "first-passwords-read")
    both = {name: build_both(name, settings) for name in SERVICES}
    apps = {name: app for name, (app, _) in both.items()}
    workers = [worker for _, worker in both.values()]
    up = asyncio.Event()

    async def when_up() -> None:
        await up.wait()
        _welcome(folder, settings.tsunagi_url)

        if demo and await is_wanted(settings):
            await _demonstrate()

    async def keep_servers() -> None:
        while True:
            await asyncio.sleep(2)
            try:
                for name in await asyncio.to_thread(servers.revive):
                    click.echo(f"{name} が止まっていたので、もう一度起動しました。")
            except ServersError as error:
                click.echo(str(error), err=True)

    greeting = asyncio.create_task(when_up())
    keeping = asyncio.create_task(keep_servers())
    try:
        proxies = settings.forwarded_allow_ips
        await serve(ByPath(apps), listener, workers, proxies=proxies, when_up=up)
    finally:
        for task in (greeting, keeping):
            task.cancel()
        await asyncio.gather(greeting, keeping, return_exceptions=True)


async def _demonstrate() -> None:
    """Write the demonstration from a process of its own, so that pages serve meanwhile."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "demo", start_new_session=True
    )
    try:
        await child.wait()
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


def start(var: Path, host: str, port: int, environment: Mapping[str, str], *, demo: bool) -> None:
    """Start everything, serve until Ctrl-C, stop everything. Raises ClickException in Japanese."""
    url = environment.get("TSUNAGI_URL") or f"http://{host}:{port}"
    if demo and not is_local(urlsplit(url).hostname or ""):
        raise click.ClickException(
            "DEMO：見本の記録は、この機械からだけ見るためのものです。DEMO=0 で起動してください。"
        )
    try:
        listener = listen(host, port)
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} は使えません（{error.strerror}）。ほかの つなぎ が動いているか、"
            f"別のプログラムが使っています。PORT={port + 100} make run のように変えられます。"
        ) from None
    try:
        with EmbeddedServers(var) as servers:
            folder = servers.folder
            folder.note(folder.notes() | {"url": url})
            with (folder.path / "tsunagi.log").open("a", encoding="utf-8") as log:
                configure_logging(environment.get("TSUNAGI_LOG", "info"), log)
                settings = load_settings({**environment, **servers.environment, "TSUNAGI_URL": url})
                refuse([*shortcomings(settings), *of_listening(settings, host)])
                migrate_all(servers.environment)
                run(_serve(settings, servers, listener, demo=demo))
            click.echo("つなぎ を閉じています。")
    except ServersError as error:
        raise click.ClickException(str(error)) from None
