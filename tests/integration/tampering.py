"""One database's trail, and what an attacker as its owner may do to it."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from deploy.cli import main
from shared.audit.chaining import NOTHING, hash_of
from shared.audit.checkpoints import signing_key
from shared.audit.keeping import Keeper, Safe
from shared.audit.writing import COMMAND, write
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from tests.integration.trail import trail

NOW = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)
_PLACE = (
    "UPDATE audit SET position = %(place)s, previous = %(previous)s, hash = %(own)s"
    " WHERE id = %(id)s"
)


@dataclass(frozen=True)
class Desk:
    """One database's trail, and what an attacker as its owner may do to it."""

    environment: dict[str, str]
    safe: Safe

    async def write(self, most: int, now: datetime = NOW, *, signs: bool = True) -> None:
        """Rows of this moment, chained; with `signs` a checkpoint behind them."""
        engine = make_engine(self.environment["METRICS_DATABASE_URL"], pool_size=2)
        async with transaction(engine, SERVICE) as connection:
            for number in range(most):
                await write(
                    connection, COMMAND, "year-close", now, kind="year", record=str(2000 + number)
                )
        await Keeper("metrics", engine, self.safe if signs else None, lambda: now).turn()
        await engine.dispose()

    def tamper(self, *statements: str | tuple[str, dict[str, Any]]) -> None:
        """Do this to the table as its owner, without the trigger and the policies."""
        address = self.environment["METRICS_OWNER_DATABASE_URL"]
        with psycopg.connect(address, options=AS_SERVICE) as owner:
            owner.execute("ALTER TABLE audit DISABLE TRIGGER audit_stays")
            owner.execute("ALTER TABLE audit DISABLE ROW LEVEL SECURITY")
            for one in statements:
                statement, values = (one, {}) if isinstance(one, str) else one
                owner.execute(statement, values)
            owner.execute("ALTER TABLE audit ENABLE TRIGGER audit_stays")
            owner.execute("ALTER TABLE audit ENABLE ROW LEVEL SECURITY")

    def rechain(self, begin: int = 1) -> None:
        """As somebody does who knows how rows are chained and has not the key."""
        rows = self.rows()
        previous = rows[begin - 2]["hash"] if begin > 1 else NOTHING
        statements = []
        for place, row in enumerate(rows[begin - 1 :], start=begin):
            own = hash_of(row, previous)
            values = {"place": place, "previous": previous, "own": own, "id": row["id"]}
            statements.append((_PLACE, values))
            previous = own
        whole = "CREATE UNIQUE INDEX audit_place ON audit (position)"
        self.tamper("DROP INDEX audit_place", *statements, whole)

    def rows(self) -> list[dict[str, Any]]:
        """Every chained row by its place."""
        return sorted(trail(self.environment, "metrics"), key=lambda row: row["position"])

    def verified(self) -> tuple[int, list[tuple[str, int, str | None]]]:
        """The command's exit code and what it found."""
        result = CliRunner().invoke(main, ["audit", "verify", "--json"])
        found = json.loads(result.stdout)["databases"]["metrics"]["findings"]
        return result.exit_code, [(one["fault"], one["position"], one["row"]) for one in found]


def desk_of(environment: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Six rows and their checkpoint; commands of this test look there."""
    secret = secrets.token_hex(32)
    told = {"TSUNAGI_AUDIT_FOLDER": str(folder), "TSUNAGI_AUDIT_SECRET": secret}
    for name, value in (environment | told).items():
        monkeypatch.setenv(name, value)
    made = Desk(environment, Safe(folder, signing_key(secret)))
    asyncio.run(made.write(6))
    return made


def row_id(desk: Desk, place: int) -> str:
    """The id of the row at this place, as the command says it."""
    return str(desk.rows()[place - 1]["id"])
