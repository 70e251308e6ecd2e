"""Hold a conference: check what was typed, lock its cases, and let its decisions act."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.conference import (
    FOOTINGS,
    MAY_HAVE,
    NEEDS,
    Conference,
    Decision,
    consented,
)
from services.referral.domain.transitions import CaseAction
from services.referral.storage import conferences
from services.referral.usecases.acting import Acting, note_act
from services.referral.usecases.decide import DEEDS, Room
from services.referral.usecases.turns import take_case_turn
from shared.contracts import ConferenceHeldV1
from shared.errors import Conflict, FieldFault, InvalidInput, Problem
from shared.japanese_time import japanese_day
from shared.messaging.event import Event

_WORDS = ("agency", "end", "outcome", "ended_by", "scores", "next_review")


async def hold_conference(
    connection: AsyncConnection, conference: Conference, acting: Acting
) -> Conference:
    """Record a conference and do what it decided, everything or nothing.

    Only the holder of every case, or the coordinator where it is a party, convenes. Raises
    InvalidInput for words that cannot be taken, NotFound for a case that is not the convener's to
    see, and Conflict for one that has ended, that lacks the consent a 重層的支援会議 needs, or on
    which a decision cannot act now: `errors` says which case or decision.
    """
    faults = tuple(_faults(conference, acting))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    for case_id in sorted(conference.cases):
        await _lock_case(connection, conference, case_id, acting)
    await conferences.add(connection, conference)
    for case_id in conference.cases:
        await note_act(
            connection,
            case_id,
            "conference",
            acting.now,
            acting,
            conference=str(conference.id),
            kind=conference.kind,
            held_on=conference.held_on.isoformat(),
        )
    room = Room(connection, conference, acting)
    for index, decision in enumerate(conference.decisions):
        try:
            await DEEDS[decision.kind](room, decision)
        except Problem as problem:
            raise _of_decision(problem, index, decision) from None
    held = ConferenceHeldV1(
        kind=conference.kind,
        held_on=conference.held_on,
        convener=conference.convener,
        agencies=conference.agencies,
        cases=len(conference.cases),
    )
    event = Event.of(held, subject=conference.id, time=acting.now, cause=acting.cause)
    await acting.outbox.append(connection, [event])
    return conference


async def _lock_case(
    connection: AsyncConnection, conference: Conference, case_id: UUID, acting: Acting
) -> None:
    place = ("cases", conference.cases.index(case_id))
    try:
        standing = await take_case_turn(connection, case_id, CaseAction.CONVENE, acting)
    except Conflict as problem:
        raise _placed(problem, place) from None
    if conference.held_on < japanese_day(standing.case.opened_at):
        detail = "会議の日は、どのケースも始まった日からあとにしてください。"
        raise InvalidInput.field("held_on", code="before-case", detail=detail)
    if FOOTINGS[conference.kind].needs_consent and not consented(standing.legs):
        detail = (
            "重層的支援会議は、ご本人の同意があるケースで開きます。"
            "同意の記録がないケースは、支援会議で話し合ってください。"
        )
        extra = {"allowed": [], "case": str(case_id)}
        raise _placed(Conflict("no-consent", detail, extra=extra), place)


def _placed(problem: Problem, place: tuple[str | int, ...]) -> Problem:
    """The same refusal with its place; the fields that it named stand below that."""
    inner = problem.errors or (FieldFault((), problem.code, problem.detail),)
    faults = [FieldFault((*place, *one.loc), one.code, one.detail) for one in inner]
    return type(problem)(problem.code, problem.detail, errors=faults, extra=problem.extra)


def _of_decision(problem: Problem, index: int, decision: Decision) -> Problem:
    placed = _placed(problem, ("decisions", index))
    placed.extra["case"] = str(decision.case_id)
    return placed


def _faults(conference: Conference, acting: Acting) -> Iterator[FieldFault]:
    if conference.held_on > japanese_day(acting.now):
        yield FieldFault(("held_on",), "in-the-future", "会議の日が未来になっています。")
    for index, agency in enumerate(conference.agencies):
        if agency not in acting.plan.agencies:
            yield FieldFault(("agencies", index), "unknown-agency", "一覧にない機関です。")
    if len(set(conference.agencies)) != len(conference.agencies):
        yield FieldFault(("agencies",), "twice", "同じ機関が二度選ばれています。")
    if set(conference.agencies) <= {conference.convener}:
        yield FieldFault(("agencies",), "alone", "いっしょに話し合った機関を選んでください。")
    if len(set(conference.cases)) != len(conference.cases):
        yield FieldFault(("cases",), "twice", "同じケースが二度選ばれています。")
    decided = set()
    for index, decision in enumerate(conference.decisions):
        for loc, code, detail in _decision_faults(conference, decision, acting):
            yield FieldFault(("decisions", index, *loc), code, detail)
        if (decision.kind, decision.case_id) in decided:
            detail = "同じケースの同じ決定が二度あります。"
            yield FieldFault(("decisions", index), "twice", detail)
        decided.add((decision.kind, decision.case_id))


def _decision_faults(
    conference: Conference, decision: Decision, acting: Acting
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if decision.kind not in FOOTINGS[conference.kind].decisions:
        where = acting.plan.label("conference_kind", conference.kind)
        what = acting.plan.label("decision", decision.kind)
        yield ("kind",), "not-in-this-conference", f"「{what}」は{where}では決められません。"
    if decision.case_id not in conference.cases:
        yield ("case",), "not-on-agenda", "会議で話し合うケースの中から選んでください。"
    for name in NEEDS[decision.kind]:
        if not getattr(decision, name):
            yield (name,), "missing", "この項目を入力してください。"
    taken = NEEDS[decision.kind] + MAY_HAVE.get(decision.kind, ())
    for name in _WORDS:
        if getattr(decision, name) and name not in taken:
            yield (name,), "unknown-field", "この項目は使いません。"
    if decision.agency is not None and decision.agency not in acting.plan.agencies:
        yield ("agency",), "unknown-agency", "一覧にない機関です。"
