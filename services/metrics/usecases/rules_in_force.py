"""The counting rules in force: what figures are shown by, and what events are counted by."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.contributions import Counter
from services.metrics.domain.rule_versions import COUNTED
from services.metrics.storage import rules
from shared.plan import Plan
from shared.plan.counting import CountingRule


async def rules_in_force(connection: AsyncConnection, plan: Plan) -> dict[str, CountingRule]:
    """The rule of each indicator of the plan, unchanged until this transaction ends.

    The plan's own where the worker has not kept one yet.
    """
    await rules.hold_versions(connection)
    kept = await rules.versions(connection, ["active"])
    return {**plan.rules, **{one.indicator: one.rule for one in kept}}


class CurrentCounter:
    """Counts by every version that counts now; whoever switches, all workers follow."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keys: tuple[tuple[str, int], ...] = ()
        self._counter = Counter(plan)

    async def now(self, connection: AsyncConnection) -> Counter:
        """The counter for this transaction, which must have locked the counting."""
        keys = await rules.version_keys(connection, COUNTED)
        if keys != self._keys:
            kept = await rules.versions(connection, COUNTED)
            self._counter = Counter(self._plan, [(one.indicator, one.rule) for one in kept])
            self._keys = keys
        return self._counter
