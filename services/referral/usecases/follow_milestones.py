"""Keep the states that intake's desks report: some sharing bases wait for one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage import milestones
from shared.contracts import FigureCancelledV1, FigureCorrectedV1, FigureReportedV1
from shared.errors import InvalidInput
from shared.japanese_time import japanese_day
from shared.messaging.event import Event
from shared.plan import Plan


async def follow_milestones(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Store each reported, corrected or cancelled state; figures of other kinds are passed over."""
    for event in events:
        told = event.data
        if isinstance(told, FigureCancelledV1):
            await milestones.cancel(connection, event.subject, told.revision)
        elif isinstance(told, FigureReportedV1 | FigureCorrectedV1) and told.state is not None:
            await milestones.note(
                connection,
                figure_id=event.subject,
                indicator=told.indicator,
                as_of=told.as_of,
                state=told.state,
                revision=told.revision,
            )


async def offered_bases(connection: AsyncConnection, plan: Plan, now: datetime) -> dict[str, str]:
    """The sharing bases that the law offers now, with their labels."""
    return plan.offered_bases(await milestones.last_states(connection, japanese_day(now)))


async def refuse_unoffered(
    connection: AsyncConnection, basis: str, plan: Plan, now: datetime
) -> None:
    """Raise InvalidInput `basis-not-offered` for a basis that the law does not offer yet."""
    if basis in await offered_bases(connection, plan, now):
        return
    refused = InvalidInput.field(
        "basis",
        code="basis-not-offered",
        detail="この根拠はまだ使えません。一覧から選んでください。",
    )
    raise InvalidInput("basis-not-offered", refused.detail, errors=refused.errors)
