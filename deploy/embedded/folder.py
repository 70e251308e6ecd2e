"""The data folder `var/`: its secrets, and the lock that keeps two starters apart."""

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

#: PostgreSQL refuses to run as root; then the servers run as this system account.
ACCOUNT = "tsunagi"


class ServersError(Exception):
    """The embedded servers cannot start; the message says why, in Japanese, and what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The account that the servers run as: None means ours."""

    uid: int | None

    def own(self, path: Path) -> None:
        """Give this file or folder to the account."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)


def server_owner(folder: Path) -> Owner:
    """Our own account, or the system account when we are root; it must reach the folder."""
    if os.geteuid() != 0:
        return Owner(None)
    try:
        uid = pwd.getpwnam(ACCOUNT).pw_uid
    except KeyError:
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        made = subprocess.run(  # noqa: S603  a fixed command
            [useradd, "--system", "--user-group", "--no-create-home", ACCOUNT], check=False
        )
        if made.returncode != 0 and not _made_meanwhile():
            raise ServersError(
                f"root で起動するには、サーバー用のアカウント {ACCOUNT} が必要です。"
                " root 以外で起動するか、アカウントを作ってください。"
            ) from None
        uid = pwd.getpwnam(ACCOUNT).pw_uid
    let_through(folder)
    return Owner(uid)


def _made_meanwhile() -> bool:
    """Whether another starter made the account at the same moment; it may not be done yet."""
    for _ in range(50):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(ACCOUNT).pw_uid > 0
        time.sleep(0.1)
    return False


def let_through(path: Path) -> None:
    """Let other accounts pass through the folders above (not look into them)."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


#: Below those from which outgoing connections are made: none takes one between look and start.
_PORTS = range(15_000, 32_000)


def free_port(wanted: int | None = None) -> int:
    """The port that was used before if it is still free, or else any free one."""
    others = [secrets.choice(_PORTS) for _ in range(50)]
    for port in others if wanted is None else (wanted, *others):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServersError("空いているポートがありません。")


class Folder:
    """The data folder, held by one starter at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: IO[str] | None = None

    def __enter__(self) -> "Folder":
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / "lock").open("w")
        except OSError as error:
            raise ServersError(
                f"データの置き場所 {self.path} に書けません（{error.strerror}）。"
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ServersError(
                f"{self.path} を使う つなぎ がすでに動いています。"
                " そちらを止めるか、TSUNAGI_VAR で別の場所を指定してください。"
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def remember(self, name: str, default: str) -> str:
        """A secret or port that stays the same from start to start, readable by us alone."""
        known = self.notes()
        if name not in known:
            known[name] = default
            self.note(known)
        return known[name]

    def secret(self, name: str) -> str:
        """A random secret, made once."""
        return self.remember(name, secrets.token_urlsafe(24))

    def notes(self) -> dict[str, str]:
        """Everything that is remembered; a broken file is as good as none."""
        try:
            found = json.loads((self.path / "servers.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(value) for name, value in found.items()}

    def note(self, values: dict[str, str]) -> None:
        """Remember these values, all or none of them."""
        draft = self.path / "servers.json.new"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(values, indent=1), encoding="utf-8")
        draft.replace(self.path / "servers.json")
