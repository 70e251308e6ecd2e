"""What an agency sees of conferences: its own, one with its sheet, and what it may convene on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg
from services.referral.domain.conference import Conference, consented, seen_by, sight_in
from services.referral.domain.holding import Standing
from services.referral.domain.sight import case_as_seen, is_party, joined_by_code, sight_of
from services.referral.domain.support_plan import SupportPlan, draft_of, in_force, sees_plan
from services.referral.domain.transitions import (
    CaseAction,
    allowed_case_actions,
    owed_to_close,
)
from services.referral.storage import agencies, cases, conferences, plans
from services.referral.usecases.acting import Acting
from services.referral.usecases.check_conference import check_case, check_words
from shared.database import as_service
from shared.errors import InvalidInput, NotFound, Problem
from shared.japanese_time import japanese_day
from shared.plan import Plan

#: So many cases stand on an agenda to choose from, those that the agency holds first.
MOST = 200


@dataclass(frozen=True, slots=True)
class ShownConference:
    """A conference as this agency sees it. `cases` are those shown, by id, as far as it sees them.

    `party_to` are the cases it may open, `hidden` is how many are not shown to it.
    """

    conference: Conference
    cases: dict[UUID, Case]
    party_to: frozenset[UUID]
    hidden: int
    attended: bool


@dataclass(frozen=True, slots=True)
class AgendaCase:
    """An open case on which this agency may convene, as it sees it, and what to decide on it."""

    case: Case
    consented: bool
    ended: bool
    owed: list[str]
    draft: SupportPlan | None
    plan: SupportPlan | None


async def see_conference(
    connection: AsyncConnection, held: Conference | None, acting: Acting
) -> ShownConference:
    """The conference as this agency sees it; NotFound for one who has nothing to do with it."""
    shown = None if held is None else (await _seen(connection, [held], acting))
    if not shown:
        raise NotFound("conference-not-found", "この会議は見つかりませんでした。")
    return shown[0]


async def show_conference(
    connection: AsyncConnection, conference_id: UUID, acting: Acting
) -> ShownConference:
    """One conference by its id; refusals as in `see_conference`."""
    held = await conferences.find(connection, conference_id)
    return await see_conference(connection, held, acting)


async def list_conferences(
    connection: AsyncConnection, acting: Acting, *, limit: int = 100
) -> list[ShownConference]:
    """The newest conferences in which this agency took part."""
    held = await conferences.of_agency(connection, acting.agency, limit=limit)
    return await _seen(connection, held, acting)


async def _seen(
    connection: AsyncConnection, held: list[Conference], acting: Acting
) -> list[ShownConference]:
    agency, plan, today = acting.agency, acting.plan, japanese_day(acting.now)
    wanted = {case_id for one in held for case_id in one.cases}
    standings = await conferences.standings(connection, wanted)
    shielded = {
        case_id
        for case_id in wanted
        if case_id not in standings or standings[case_id].case.shielded
    }
    party_to = frozenset(
        case_id
        for case_id, one in standings.items()
        if is_party(agency, one.case, one.legs, plan.coordinator)
        and not joined_by_code(agency, one.case, one.legs, plan.coordinator)
    )
    sights = {
        case_id: sight_of(agency, standings[case_id].case, standings[case_id].legs, plan, today)
        for case_id in party_to
    }
    follows = {case_id for case_id, sight in sights.items() if sight.follows}
    others = await _legs_of_others(connection, standings.keys() - party_to)
    shown = []
    for one in held:
        attended = one.attends(agency)
        seen = seen_by(one, agency, party_to if attended else follows, shielded)
        if seen is None:
            continue
        known = {}
        for case_id in seen.cases:
            sight = sights.get(case_id) or sight_in(one, agency, others.get(case_id, ()), today)
            known[case_id] = case_as_seen(standings[case_id].case, sight, plan)
        hidden = len(one.cases) - len(seen.cases) if attended else 0
        shown.append(ShownConference(seen, known, party_to & set(seen.cases), hidden, attended))
    return shown


async def _legs_of_others(
    connection: AsyncConnection, case_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Leg]]:
    """Legs of cases to which this agency is no party, for one answer: does the consent stand?"""
    if not case_ids:
        return {}
    async with as_service(connection):
        return await cases.legs_of_cases(connection, case_ids)


async def show_agenda(
    connection: AsyncConnection, acting: Acting, *, limit: int = MOST
) -> list[AgendaCase]:
    """The open cases on which this agency may convene: those that it holds come first."""
    of_others = acting.agency == acting.plan.coordinator
    found = await conferences.open_cases(
        connection, acting.agency, of_others=of_others, limit=limit
    )
    return await _agenda(connection, found, acting)


async def _agenda(
    connection: AsyncConnection, found: Iterable[Standing], acting: Acting
) -> list[AgendaCase]:
    agency, plan, today = acting.agency, acting.plan, japanese_day(acting.now)
    mine = [
        one
        for one in found
        if is_party(agency, one.case, one.legs, plan.coordinator)
        and CaseAction.CONVENE in allowed_case_actions(agency, one.case, one.legs, plan)
    ]
    sights = {one.case.id: sight_of(agency, one.case, one.legs, plan, today) for one in mine}
    read = [
        one.case.id
        for one in mine
        if sees_plan(one.case, one.legs, sights[one.case.id], plan.coordinator)
    ]
    versions = await plans.of_cases(connection, read)
    return [
        AgendaCase(
            case=case_as_seen(one.case, sights[one.case.id], plan),
            consented=consented(one.legs, today),
            ended=CaseAction.CLOSE in allowed_case_actions(agency, one.case, one.legs, plan),
            owed=owed_to_close(agency, one.case, one.legs, plan)
            if "topics" in sights[one.case.id].facts
            else [],
            draft=draft_of(versions.get(one.case.id, ())),
            plan=in_force(versions.get(one.case.id, ())),
        )
        for one in mine
    ]


async def watch_agenda(
    connection: AsyncConnection, conference: Conference, acting: Acting
) -> list[AgendaCase | None]:
    """The same cases for a page that is open already: None for one that went from the agenda."""
    found = await conferences.standings(connection, conference.cases)
    agenda = {one.case.id: one for one in await _agenda(connection, found.values(), acting)}
    return [
        agenda.get(case_id) if _may_speak_of(conference, found.get(case_id), acting.plan) else None
        for case_id in conference.cases
    ]


def _may_speak_of(conference: Conference, standing: Standing | None, plan: Plan) -> bool:
    if standing is None:
        return False
    try:
        check_case(conference, standing, plan)
    except Problem:
        return False
    return True


async def prepare_conference(
    connection: AsyncConnection, conference: Conference, acting: Acting
) -> list[AgendaCase]:
    """What there is to decide on the cases of a conference that is about to be recorded.

    Nothing is stored. Refusals as when it is recorded; a case that is not there to convene on is
    refused as one that is not on the agenda, whoever asks.
    """
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    check_words(conference, day, acting)
    found = await conferences.standings(connection, conference.cases)
    agenda = {one.case.id: one for one in await _agenda(connection, found.values(), acting)}
    for case_id in conference.cases:
        if case_id not in agenda:
            detail = "いま会議で話し合えないケースが入っています。選び直してください。"
            raise InvalidInput.field("cases", code="not-on-agenda", detail=detail)
        check_case(conference, found[case_id], acting.plan)
    return [agenda[case_id] for case_id in conference.cases]
