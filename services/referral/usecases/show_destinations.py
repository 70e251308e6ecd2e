"""Whom a case could go to: the plan's own suggestions first, and nobody who is not there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import AgencyDay, Door, suggested
from services.referral.domain.case import LIVE, LegState
from services.referral.storage import agencies
from services.referral.usecases.acting import Acting
from services.referral.usecases.show_cases import ShownCase
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.routing import Suggestion


@dataclass(frozen=True, slots=True)
class Destinations:
    """Agencies to choose from, as code and words.

    `proposed` is whom the receiver of a returned leg proposed, by leg; `paused` who stands in
    for an agency of the case that takes no offers now; `former` are those that are no more.
    """

    named: list[Suggestion]
    offering: list[tuple[str, str]]
    returning: list[tuple[str, str]]
    proposed: dict[UUID, str]
    paused: dict[str, str]
    former: frozenset[str]


async def current_day(connection: AsyncConnection, plan: Plan, now: datetime) -> AgencyDay:
    """How all agencies stand today."""
    return await agencies.on_day(connection, plan, japanese_day(now))


async def show_destinations(
    connection: AsyncConnection, shown: ShownCase, acting: Acting
) -> Destinations:
    """Whom this agency may offer the case to, and whom it may propose when it returns a leg."""
    plan = acting.plan
    day = await current_day(connection, plan, acting.now)
    facts = shown.case.facts
    found = suggested(day, shown.case.topics, facts.get("age_band"), facts.get("district"))
    named = [one for one in found if one.agency != acting.agency]
    legs = [entry.leg for entry in shown.legs]
    returned = {leg.receiver for leg in legs if leg.state is LegState.RETURNED}
    asked = {leg.receiver for leg in legs if leg.state in LIVE}
    involved = {leg.receiver for leg in legs} | {leg.instead_of for leg in legs if leg.instead_of}
    order = list(dict.fromkeys([*(one.agency for one in named), *plan.agencies]))
    there = [
        name
        for name in order
        if name != acting.agency and day.door(name) in (Door.OPEN, Door.PAUSED)
    ]
    returning = [name for name in there if name not in returned]
    return Destinations(
        named=named,
        offering=[(name, _words(name, day, acting)) for name in there],
        returning=[(name, _words(name, day, acting)) for name in returning],
        proposed=_proposed(shown, there, asked),
        paused={name: day.pauses[name].substitute for name in involved & day.pauses.keys()},
        former=frozenset(
            name for name in involved if day.door(name) in (Door.ENDED, Door.SUCCEEDED)
        ),
    )


def _words(agency: str, day: AgencyDay, acting: Acting) -> str:
    name = acting.plan.agency_name(agency)
    if day.door(agency) is not Door.PAUSED:
        return name
    desk = day.desk_for(agency, acting.agency)
    if desk is None:
        return f"{name}（受け入れ停止中）"
    return f"{name}（受け入れ停止中。{acting.plan.agency_name(desk)}に届きます）"


def _proposed(shown: ShownCase, there: list[str], asked: set[str]) -> dict[UUID, str]:
    """The last proposal on each returned leg, unless that agency is asked already."""
    returned = {entry.leg.id for entry in shown.legs if entry.leg.state is LegState.RETURNED}
    found = {
        act.leg_id: act.detail.get("suggest")
        for act in shown.acts
        if act.action == "return" and act.leg_id in returned
    }
    return {
        leg_id: agency
        for leg_id, agency in found.items()
        if leg_id is not None and agency in there and agency not in asked
    }
