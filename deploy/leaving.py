"""The row that a command leaves in the audit trail for what it only shows."""

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.audit.writing import command_acts
from shared.database import is_transient, lacks_tables, make_engine, transaction


async def leave_row(
    urls: Iterable[str], act: str, kind: str | None = None, record: str | None = None
) -> bool:
    """Write it into the first of these databases that answers; says whether one did."""
    for url in urls:
        engine = make_engine(url, pool_size=1, application="command")
        try:
            async with transaction(engine, command_acts(act, datetime.now(UTC), kind, record)):
                pass
        except Exception as error:
            if not lacks_tables(error) and not is_transient(error):
                raise
        else:
            return True
        finally:
            await engine.dispose()
    return False
