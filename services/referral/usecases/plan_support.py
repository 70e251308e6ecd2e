"""Draft, adopt and review the support plan of a case."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import CaseState
from services.referral.domain.holding import Standing
from services.referral.domain.support_plan import (
    SupportPlan,
    adopted,
    draft_of,
    drafted,
    in_force,
    may_have_role,
    reviewed,
)
from services.referral.domain.transitions import CaseAction
from services.referral.storage import plans
from services.referral.usecases.acting import Acting, moment_of, note_act
from services.referral.usecases.turns import take_case_turn
from shared.errors import Conflict, FieldFault, InvalidInput
from shared.japanese_time import japanese_day


async def _take_turn(
    connection: AsyncConnection, case_id: UUID, at: datetime | None, acting: Acting
) -> tuple[Standing, datetime]:
    """The case, locked for its holder or the coordinator to work on its plan, and the moment."""
    standing = await take_case_turn(connection, case_id, CaseAction.PLAN, acting)
    return standing, moment_of(at, acting.now, standing.case.opened_at)


async def draft_plan(
    connection: AsyncConnection, draft: SupportPlan, at: datetime | None, acting: Acting
) -> SupportPlan:
    """Write a new version, which waits to be adopted; a draft that waited gives way to it."""
    standing, moment = await _take_turn(connection, draft.case_id, at, acting)
    faults = tuple(_faults(draft, standing, acting))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    before = await plans.of_case(connection, draft.case_id)
    *former, new = drafted(before, replace(draft, drafted_at=moment))
    await plans.change(connection, before, former)
    await plans.add(connection, new)
    await note_act(connection, draft.case_id, "draft-plan", moment, acting, version=new.version)
    return new


async def adopt_plan(
    connection: AsyncConnection, case_id: UUID, at: datetime | None, acting: Acting
) -> SupportPlan:
    """Put the draft in force by the holder's own word, without a conference."""
    standing, moment = await _take_turn(connection, case_id, at, acting)
    return await put_in_force(connection, standing, moment, acting)


async def put_in_force(
    connection: AsyncConnection,
    standing: Standing,
    at: datetime,
    acting: Acting,
    *,
    conference: UUID | None = None,
) -> SupportPlan:
    """Put the draft in force. Raises Conflict without one, or once the case has ended."""
    _check_open(standing)
    before = await plans.of_case(connection, standing.case.id)
    draft = draft_of(before)
    if draft is None:
        detail = "決めるのを待っている支援プランの案がありません。先に案を書いてください。"
        raise Conflict("no-draft", detail, extra={"allowed": ["plan"]})
    after = adopted(before, at, conference)
    await plans.change(connection, before, after)
    await note_act(
        connection,
        standing.case.id,
        "adopt-plan",
        at,
        acting,
        version=draft.version,
        conference=None if conference is None else str(conference),
    )
    return next(plan for plan in after if plan.id == draft.id)


async def review_plan(
    connection: AsyncConnection,
    case_id: UUID,
    scores: Sequence[tuple[int, str]],
    next_review: date | None,
    at: datetime | None,
    acting: Acting,
) -> SupportPlan:
    """Score the goals by the holder's own word, without a conference."""
    standing, moment = await _take_turn(connection, case_id, at, acting)
    return await score_goals(connection, standing, scores, next_review, moment, acting)


async def score_goals(
    connection: AsyncConnection,
    standing: Standing,
    scores: Sequence[tuple[int, str]],
    next_review: date | None,
    at: datetime,
    acting: Acting,
    *,
    conference: UUID | None = None,
) -> SupportPlan:
    """Score each goal of the plan in force. Raises Conflict without one."""
    _check_open(standing)
    before = in_force(await plans.of_case(connection, standing.case.id))
    if before is None:
        detail = "決まった支援プランがまだありません。先に案を決めてください。"
        raise Conflict("no-plan", detail, extra={"allowed": ["plan"]})
    faults = tuple(_review_faults(before, scores, next_review, acting))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    after = reviewed(before, dict(scores), next_review, at)
    await plans.change(connection, [before], [after])
    await plans.add_review(connection, after, conference)
    await note_act(
        connection,
        standing.case.id,
        "review-plan",
        at,
        acting,
        version=after.version,
        scores=[score for _, score in scores],
        conference=None if conference is None else str(conference),
    )
    return after


def _check_open(standing: Standing) -> None:
    if standing.case.state is not CaseState.OPEN:
        raise Conflict("not-now", "このケースは終わっています。", extra={"allowed": []})


def _faults(draft: SupportPlan, standing: Standing, acting: Acting) -> Iterator[FieldFault]:
    if draft.review_on < japanese_day(acting.now):
        yield _past("review_on")
    known = may_have_role(standing.case, standing.legs)
    for goal_index, goal in enumerate(draft.goals):
        for role_index, role in enumerate(goal.roles):
            if role.agency not in known:
                loc = ("goals", goal_index, "roles", role_index, "agency")
                detail = "役割を持てるのは、主担当と、このケースのつなぎ先の機関です。"
                yield FieldFault(loc, "not-at-work", detail)


def _review_faults(
    plan: SupportPlan, scores: Sequence[tuple[int, str]], next_review: date | None, acting: Acting
) -> Iterator[FieldFault]:
    numbers = [number for number, _ in scores]
    if sorted(numbers) != [goal.number for goal in plan.goals]:
        detail = "それぞれの目標に、評価を一つずつ選んでください。"
        yield FieldFault(("scores",), "every-goal-once", detail)
    for index, (_, score) in enumerate(scores):
        if score not in acting.plan.codes["goal_score"]:
            loc = ("scores", index, "score")
            yield FieldFault(loc, "unknown-code", "一覧にない評価です。")
    if next_review is not None and next_review < japanese_day(acting.now):
        yield _past("next_review")


def _past(name: str) -> FieldFault:
    return FieldFault((name,), "in-the-past", "評価する日は、今日からあとの日にしてください。")
