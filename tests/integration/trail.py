"""Look at the audit trail of one database, as the service does."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

from shared.database import AS_SERVICE


def trail(settings: Mapping[str, str], name: str) -> list[dict[str, Any]]:
    """Every row, the oldest first."""
    address = settings[f"{name.upper()}_DATABASE_URL"]
    with psycopg.connect(address, options=AS_SERVICE, row_factory=dict_row) as connection:
        return connection.execute("SELECT * FROM audit ORDER BY id").fetchall()


def acts(settings: Mapping[str, str], name: str) -> list[tuple[str, str, str | None]]:
    """What the rows say: the act, its outcome and the record."""
    return [(row["act"], row["outcome"], row["record"]) for row in trail(settings, name)]
