"""Who acts on a case, when, and what every act leaves behind: history and events."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg
from services.referral.storage import history
from services.referral.storage.history import Act
from shared.contracts import CaseEscalatedV1, Contract, HolderChangedV1
from shared.errors import InvalidInput, NotFound
from shared.identity.principal import Principal, Role
from shared.messaging.event import Cause, Event
from shared.messaging.outbox import Outbox
from shared.plan import Plan

GRACE = timedelta(minutes=5)
#: In the history, those who act for no agency: an administrator, and a term that runs.
ADMINISTRATOR = "administrator"
SYSTEM = "system"
#: The one cause of a changed holder that is a bound and an act of the coordinator alike.
TAKE_OVER = "take-over"
_NO_AGENCY = {ADMINISTRATOR: "管理者", SYSTEM: "期限のお知らせ"}


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
        """The agency that acts; an administrator acts for none."""
        return self.principal.agency or ADMINISTRATOR

    @property
    def receives(self) -> bool:
        """Whether this account does what receivers do."""
        return self.principal.role is Role.AGENCY


def name_of(agency: str, plan: Plan) -> str:
    """The name of an agency, or of one who acts for none."""
    return _NO_AGENCY.get(agency) or plan.agency_name(agency)


def not_found() -> NotFound:
    """The same answer for what is not there and for what is not the caller's to see."""
    return NotFound("referral-not-found", "このつなぎは見つかりませんでした。")


def case_not_found() -> NotFound:
    """The same, for a case."""
    return NotFound("case-not-found", "このケースは見つかりませんでした。")


def moment_of(at: datetime | None, now: datetime, not_before: datetime) -> datetime:
    """When an act happened. Without a time it is now, and never before the act before it.

    A time of whole minutes, as forms send it, may be in the minute of the act before it.

    Raises InvalidInput for a time in the future, or before the act that went before it.
    """
    if at is None:
        return max(now, not_before)
    if at > now + GRACE:
        raise InvalidInput.field("at", code="in-the-future", detail="日時が未来になっています。")
    if at == not_before.replace(second=0, microsecond=0):
        return not_before
    if at < not_before:
        detail = "前の操作より早い日時になっています。"
        raise InvalidInput.field("at", code="too-early", detail=detail)
    return at


def asked_already(agency: str, plan: Plan) -> str:
    """Why an agency is not asked for a second leg of a case."""
    return f"{plan.agency_name(agency)}には、このケースをもうつないでいます。"


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


def case_words(case: Case) -> dict[str, Any]:
    """What every event about a case says of it."""
    return {"case_id": case.id, "consultation_id": case.consultation_id}


def happened(case: Case, data: Contract, at: datetime, acting: Acting) -> Event:
    """An event about this case."""
    return Event.of(data, subject=case.id, time=at, cause=acting.cause)


def holder_events(
    before: Case, after: Case, cause: str, at: datetime, acting: Acting
) -> list[Event]:
    """The event of a changed holder, or of a coordinator who held already, if there is one."""
    events = []
    if before.holder != after.holder:
        data = HolderChangedV1(
            **case_words(after), previous=before.holder, holder=after.holder, cause=cause
        )
        events.append(happened(after, data, at, acting))
    if after.escalated and not before.escalated:
        escalated = CaseEscalatedV1(**case_words(after), cause=cause)
        events.append(happened(after, escalated, at, acting))
    return events


async def note_bound(
    connection: AsyncConnection, before: Case, after: Case, cause: str, at: datetime, acting: Acting
) -> list[Event]:
    """Note what a bound did to the holder, which no act of anybody tells; the events of it.

    `cause` is the bound; a take-over is an act of its own, and only its flag is noted.
    """
    acts = []
    if before.holder != after.holder and cause != TAKE_OVER:
        acts.append("held")
    if after.escalated and not before.escalated:
        acts.append("escalated")
    for action in acts:
        act = Act(
            action=action,
            leg_id=None,
            agency=SYSTEM,
            actor=_NO_AGENCY[SYSTEM],
            detail={"to": after.holder, "cause": cause},
            happened_at=at,
            recorded_at=acting.now,
        )
        await history.note(connection, after.id, act)
    return holder_events(before, after, cause, at, acting)


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
