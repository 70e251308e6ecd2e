"""What an agency sees: its inbox, its cases, and one case as far as the basis lets it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.sight import is_party, visible_facts
from services.referral.domain.transitions import allowed_actions, sides_of
from services.referral.storage import cases, history
from services.referral.storage.history import Act
from shared.errors import NotFound
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """A leg, and what this agency may do to it now."""

    leg: Leg
    overdue: bool
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as this agency sees it: `facts` holds only what the basis shows."""

    case: Case
    code: str | None
    facts: dict[str, str]
    reason_visible: bool
    urgency_visible: bool
    legs: list[ShownLeg]
    acts: list[Act]
    may_offer: bool

    @property
    def overdue(self) -> bool:
        """Whether a leg waits for longer than it should."""
        return any(shown.overdue for shown in self.legs)


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One open leg of this receiver."""

    case: Case
    leg: Leg
    overdue: bool
    urgency_visible: bool
    reason_visible: bool


def is_overdue(leg: Leg, now: datetime) -> bool:
    """Whether the receiver should have answered by now."""
    return leg.state is LegState.OFFERED and leg.due_at < now


async def show_inbox(
    connection: AsyncConnection, agency: str, plan: Plan, now: datetime
) -> list[InboxEntry]:
    """The open legs that this agency receives, those with the least time left first."""
    entries = []
    for case, leg in await cases.inbox_of(connection, agency):
        seen = visible_facts(agency, case, (leg,), plan)
        entries.append(
            InboxEntry(case, leg, is_overdue(leg, now), "urgency" in seen, "reason" in seen)
        )
    return entries


async def show_case(
    connection: AsyncConnection,
    case_id: UUID,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    receives: bool,
) -> ShownCase:
    """One case, with what an account that `receives` may do.

    Raises NotFound for one who is not a party, as if the case were not there.
    """
    case = await cases.find(connection, case_id)
    legs = () if case is None else await cases.legs_of(connection, case_id)
    if case is None or not is_party(agency, case, legs, plan.coordinator):
        raise NotFound("case-not-found", "このケースは見つかりませんでした。")
    seen = visible_facts(agency, case, legs, plan)
    return ShownCase(
        case=case,
        code=case.code if agency == case.desk else None,
        facts={name: value for name, value in case.facts.items() if name in seen},
        reason_visible="reason" in seen,
        urgency_visible="urgency" in seen,
        legs=[
            ShownLeg(
                leg,
                is_overdue(leg, now),
                [
                    str(action)
                    for action in allowed_actions(
                        leg.state,
                        sides_of(agency, case, leg, plan.coordinator, receives=receives),
                    )
                ],
            )
            for leg in legs
        ],
        acts=await history.of_case(connection, case_id),
        may_offer=case.state == "open" and agency in (case.holder, plan.coordinator),
    )


async def list_cases(
    connection: AsyncConnection, agency: str, plan: Plan, *, limit: int = 100
) -> list[tuple[Case, tuple[Leg, ...]]]:
    """The newest cases that this agency is a party to."""
    near = await cases.cases_near(connection, agency, limit=limit)
    return [(case, legs) for case, legs in near if is_party(agency, case, legs, plan.coordinator)]
