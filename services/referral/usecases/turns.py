"""Take a turn on a case: lock it, check who may do what, and store what follows in one piece."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import AgencyDay
from services.referral.domain.case import Case, CaseState, Leg
from services.referral.domain.clocks import clocks_of, first_due
from services.referral.domain.holding import Standing, settled
from services.referral.domain.ladder import foot
from services.referral.domain.sight import is_party, joined_by_code, parties, sees_leg
from services.referral.domain.transitions import (
    RECEIVERS_ALONE,
    Action,
    CaseAction,
    Hindrance,
    allowed_actions,
    allowed_case_actions,
    hindrance,
    next_state,
    sides_of,
    table_case_actions,
    transcribes,
)
from services.referral.storage import agencies, cases, clocks, history, news
from services.referral.usecases.acting import (
    Acting,
    case_not_found,
    case_words,
    happened,
    moment_of,
    name_of,
    not_found,
)
from shared.contracts import CaseVoidedV1
from shared.database import as_service
from shared.errors import Conflict, Forbidden, Problem
from shared.japanese_time import japanese_day, written
from shared.messaging.event import Event
from shared.plan import Plan

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
class Turn:
    """A case, locked, as it stood; one of its legs as this act moves it; and when it happened.

    `agencies` is how they all stand on that day.
    """

    before: Standing
    leg: Leg
    at: datetime
    agencies: AgencyDay

    @property
    def case(self) -> Case:
        """The case as it stood."""
        return self.before.case

    @property
    def moved(self) -> Standing:
        """The case with the leg moved."""
        return self.before.with_legs(self.leg)


async def _lock(connection: AsyncConnection, leg_id: UUID) -> Standing | None:
    case_id = await cases.case_of_leg(connection, leg_id)
    standing = None if case_id is None else await cases.standing(connection, case_id, lock=True)
    there = standing is not None and any(leg.id == leg_id for leg in standing.legs)
    return standing if there else None


async def lock_leg(connection: AsyncConnection, leg_id: UUID) -> Standing:
    """The case of a leg, locked. Raises NotFound where there is no such leg."""
    standing = await _lock(connection, leg_id)
    if standing is None:
        raise not_found()
    return standing


async def whole(connection: AsyncConnection, seen: Standing, acting: Acting) -> Standing:
    """A locked case with all its legs, though who acts may see no more than its own of them.

    Lead and terms follow from every leg.
    """
    if not joined_by_code(acting.agency, seen.case, seen.legs, acting.plan.coordinator):
        return seen
    async with as_service(connection):
        return Standing(seen.case, await cases.legs_of(connection, seen.case.id))


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
    standing = await _lock(connection, leg_id)
    types_reply = standing is not None and transcribes(acting.agency, standing.leg(leg_id))
    if action in RECEIVERS_ALONE and not acting.receives and not types_reply:
        raise Forbidden("forbidden", "つなぎへの返答は、機関のアカウントでしてください。")
    coordinator = acting.plan.coordinator
    if standing is None or not sees_leg(
        acting.agency, standing.case, standing.legs, standing.leg(leg_id), coordinator
    ):
        raise await _of_former_receiver(connection, leg_id, acting)
    standing = await whole(connection, standing, acting)
    case, leg = standing.case, standing.leg(leg_id)
    sides = sides_of(acting.agency, case, leg, coordinator, receives=acting.receives)
    state = next_state(action, leg.state, sides)
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    allowed = allowed_actions(leg, sides, standing.legs, day)
    if state is None:
        raise await leg_conflict(connection, leg, allowed, acting.plan)
    if hindrance(action, leg, standing.legs, day) is Hindrance.NO_CONSENT:
        raise no_consent(allowed)
    moment = moment_of(at, acting.now, leg.acted_at)
    return Turn(standing, replace(leg, state=state, acted_at=moment), moment, day)


def allowed_now(turn: Turn, acting: Acting) -> list[Action]:
    """What who acts may do to the leg of a turn that is not taken: as it stood before."""
    leg, coordinator = turn.before.leg(turn.leg.id), acting.plan.coordinator
    sides = sides_of(acting.agency, turn.case, leg, coordinator, receives=acting.receives)
    return allowed_actions(leg, sides, turn.before.legs, turn.agencies)


def no_consent(allowed: Sequence[Action]) -> Conflict:
    """Why nothing begins on a leg whose consent, or that of the leg it came from, is gone."""
    detail = (
        "ご本人の同意は取り下げられたか、期限が過ぎています。"
        "送り手・主担当・調整役に、新しい同意かほかの根拠を記録してもらってから、行ってください。"
    )
    return Conflict(Hindrance.NO_CONSENT, detail, extra={"allowed": [*map(str, allowed)]})


async def _of_former_receiver(connection: AsyncConnection, leg_id: UUID, acting: Acting) -> Problem:
    """Who gave a leg back is told how it stands, and may do nothing more; to others it is not."""
    leg = await cases.leg_received(connection, leg_id, acting.agency)
    if leg is None:
        return not_found()
    return await leg_conflict(connection, leg, (), acting.plan)


async def leg_conflict(
    connection: AsyncConnection, leg: Leg, allowed: Sequence[Action], plan: Plan
) -> Conflict:
    """Why this cannot be done to a leg now: who did what to it last, and what can be done."""
    extra = {"allowed": [str(name) for name in allowed], "state": str(leg.state)}
    done = ""
    last = await history.last_of_leg(connection, leg.case_id, leg.id)
    if last is not None:
        done = f"（{written(last.recorded_at)}、{name_of(last.agency, plan)}）"
        extra |= {"by": last.agency, "recorded_at": last.recorded_at.isoformat()}
    detail = f"このつなぎは{_STATES[leg.state]}です{done}。いまこの操作はできません。"
    return Conflict("not-now", detail, extra=extra)


async def take_case_turn(
    connection: AsyncConnection, case_id: UUID, action: CaseAction, acting: Acting
) -> Standing:
    """The case, locked and ready for this action; refusals as in `take_turn`."""
    standing = await cases.standing(connection, case_id, lock=True)
    coordinator = acting.plan.coordinator
    if standing is None or not is_party(acting.agency, standing.case, standing.legs, coordinator):
        raise case_not_found()
    standing = await whole(connection, standing, acting)
    if action not in table_case_actions(acting.agency, standing.case, standing.legs, coordinator):
        allowed = allowed_case_actions(acting.agency, standing.case, standing.legs, acting.plan)
        raise await _case_conflict(connection, standing.case, allowed, acting.plan)
    return standing


async def _case_conflict(
    connection: AsyncConnection, case: Case, allowed: Sequence[CaseAction], plan: Plan
) -> Conflict:
    """Why this cannot be done to a case now: who ended it and when, or who holds it."""
    extra: dict[str, object] = {
        "allowed": [str(name) for name in allowed],
        "state": str(case.state),
        "holder": case.holder,
    }
    stands = f"主担当は{plan.agency_name(case.holder)}です。"
    ended = await history.end_of_case(connection, case.id)
    if case.state is not CaseState.OPEN and ended is not None:
        stands = f"{written(ended.recorded_at)}に、{name_of(ended.agency, plan)}が終えています。"
        extra |= {"by": ended.agency, "recorded_at": ended.recorded_at.isoformat()}
    detail = f"このケースでは、いまこの操作はできません。{stands}"
    return Conflict("not-now", detail, extra=extra)


async def keep_clocks(
    connection: AsyncConnection, standing: Standing, plan: Plan, now: datetime
) -> Standing:
    """Start and stop terms so that those run that should; the legs and case with their dues."""
    wanted = clocks_of(standing.case, standing.legs, plan)
    stored = {ladder.clock: ladder for ladder in await clocks.of_case(connection, standing.case.id)}
    for clock in stored.keys() - set(wanted):
        await clocks.remove(connection, standing.case.id, clock)
    new = [foot(clock, plan, now) for clock in wanted if clock not in stored]
    await clocks.add(connection, standing.case.id, new)
    legs = [
        replace(leg, due_at=first_due(wanted, leg, plan) or leg.due_at) for leg in standing.legs
    ]
    case = replace(standing.case, due_at=first_due(wanted, None, plan))
    return Standing(case, tuple(legs))


async def stir_former(
    connection: AsyncConnection, before: Standing, after: Standing, acting: Acting
) -> None:
    """Have those look again who saw the case before and may not see it any more."""
    coordinator = acting.plan.coordinator
    lost = parties(before.case, before.legs, coordinator)
    lost -= parties(after.case, after.legs, coordinator)
    if lost:
        await news.add_stir(connection, after.case.id, lost, acting.now)


async def finish(
    connection: AsyncConnection,
    before: Standing,
    after: Standing,
    events: Sequence[Event],
    at: datetime,
    acting: Acting,
    *,
    anew: bool = True,
) -> Standing:
    """Store the case and its legs where they changed, their terms, and the events.

    Unless `anew`, a holder that took a case over without a live leg goes on under its term. What
    follows from an act is the service's to store: who acts may be no party afterwards.
    """
    async with as_service(connection):
        stands = settled(before, after, at) if anew else after
        kept = await keep_clocks(connection, stands, acting.plan, acting.now)
        await cases.change(connection, before, kept)
    await stir_former(connection, before, kept, acting)
    told = list(events)
    if kept.case.state is CaseState.VOID and before.case.state is not CaseState.VOID:
        told.append(happened(kept.case, CaseVoidedV1(**case_words(kept.case)), at, acting))
    await acting.outbox.append(connection, told)
    return kept
