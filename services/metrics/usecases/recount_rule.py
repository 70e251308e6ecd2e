"""Count an indicator by another version of its rule, beside the live figures; remove what left."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.metrics.domain.contributions import Contribution, Counter
from services.metrics.domain.facts import ActivityFact, ConferenceFact, ConsultationFact, FigureFact
from services.metrics.domain.rule_versions import RuleVersion
from services.metrics.storage import contributions, facts, rules
from shared.database import transaction
from shared.plan import Plan

log = structlog.get_logger()

#: How many facts are counted, or contributions removed, while the counting of events waits.
CHUNK = 2_000
_KINDS = (ConsultationFact, ActivityFact, ConferenceFact, FigureFact)


async def recount_rule(engine: AsyncEngine, plan: Plan) -> bool:
    """One chunk of what waits, in one transaction; whether more may wait.

    Events are counted by every version that counts, also by one that is on its way: its chunk
    and a batch of events exclude each other, so that neither misses what the other saw.
    """
    async with transaction(engine) as connection:
        await rules.lock_counting(connection)
        waiting = await rules.recounting(connection)
        if waiting is not None:
            await _count_chunk(connection, plan, *waiting)
            return True
        return await _remove_chunk(connection)


async def _count_chunk(
    connection: AsyncConnection, plan: Plan, one: RuleVersion, kind: int, last: UUID | None
) -> None:
    if kind == len(_KINDS):
        await rules.move(connection, one.indicator, one.version, "ready")
        log.info("rule_counted", indicator=one.indicator, version=one.version)
        return
    subjects = await facts.subjects_after(connection, _KINDS[kind], last, CHUNK)
    if not subjects:
        await rules.note_progress(connection, one, kind + 1, None)
        return
    counter = Counter(plan, [(one.indicator, one.rule)])
    found = await _contributions(connection, counter, _KINDS[kind], subjects)
    which = rules.counted_by(one.indicator, one.version)
    await contributions.replace(connection, subjects, found, which)
    await rules.note_progress(connection, one, kind, subjects[-1])


async def _contributions(
    connection: AsyncConnection,
    counter: Counter,
    kind: type[ConsultationFact | ActivityFact | ConferenceFact | FigureFact],
    subjects: Sequence[UUID],
) -> list[Contribution]:
    found: list[Contribution] = []
    if kind is ConsultationFact:
        known = await facts.load(connection, ConsultationFact, subjects)
        legs = await facts.legs_of_consultations(connection, subjects)
        for subject in subjects:
            found += counter.of_consultation(known.get(subject), legs.get(subject, []))
    elif kind is ActivityFact:
        for activity in (await facts.load(connection, ActivityFact, subjects)).values():
            found += counter.of_activity(activity)
    elif kind is ConferenceFact:
        for meeting in (await facts.load(connection, ConferenceFact, subjects)).values():
            found += counter.of_conference(meeting)
    else:
        for figure in (await facts.load(connection, FigureFact, subjects)).values():
            found += counter.of_figure(figure)
    return found


async def _remove_chunk(connection: AsyncConnection) -> bool:
    for one in await rules.versions(connection, ["leaving"]):
        if await rules.remove_some(connection, one, CHUNK) == CHUNK:
            return True
        await rules.move(connection, one.indicator, one.version, "past")
    return False
