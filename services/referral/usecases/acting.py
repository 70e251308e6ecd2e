"""Take a turn on a leg: lock its case, check who may do what, and store what follows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg
from services.referral.domain.sight import is_party
from services.referral.domain.transitions import (
    RECEIVERS_ALONE,
    Action,
    allowed_actions,
    next_state,
    sides_of,
)
from services.referral.storage import cases, history
from services.referral.storage.history import Act
from shared.contracts import Contract, HolderChangedV1
from shared.errors import Conflict, Forbidden, InvalidInput, NotFound
from shared.identity.principal import Principal, Role
from shared.messaging.event import Cause, Event
from shared.messaging.outbox import Outbox
from shared.plan import Plan

GRACE = timedelta(minutes=5)
_STATES = {
    "offered": "受付待ち",
    "accepted": "受け入れ済み",
    "supporting": "支援中",
    "returned": "差し戻し済み",
    "withdrawn": "取り下げ済み",
    "handed-on": "引き継ぎ済み",
    "closed": "終了済み",
    "void": "取消済み",
}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, when, under which plan, and what the events that follow will name as cause."""

    principal: Principal
    plan: Plan
    outbox: Outbox
    now: datetime
    cause: Cause

    @property
    def agency(self) -> str:
        """The agency that acts; the routes let nobody in without one."""
        if self.principal.agency is None:
            raise InvalidInput("no-agency", "機関に属さないアカウントではできません。")
        return self.principal.agency

    @property
    def receives(self) -> bool:
        """Whether this account does what receivers do."""
        return self.principal.role is Role.AGENCY


@dataclass(frozen=True, slots=True)
class Turn:
    """A leg and its case, locked, with what this act may change."""

    case: Case
    leg: Leg
    legs: tuple[Leg, ...]
    at: datetime


def not_found() -> NotFound:
    """The same answer for what is not there and for what is not the caller's to see."""
    return NotFound("referral-not-found", "このつなぎは見つかりませんでした。")


def check_moment(at: datetime, now: datetime, not_before: datetime) -> None:
    """Raise InvalidInput for an act in the future, or before the act that went before it."""
    if at > now + GRACE:
        raise InvalidInput.field("at", code="in-the-future", detail="日時が未来になっています。")
    if at < not_before:
        detail = "前の操作より早い日時になっています。"
        raise InvalidInput.field("at", code="too-early", detail=detail)


async def take_turn(
    connection: AsyncConnection,
    leg_id: UUID,
    action: Action,
    at: datetime | None,
    acting: Acting,
) -> Turn:
    """The leg, ready for this action and moved to the state that follows.

    Raises Forbidden for an account that never may, NotFound for one who is no party, and Conflict
    with `allowed` where the table has no such line: two who act at once take turns, and the second
    is told what the first did.
    """
    if action in RECEIVERS_ALONE and not acting.receives:
        raise Forbidden("forbidden", "つなぎへの返答は、機関のアカウントでしてください。")
    case_id = await cases.case_of_leg(connection, leg_id)
    case = None if case_id is None else await cases.find(connection, case_id, lock=True)
    if case is None:
        raise not_found()
    legs = await cases.legs_of(connection, case.id)
    leg = next(known for known in legs if known.id == leg_id)
    coordinator = acting.plan.coordinator
    sides = sides_of(acting.agency, case, leg, coordinator, receives=acting.receives)
    if not (is_party(acting.agency, case, legs, coordinator) or leg.receiver == acting.agency):
        raise not_found()
    state = next_state(action, leg.state, sides)
    if state is None:
        raise Conflict(
            "not-now",
            f"このつなぎは{_STATES[leg.state]}です。いまこの操作はできません。",
            extra={
                "allowed": [str(name) for name in allowed_actions(leg.state, sides)],
                "state": str(leg.state),
            },
        )
    moment = at or acting.now
    check_moment(moment, acting.now, leg.acted_at)
    moved = replace(leg, state=state, acted_at=moment)
    return Turn(case, moved, legs, moment)


def leg_words(case: Case, leg: Leg) -> dict[str, Any]:
    """What every event about a leg says of it."""
    return {
        "case_id": case.id,
        "referral_id": leg.id,
        "consultation_id": case.consultation_id,
        "sender": leg.sender,
        "receiver": leg.receiver,
        "lead": leg.lead,
    }


def happened(case: Case, data: Contract, at: datetime, acting: Acting) -> Event:
    """An event about this case."""
    return Event.of(data, subject=case.id, time=at, cause=acting.cause)


def holder_events(
    before: Case, after: Case, cause: str, at: datetime, acting: Acting
) -> list[Event]:
    """The event of a changed holder, if it changed."""
    if before.holder == after.holder:
        return []
    data = HolderChangedV1(
        case_id=after.id,
        consultation_id=after.consultation_id,
        previous=before.holder,
        holder=after.holder,
        cause=cause,
    )
    return [happened(after, data, at, acting)]


async def note_act(
    connection: AsyncConnection,
    case_id: UUID,
    action: str,
    at: datetime,
    acting: Acting,
    *,
    leg_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Add an act to the history of the case."""
    act = Act(
        action=action,
        leg_id=leg_id,
        agency=acting.agency,
        actor=acting.principal.name,
        detail=detail,
        happened_at=at,
        recorded_at=acting.now,
    )
    await history.note(connection, case_id, act)


async def finish(
    connection: AsyncConnection, turn: Turn, after: Case, events: list[Event], acting: Acting
) -> Leg:
    """Store the leg, the case where it changed, and the events."""
    await cases.change_leg(connection, turn.leg)
    if after != turn.case:
        await cases.change(connection, after)
    await acting.outbox.append(connection, events)
    return turn.leg
