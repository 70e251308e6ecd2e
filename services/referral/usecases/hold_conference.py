"""Hold a conference: check what was typed, lock its cases, and let its decisions act."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.conference import Conference
from services.referral.domain.holding import Standing
from services.referral.domain.transitions import CaseAction
from services.referral.storage import agencies, conferences, news
from services.referral.usecases.acting import Acting, note_act
from services.referral.usecases.check_conference import (
    check_case,
    check_words,
    on_case,
    place_of,
    placed,
)
from services.referral.usecases.decide import DEEDS, Room
from services.referral.usecases.turns import take_case_turn
from shared.contracts import ConferenceHeldV1
from shared.errors import Conflict, Problem
from shared.japanese_time import japanese_day
from shared.messaging.event import Event


async def hold_conference(
    connection: AsyncConnection, conference: Conference, acting: Acting
) -> Conference:
    """Record a conference and do what it decided, everything or nothing.

    Only the holder of every case, or the coordinator where it is a party, convenes. Raises
    InvalidInput for words that cannot be taken, NotFound for a case that is not the convener's to
    see, and Conflict for one that has ended, that lacks the consent a 重層的支援会議 needs, or on
    which a decision cannot act now: `errors` says which case or decision, `allowed` what may be
    done to that case instead.
    """
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    check_words(conference, day, acting)
    before = {
        case_id: await _lock_case(connection, conference, case_id, acting)
        for case_id in sorted(conference.cases)
    }
    await conferences.add(connection, conference)
    for case_id in conference.cases:
        await note_act(
            connection,
            case_id,
            "conference",
            acting.now,
            acting,
            conference=str(conference.id),
            kind=conference.kind,
            held_on=conference.held_on.isoformat(),
        )
        await news.add_stir(connection, case_id, conference.agencies, acting.now)
    room = Room(connection, conference, acting)
    for index, decision in enumerate(conference.decisions):
        try:
            await DEEDS[decision.kind](room, decision)
        except Problem as problem:
            place, standing = ("decisions", index), before[decision.case_id]
            raise on_case(problem, place, conference, standing, acting.plan) from None
    held = ConferenceHeldV1(
        kind=conference.kind,
        held_on=conference.held_on,
        convener=conference.convener,
        agencies=conference.agencies,
        cases=len(conference.cases),
    )
    event = Event.of(held, subject=conference.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return conference


async def _lock_case(
    connection: AsyncConnection, conference: Conference, case_id: UUID, acting: Acting
) -> Standing:
    try:
        standing = await take_case_turn(connection, case_id, CaseAction.CONVENE, acting)
    except Conflict as problem:
        raise placed(problem, place_of(conference, case_id)) from None
    check_case(conference, standing, acting.plan)
    return standing
