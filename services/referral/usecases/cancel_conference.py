"""Take back the record of a conference that was entered in error; its decisions stay."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.conference import Conference
from services.referral.storage import conferences, news
from services.referral.usecases.acting import Acting, note_act
from services.referral.usecases.show_conferences import see_conference
from shared.contracts import ConferenceCancelledV1
from shared.errors import Conflict
from shared.messaging.event import Event


async def cancel_conference(
    connection: AsyncConnection, conference_id: UUID, reason: str, acting: Acting
) -> Conference:
    """Mark it cancelled, so that it counts nowhere. Only its convener may, and once.

    What was decided is undone by nothing but the acts on each case: agencies have gone to work.
    """
    held = await conferences.find(connection, conference_id, lock=True)
    shown = await see_conference(connection, held, acting)
    if acting.agency != shown.conference.convener or shown.conference.cancelled_at is not None:
        detail = "会議の記録を取り消せるのは、開いた機関が、一度だけです。"
        raise Conflict("not-now", detail, extra={"allowed": []})
    await conferences.cancel(connection, conference_id, reason, acting.now)
    for case_id in shown.conference.cases:
        await note_act(
            connection,
            case_id,
            "cancel-conference",
            acting.now,
            acting,
            conference=str(conference_id),
        )
        await news.add_stir(connection, case_id, shown.conference.agencies, acting.now)
    data = ConferenceCancelledV1(convener=shown.conference.convener)
    event = Event.of(data, subject=conference_id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    after = await conferences.find(connection, conference_id)
    return (await see_conference(connection, after, acting)).conference
