"""Note which cases have ended: the time for which words are kept begins there."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.storage import case_ends
from shared.contracts import CaseReopenedV1
from shared.messaging.event import Event


async def follow_cases(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Store the newest of each case; events of a case arrive in their order."""
    ends = {
        event.subject: None if isinstance(event.data, CaseReopenedV1) else event.time
        for event in events
    }
    await case_ends.note(connection, ends)
