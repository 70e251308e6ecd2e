"""What an agency sees: its inbox, its cases, and one case as far as the basis lets it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.holding import Standing
from services.referral.domain.sharing import allowed_sharing, stands
from services.referral.domain.sight import (
    Sight,
    act_as_seen,
    case_as_seen,
    is_party,
    leg_as_seen,
    sight_of,
)
from services.referral.domain.transitions import allowed_actions, allowed_case_actions, sides_of
from services.referral.storage import cases, history, listing
from services.referral.storage.history import Act
from services.referral.usecases.acting import case_not_found
from shared.japanese_time import japanese_day
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """A leg as this agency sees it, and what it may do to it now. `stands`: its basis holds."""

    leg: Leg
    overdue: bool
    stands: bool
    allowed: list[str]
    sharing: list[str]


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as this agency sees it: what its sight does not show is not in these values."""

    case: Case
    sight: Sight
    legs: list[ShownLeg]
    acts: list[Act]
    overdue: bool
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """One open leg of this receiver, with its case as far as the basis of the leg shows it."""

    case: Case
    leg: Leg
    overdue: bool


def is_overdue(leg: Leg, now: datetime) -> bool:
    """Whether a term of this leg ran out: to answer, to give a sign of work, to decide."""
    return leg.state in LIVE and leg.due_at < now


def is_case_overdue(standing: Standing, now: datetime) -> bool:
    """Whether a term of the case or of one of its legs ran out."""
    due = standing.case.due_at
    return (due is not None and due < now) or any(is_overdue(leg, now) for leg in standing.legs)


async def show_inbox(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    limit: int = 100,
    after: UUID | None = None,
) -> list[InboxEntry]:
    """The open legs that this agency receives, those with the least time left first."""
    entries, today = [], japanese_day(now)
    for case, leg in await listing.inbox_of(connection, agency, limit=limit, after=after):
        sight = sight_of(agency, case, (leg,), plan, today)
        seen = leg_as_seen(leg, sight, plan, today) or leg
        entries.append(InboxEntry(case_as_seen(case, sight), seen, is_overdue(leg, now)))
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
    standing = await cases.standing(connection, case_id)
    if standing is None or not is_party(agency, standing.case, standing.legs, plan.coordinator):
        raise case_not_found()
    case, legs, today = standing.case, standing.legs, japanese_day(now)
    sight = sight_of(agency, case, legs, plan, today)
    seen = {leg.id: found for leg in legs if (found := leg_as_seen(leg, sight, plan, today))}
    return ShownCase(
        case=case_as_seen(case, sight),
        sight=sight,
        legs=[
            ShownLeg(
                leg=leg,
                overdue=is_overdue(leg, now),
                stands=stands(leg, today),
                allowed=_allowed(agency, case, leg, plan, receives=receives),
                sharing=[*map(str, allowed_sharing(agency, case, leg, plan.coordinator))],
            )
            for leg in seen.values()
        ],
        acts=acts_as_seen(await history.of_case(connection, case_id), seen, sight),
        overdue=is_case_overdue(standing, now),
        allowed=[
            str(action) for action in allowed_case_actions(agency, case, legs, plan.coordinator)
        ],
    )


def _allowed(agency: str, case: Case, leg: Leg, plan: Plan, *, receives: bool) -> list[str]:
    sides = sides_of(agency, case, leg, plan.coordinator, receives=receives)
    return [str(action) for action in allowed_actions(leg.state, sides)]


def acts_as_seen(acts: Iterable[Act], legs: Mapping[UUID, Leg], sight: Sight) -> list[Act]:
    """The acts that this sight shows, each with what it shows of it; `legs` are those it sees."""
    shown = []
    for act in acts:
        leg = None if act.leg_id is None else legs.get(act.leg_id)
        if act.leg_id is not None and leg is None:
            continue
        detail = act_as_seen(act.agency, leg, act.detail, sight)
        if detail is not None:
            shown.append(replace(act, detail=detail))
    return shown


async def list_cases(
    connection: AsyncConnection, agency: str, plan: Plan, now: datetime, *, limit: int = 100
) -> list[Standing]:
    """The newest cases that this agency is a party to, each as far as it sees it."""
    near = await listing.cases_near(connection, agency, limit=limit)
    parties = [one for one in near if is_party(agency, one.case, one.legs, plan.coordinator)]
    return [standing_as_seen(one, agency, plan, japanese_day(now)) for one in parties]


def standing_as_seen(standing: Standing, agency: str, plan: Plan, today: date) -> Standing:
    """A case with those of its legs that this party sees."""
    sight = sight_of(agency, standing.case, standing.legs, plan, today)
    seen = (leg_as_seen(leg, sight, plan, today) for leg in standing.legs)
    return Standing(case_as_seen(standing.case, sight), tuple(leg for leg in seen if leg))
