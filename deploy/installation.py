"""Which installation a command speaks to: servers of the user's own, or the embedded ones."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from deploy.databases import NAMES
from deploy.embedded.folder import Folder
from deploy.embedded.servers import environment_of
from shared.settings import read_files

PROJECT = Path(__file__).parent.parent


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """`TSUNAGI_VAR`, or `var/` in the project."""
    values = os.environ if environment is None else environment
    return Path(values.get("TSUNAGI_VAR") or PROJECT / "var").absolute()


def addresses() -> dict[str, str]:
    """The environment with the servers' addresses: given ones first, else the embedded ones'.

    Raises click.ClickException when there are none.
    """
    given = read_files(os.environ)
    if any(f"{name.upper()}_DATABASE_URL" in given for name in NAMES):
        return given
    folder = Folder(data_folder())
    notes = folder.notes()
    if "postgres_port" not in notes or "valkey_port" not in notes:
        raise click.ClickException(
            "動いている つなぎ が見つかりません。make run で起動するか、"
            "INTAKE_DATABASE_URL などで接続先を指定してください。"
        )
    url = {"TSUNAGI_URL": notes["url"]} if "url" in notes else {}
    return {**url, **given, **environment_of(folder)}
