"""What is done to a case as a whole: the coordinator takes it over, its holder closes it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import CaseState
from services.referral.domain.holding import Standing, hold_by_coordinator
from services.referral.domain.transitions import CaseAction
from services.referral.usecases.acting import (
    TAKE_OVER,
    Acting,
    case_words,
    happened,
    moment_of,
    note_act,
    note_bound,
)
from services.referral.usecases.support import check_end, refuse_unseen
from services.referral.usecases.turns import finish, take_case_turn
from shared.contracts import CaseClosedV1
from shared.errors import InvalidInput


async def take_over(
    connection: AsyncConnection, case_id: UUID, reason: str, at: datetime | None, acting: Acting
) -> Standing:
    """The coordinator holds from now on; a former lead leg goes on as a side leg."""
    before = await take_case_turn(connection, case_id, CaseAction.TAKE_OVER, acting)
    moment = moment_of(at, acting.now, before.case.opened_at)
    after = hold_by_coordinator(before, acting.plan.coordinator, moment)
    await note_act(connection, case_id, "take-over", moment, acting, reason=reason)
    events = await note_bound(connection, before.case, after.case, TAKE_OVER, moment, acting)
    return await finish(connection, before, after, events, moment, acting)


async def close_case(
    connection: AsyncConnection,
    case_id: UUID,
    *,
    end: str,
    outcome: str,
    ended_by: str,
    note: str | None,
    at: datetime | None,
    acting: Acting,
) -> Standing:
    """End the case once all legs have: completed 終結 or suspended 中断.

    Its holder stays 主担当 of record. Raises InvalidInput for an end without outcome or side,
    Conflict where a child has not been seen.
    """
    if end not in acting.plan.codes["case_end"]:
        raise InvalidInput.field("end", code="unknown-code", detail="終結か中断を選んでください。")
    check_end(outcome, ended_by, acting)
    before = await take_case_turn(connection, case_id, CaseAction.CLOSE, acting)
    refuse_unseen(before, acting)
    last = max((leg.acted_at for leg in before.legs), default=before.case.opened_at)
    moment = moment_of(at, acting.now, last)
    case = replace(before.case, state=CaseState(end), outcome=outcome, ended_by=ended_by)
    await note_act(
        connection,
        case_id,
        "close-case",
        moment,
        acting,
        end=end,
        outcome=outcome,
        ended_by=ended_by,
        note=note,
    )
    data = CaseClosedV1(
        **case_words(case), holder=case.holder, end=end, outcome=outcome, ended_by=ended_by
    )
    events = [happened(case, data, moment, acting)]
    return await finish(connection, before, before.with_case(case), events, moment, acting)
