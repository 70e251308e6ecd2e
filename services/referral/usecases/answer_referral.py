"""The receiver's answer to an offer: accept it, or return it with a reason."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import door_fault
from services.referral.domain.case import Leg, LegState
from services.referral.domain.holding import after_accept, after_return
from services.referral.domain.one_leg import ended_between
from services.referral.domain.transitions import Action
from services.referral.storage import agencies
from services.referral.usecases.acting import (
    Acting,
    happened,
    holder_events,
    leg_words,
    note_act,
    note_bound,
)
from services.referral.usecases.turns import finish, take_turn
from shared.contracts import (
    ReferralAcceptedV1,
    ReferralHandedOnV1,
    ReferralReturnedV1,
    UnmetNeedRecordedV1,
)
from shared.errors import InvalidInput
from shared.japanese_time import japanese_day

#: The return reason that is also an unmet need.
NO_CAPACITY = "no-capacity"


async def accept_referral(
    connection: AsyncConnection, leg_id: UUID, at: datetime | None, acting: Acting
) -> Leg:
    """Take the leg. With a lead leg the receiver becomes the holder of the case.

    If it was handed on to this receiver, the leg that it came from ends, and so do side legs on
    which the receiver works already.
    """
    turn = await take_turn(connection, leg_id, Action.ACCEPT, at, acting)
    leg = replace(turn.leg, accepted_at=turn.at, checked_at=turn.at)
    after = after_accept(turn.moved, leg)
    await note_act(connection, turn.case.id, "accept", turn.at, acting, leg_id=leg_id)
    accepted = ReferralAcceptedV1(**leg_words(after.case, leg))
    events = [happened(after.case, accepted, turn.at, acting)]
    for origin in ended_between(turn.before, after, LegState.HANDED_ON):
        await note_act(connection, turn.case.id, "handed-on", turn.at, acting, leg_id=origin.id)
        ended = ReferralHandedOnV1(**leg_words(after.case, origin), to_referral=leg_id)
        events.append(happened(after.case, ended, turn.at, acting))
    events += holder_events(turn.case, after.case, "accepted", turn.at, acting)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)


async def _refuse_nowhere(
    connection: AsyncConnection, suggest: str, leg: Leg, acting: Acting
) -> None:
    """Raise InvalidInput for a proposal that the sender could not follow."""
    if suggest in (leg.receiver, leg.sender):
        detail = "依頼をした機関でも、受けた機関でもないところを選んでください。"
        raise InvalidInput.field("suggest", code="not-elsewhere", detail=detail)
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    fault = door_fault(day, suggest, japanese_day(acting.now))
    if fault is not None:
        raise InvalidInput.field("suggest", code="agency-not-valid", detail=fault)


async def return_referral(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    reason: str,
    note: str | None,
    suggest: str | None,
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """Give the leg back. The sender holds on; after the second time, the coordinator holds."""
    if reason not in acting.plan.codes["return_reason"]:
        detail = "差し戻しの理由を選んでください。"
        raise InvalidInput.field("reason", code="unknown-code", detail=detail)
    if suggest is not None and suggest not in acting.plan.agencies:
        raise InvalidInput.field("suggest", code="unknown-agency", detail="一覧にない機関です。")
    turn = await take_turn(connection, leg_id, Action.RETURN, at, acting)
    if suggest is not None:
        await _refuse_nowhere(connection, suggest, turn.leg, acting)
    after = after_return(turn.moved, turn.leg, acting.plan.coordinator)
    await note_act(
        connection,
        turn.case.id,
        "return",
        turn.at,
        acting,
        leg_id=leg_id,
        reason=reason,
        note=note,
        suggest=suggest,
    )
    returned = ReferralReturnedV1(
        **leg_words(after.case, turn.leg), reason=reason, suggested=suggest
    )
    events = [happened(after.case, returned, turn.at, acting)]
    if reason == NO_CAPACITY:
        unmet = UnmetNeedRecordedV1(
            case_id=turn.case.id,
            consultation_id=turn.case.consultation_id,
            kind=NO_CAPACITY,
            agency=turn.leg.receiver,
        )
        events.append(happened(after.case, unmet, turn.at, acting))
    events += await note_bound(connection, turn.case, after.case, "second-return", turn.at, acting)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)
