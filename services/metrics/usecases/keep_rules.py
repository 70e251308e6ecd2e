"""Keep the versions of the plan's counting rules, as the worker finds them at its start."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.rule_versions import version_faults, versions_after
from services.metrics.storage import rules
from shared.plan import Plan, PlanError


async def keep_rules(connection: AsyncConnection, plan: Plan, now: datetime) -> None:
    """Record new versions. The first ones are in force; later ones are counted beside them.

    Raises PlanError, storing nothing, for a rule that changed without another version.
    """
    await rules.lock_versions(connection)
    known = await rules.versions(connection)
    faults = list(version_faults(known, plan.rules))
    if faults:
        raise PlanError(faults)
    await rules.keep(connection, versions_after(known, plan.rules), now)
    if not known:
        await rules.adopt_contributions(connection)
