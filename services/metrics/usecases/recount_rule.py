"""Count an indicator by another version of its rule, beside the live figures; remove what left."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.metrics.domain.contributions import Counter
from services.metrics.domain.rule_versions import RuleVersion
from services.metrics.storage import contributions, facts, rules
from services.metrics.usecases.recount_facts import KINDS, contributions_of
from shared.database import SERVICE, transaction
from shared.plan import Plan

log = structlog.get_logger()

#: How many facts are counted, or contributions removed, while the counting of events waits.
CHUNK = 2_000


async def recount_rule(engine: AsyncEngine, plan: Plan) -> bool:
    """One chunk of what waits, in one transaction; whether more may wait.

    Events are counted by every version that counts, also by one that is on its way: its chunk
    and a batch of events exclude each other, so that neither misses what the other saw.
    """
    async with transaction(engine, SERVICE) as connection:
        await rules.lock_counting(connection)
        waiting = await rules.recounting(connection)
        if waiting is not None:
            await _count_chunk(connection, plan, *waiting)
            return True
        return await _remove_chunk(connection)


async def _count_chunk(
    connection: AsyncConnection, plan: Plan, one: RuleVersion, kind: int, last: UUID | None
) -> None:
    if kind == len(KINDS):
        await rules.move(connection, one.indicator, one.version, "ready")
        log.info("rule_counted", indicator=one.indicator, version=one.version)
        return
    subjects = await facts.subjects_after(connection, KINDS[kind], last, CHUNK)
    if not subjects:
        await rules.note_progress(connection, one, kind + 1, None)
        return
    counter = Counter(plan, [(one.indicator, one.rule)])
    found = await contributions_of(connection, counter, KINDS[kind], subjects)
    which = rules.counted_by(one.indicator, one.version)
    await contributions.replace(connection, subjects, found, which)
    await rules.note_progress(connection, one, kind, subjects[-1])


async def _remove_chunk(connection: AsyncConnection) -> bool:
    for one in await rules.versions(connection, ["leaving"]):
        if await rules.remove_some(connection, one, CHUNK) == CHUNK:
            return True
        await rules.move(connection, one.indicator, one.version, "past")
    return False
