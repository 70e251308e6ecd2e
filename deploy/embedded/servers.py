"""The embedded servers together, and the addresses by which Tsunagi reaches them."""

import secrets
from pathlib import Path
from types import TracebackType

import psycopg

from deploy.databases import NAMES, ensure_databases
from deploy.embedded.folder import Folder, ServersError, server_owner
from deploy.embedded.postgres import Postgres
from deploy.embedded.valkey import Valkey, secret_name
from deploy.redis_users import PROCESSES, user_name

#: The note of the key that signs the checkpoints of the audit trail.
_AUDIT = "audit_secret"


class EmbeddedServers:
    """PostgreSQL and Valkey with their data in one folder. `durable=False` is for tests only."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.folder = Folder(var)
        self._durable = durable

    def __enter__(self) -> "EmbeddedServers":
        self.folder.__enter__()
        try:
            owner = server_owner(self.folder.path / "postgres")
            self.postgres = Postgres(self.folder, owner, durable=self._durable)
            self.valkey = Valkey(self.folder, owner)
        except BaseException:
            self.folder.__exit__(None, None, None)
            raise
        try:
            self.postgres.start()
            self.valkey.start()
            self._ensure_databases()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _ensure_databases(self) -> None:
        self.folder.remember(_AUDIT, secrets.token_hex(32))
        try:
            ensure_databases(self.postgres.admin_url, self.folder.secret)
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
            raise ServersError(
                f"{self.folder.path}/servers.json がないか壊れていて、データベースを開けません。"
                " 控えから戻すか、データの置き場所ごと別の場所に移して、始めから起動してください。"
            ) from None

    def revive(self) -> list[str]:
        """Start again what has ended by itself; gives the names of those."""
        ended = [
            (name, server)
            for name, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
            if not server.running()
        ]
        for _, server in ended:
            server.start()
        return [name for name, _ in ended]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.valkey.stop()
        self.postgres.stop()
        self.folder.__exit__(kind, error, trace)

    @property
    def environment(self) -> dict[str, str]:
        """The addresses as settings."""
        return environment_of(self.folder)


def environment_of(folder: Folder) -> dict[str, str]:
    """The addresses as they are noted in the folder; psql and redis-cli take them as they are."""
    notes = folder.notes()
    store = f"127.0.0.1:{notes['valkey_port']}/0"
    addresses = {"REDIS_URL": f"redis://:{notes['valkey_password']}@{store}"}
    for process in PROCESSES:
        who = f"{user_name(process)}:{notes[secret_name(process)]}"
        addresses[f"{process.upper()}_REDIS_URL"] = f"redis://{who}@{store}"
    if _AUDIT in notes:
        addresses["TSUNAGI_AUDIT_SECRET"] = notes[_AUDIT]
        addresses["TSUNAGI_AUDIT_FOLDER"] = str(folder.path / "audit")
    for name in NAMES:
        for role in (name, f"{name}_owner"):
            variable = f"{role.upper()}_DATABASE_URL"
            place = f"127.0.0.1:{notes['postgres_port']}/{name}"
            addresses[variable] = f"postgresql://{role}:{notes[role]}@{place}"
    return addresses
