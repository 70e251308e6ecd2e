"""Which events the metrics service answers: every one that counts, with one use case."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.counted import COUNTED
from services.metrics.usecases.count_events import count_by_rules_in_force
from services.metrics.usecases.rules_in_force import CurrentCounter
from shared.messaging.event import Event
from shared.messaging.subscription import Subscriptions
from shared.plan import Plan


def subscriptions(plan: Plan) -> Subscriptions:
    """The table of this service: contract to handler."""
    counter = CurrentCounter(plan)

    async def on_countable(connection: AsyncConnection, events: Sequence[Event]) -> None:
        await count_by_rules_in_force(connection, events, counter)

    return dict.fromkeys(COUNTED, on_countable)
