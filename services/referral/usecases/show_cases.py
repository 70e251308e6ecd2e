"""What an agency sees: its inbox, its cases, and one case as far as the basis lets it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import AgencyDay
from services.referral.domain.case import LIVE, Case, Leg
from services.referral.domain.clocks import RunningClock, Term, clocks_of, owed_by_leg, terms_of
from services.referral.domain.conference import Conference, seen_by
from services.referral.domain.holding import Standing
from services.referral.domain.inbox import InboxCounts, InboxQuestion
from services.referral.domain.sharing import allowed_sharing, stands
from services.referral.domain.sight import (
    Sight,
    act_as_seen,
    case_as_seen,
    is_party,
    joined_by_code,
    leg_as_seen,
    sight_of,
)
from services.referral.domain.support_plan import SupportPlan, sees_plan
from services.referral.domain.transitions import (
    allowed_case_actions,
    hindrance,
    owed_to_close,
    sides_of,
    table_actions,
    transcribes,
)
from services.referral.storage import agencies, cases, conferences, history, inbox, listing, plans
from services.referral.storage.history import Act, Contact
from services.referral.storage.listing import CasesQuestion
from services.referral.usecases.acting import Acting, case_not_found
from shared.japanese_time import japanese_day
from shared.plan import Plan

EVERYTHING = InboxQuestion()
#: A page says 「1,000件以上」 from here on.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """A leg as this agency sees it, and what it may do to it now. `stands`: its basis holds.

    `hindered` is what its side would let it do, with what is in the way; `owed` are the contacts
    for which its terms wait. `terms` run on it. `contacts` are the receiver's own, or of who types
    for it.
    """

    leg: Leg
    terms: list[Term]
    overdue: bool
    stands: bool
    allowed: list[str]
    hindered: dict[str, str]
    owed: list[str]
    sharing: list[str]
    contacts: list[Contact]


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as this agency sees it: what its sight does not show is not in these values.

    `terms` run on the case itself; those of a topic show only where the topic does. `owed` are
    the contacts for which it waits before this agency may end it.
    """

    case: Case
    sight: Sight
    terms: list[Term]
    legs: list[ShownLeg]
    acts: list[Act]
    overdue: bool
    allowed: list[str]
    owed: list[str]
    conferences: list[Conference]
    plans: list[SupportPlan]


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


def inbox_entry(case: Case, leg: Leg, agency: str, plan: Plan, now: datetime) -> InboxEntry:
    """A leg as its receiver's inbox shows it, as far as the basis lets it."""
    today = japanese_day(now)
    sight = sight_of(agency, case, (leg,), plan, today)
    seen = leg_as_seen(leg, sight, plan, today) or leg
    return InboxEntry(case_as_seen(case, sight, plan), seen, is_overdue(leg, now))


async def show_inbox(
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    question: InboxQuestion = EVERYTHING,
    limit: int = 100,
) -> list[InboxEntry]:
    """The open legs that this agency receives, those with the least time left first."""
    found = await inbox.inbox_of(connection, agency, question, plan, now, limit=limit)
    return [inbox_entry(case, leg, agency, plan, now) for case, leg in found]


async def count_inbox(connection: AsyncConnection, acting: Acting) -> InboxCounts:
    """How much waits, each counted up to `MOST_COUNTED` and no further."""
    return await inbox.counts_of(
        connection,
        acting.agency,
        acting.principal.key,
        acting.plan,
        acting.now,
        most=MOST_COUNTED,
    )


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
    mine = [leg.id for leg in seen.values() if leg.receiver == agency or transcribes(agency, leg)]
    joined = joined_by_code(agency, case, legs, plan.coordinator)
    discussed = set[UUID]() if joined else {case_id}
    contacts = await history.contacts_of(connection, mine)
    running = clocks_of(case, legs, plan)
    day = await agencies.on_day(connection, plan, today)
    return ShownCase(
        case=case_as_seen(case, sight, plan),
        sight=sight,
        terms=terms_of(running, None, plan) if "topics" in sight.facts else [],
        legs=[
            _shown_leg(agency, standing, leg, running, contacts, day, now, receives=receives)
            for leg in seen.values()
        ],
        acts=acts_as_seen(await history.of_case(connection, case_id), seen, sight),
        overdue=is_case_overdue(Standing(case, tuple(seen.values())), now),
        allowed=[*map(str, allowed_case_actions(agency, case, legs, plan))],
        owed=owed_to_close(agency, case, legs, plan) if "topics" in sight.facts else [],
        conferences=[
            here
            for held in await conferences.of_case(connection, case_id)
            if (sight.follows or held.attends(agency))
            and (here := seen_by(held, agency, discussed, held.cases)) is not None
        ],
        plans=await plans.of_case(connection, case_id)
        if sees_plan(case, legs, sight, plan.coordinator)
        else [],
    )


async def may_see(connection: AsyncConnection, case_id: UUID, acting: Acting) -> bool:
    """Whether this agency is a party to the case as it stands now."""
    found = await cases.standing(connection, case_id)
    coordinator = acting.plan.coordinator
    return found is not None and is_party(acting.agency, found.case, found.legs, coordinator)


def _shown_leg(
    agency: str,
    at: Standing,
    leg: Leg,
    running: list[RunningClock],
    contacts: Mapping[UUID, list[Contact]],
    day: AgencyDay,
    now: datetime,
    *,
    receives: bool,
) -> ShownLeg:
    plan = day.plan
    sides = sides_of(agency, at.case, leg, plan.coordinator, receives=receives)
    found = {one: hindrance(one, leg, at.legs, day) for one in table_actions(leg, sides)}
    return ShownLeg(
        leg=leg,
        terms=terms_of(running, leg.id, plan),
        overdue=is_overdue(leg, now),
        stands=stands(leg, day.day),
        allowed=[str(one) for one, in_the_way in found.items() if in_the_way is None],
        hindered={str(one): str(what) for one, what in found.items() if what is not None},
        owed=owed_by_leg(leg, plan),
        sharing=[*map(str, allowed_sharing(agency, at.case, leg, plan.coordinator))],
        contacts=contacts.get(leg.id, []),
    )


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
    connection: AsyncConnection,
    agency: str,
    plan: Plan,
    now: datetime,
    *,
    question: CasesQuestion,
    limit: int,
) -> list[Standing]:
    """The newest cases that this agency is a party to; others are not even counted.

    Each is shown as far as the agency sees it.
    """
    found = await listing.cases_of(connection, agency, plan, question, now, limit=limit)
    return [standing_as_seen(one, agency, plan, japanese_day(now)) for one in found]


def standing_as_seen(standing: Standing, agency: str, plan: Plan, today: date) -> Standing:
    """A case with those of its legs that this party sees."""
    sight = sight_of(agency, standing.case, standing.legs, plan, today)
    seen = (leg_as_seen(leg, sight, plan, today) for leg in standing.legs)
    return Standing(case_as_seen(standing.case, sight, plan), tuple(leg for leg in seen if leg))
