"""Support on an accepted leg: contacts, a sign of work, the person's arrival, and the end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Case, Leg
from services.referral.domain.clocks import (
    after_contact,
    clocks_of,
    ends_for_others,
    ends_nothing,
    extends_nothing,
    first_day_of_contact,
    owed_by_case,
    owed_by_leg,
)
from services.referral.domain.holding import Standing, after_end
from services.referral.domain.transitions import (
    Action,
    CaseAction,
    allowed_case_actions,
)
from services.referral.storage import history
from services.referral.usecases.acting import Acting, happened, leg_words, note_act
from services.referral.usecases.turns import allowed_now, finish, take_turn
from shared.contracts import ContactRecordedV1, ReferralClosedV1
from shared.errors import Conflict, FieldFault, InvalidInput
from shared.japanese_time import japanese_day, on_day, written_day


async def record_contact(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    on: date,
    kind: str,
    memo: str | None,
    at: datetime | None,
    acting: Acting,
    authorised_by: str | None = None,
) -> Leg:
    """The receiver had contact with the person. The first contact begins support.

    Some kinds start, extend or stop a term: an application, a reason to take longer, a decision,
    a child seen and safe. A term starts on the day of the contact, whenever that is typed. Where
    another authority saw the child, or will, `memo` says why and `authorised_by` who decided it.
    """
    if kind not in acting.plan.codes["contact_kind"]:
        raise InvalidInput.field("kind", code="unknown-code", detail="連絡の方法を選んでください。")
    turn = await take_turn(connection, leg_id, Action.CONTACT, at, acting)
    first = first_day_of_contact(turn.case, turn.leg, kind, acting.plan)
    if not first <= on <= japanese_day(max(acting.now, turn.at)):
        detail = f"連絡した日は、{written_day(first)}から今日までの日にしてください。"
        raise InvalidInput.field("on", code="out-of-range", detail=detail)
    _check_extension(turn.leg, kind, memo, acting)
    _check_end_elsewhere(turn.case, kind, memo, authorised_by, acting)
    await history.add_contact(connection, leg_id, held_on=on, kind=kind, memo=memo, now=acting.now)
    await note_act(
        connection,
        turn.case.id,
        "contact",
        turn.at,
        acting,
        leg_id=leg_id,
        kind=kind,
        on=on.isoformat(),
        **({"authorised_by": authorised_by} if authorised_by else {}),
    )
    checked = replace(turn.leg, checked_at=turn.at)
    case, leg = after_contact(turn.case, checked, kind, on_day(turn.at, on), acting.plan)
    data = ContactRecordedV1(**leg_words(case, leg), on=on, kind=kind)
    events = [happened(case, data, turn.at, acting)]
    after = turn.before.with_case(case).with_legs(leg)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)


def _check_extension(leg: Leg, kind: str, memo: str | None, acting: Acting) -> None:
    """Raise InvalidInput for a term that cannot be extended, or is extended without a reason."""
    nothing = extends_nothing(leg, kind, acting.plan)
    if nothing:
        detail = "延ばせる期限がありません。はじめの期限が動いているときに、一度だけ延ばせます。"
        raise InvalidInput.field("kind", code="nothing-to-extend", detail=detail)
    if nothing is False and not (memo or "").strip():
        detail = "期限を延ばす理由を書いてください。"
        raise InvalidInput.field("memo", code="missing", detail=detail)


def _check_end_elsewhere(
    case: Case, kind: str, memo: str | None, authorised_by: str | None, acting: Acting
) -> None:
    """Raise InvalidInput where no term runs that others end, or nobody says why and who decided."""
    if not ends_for_others(kind, acting.plan):
        if authorised_by is not None:
            detail = "承認者は、ほかの機関が安全を確かめたときだけ書きます。"
            raise InvalidInput.field("authorised_by", code="not-used", detail=detail)
        return
    running = [clock.kind for clock in clocks_of(case, (), acting.plan)]
    if ends_nothing(kind, running, acting.plan):
        detail = "子どもの安全を確かめる期限は、いま動いていません。"
        raise InvalidInput.field("kind", code="nothing-to-end", detail=detail)
    faults = [
        FieldFault((name,), "missing", detail)
        for name, words, detail in (
            ("memo", memo, "どこが、どのように確かめたか（引き継いだか）を書いてください。"),
            ("authorised_by", authorised_by, "だれの判断かを、役職か会議の名前で書いてください。"),
        )
        if not (words or "").strip()
    ]
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


async def check_in(
    connection: AsyncConnection, leg_id: UUID, at: datetime | None, acting: Acting
) -> Leg:
    """The receiver says that it is still at work; its term begins anew."""
    turn = await take_turn(connection, leg_id, Action.CHECK_IN, at, acting)
    await note_act(connection, turn.case.id, "check-in", turn.at, acting, leg_id=leg_id)
    after = turn.before.with_legs(replace(turn.leg, checked_at=turn.at))
    kept = await finish(connection, turn.before, after, [], turn.at, acting)
    return kept.leg(leg_id)


async def close_referral(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    outcome: str,
    ended_by: str,
    note: str | None,
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """End support on this leg. Nothing ends without an outcome."""
    check_end(outcome, ended_by, acting)
    turn = await take_turn(connection, leg_id, Action.CLOSE, at, acting)
    owed = owed_by_leg(turn.leg, acting.plan)
    if owed:
        allowed = allowed_now(turn, acting)
        raise _owes(owed, "つなぎは、記録してから終えてください。", allowed, acting)
    await note_act(
        connection,
        turn.case.id,
        "close",
        turn.at,
        acting,
        leg_id=leg_id,
        outcome=outcome,
        ended_by=ended_by,
        note=note,
    )
    leg = replace(turn.leg, outcome=outcome, ended_by=ended_by)
    data = ReferralClosedV1(**leg_words(turn.case, leg), outcome=outcome, ended_by=ended_by)
    events = [happened(turn.case, data, turn.at, acting)]
    after = after_end(turn.before, leg)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)


def refuse_unseen(standing: Standing, acting: Acting) -> None:
    """Raise Conflict for a case that ends before what its topics ask for: a child that was seen."""
    owed = owed_by_case(standing.case, acting.plan)
    if owed:
        rest = "ケースは、つなぎ先で確かめてもらってから終えてください。"
        case, legs = standing.case, standing.legs
        raise _owes(
            owed, rest, allowed_case_actions(acting.agency, case, legs, acting.plan), acting
        )


def _owes(
    kinds: list[str], rest: str, allowed: Sequence[Action | CaseAction], acting: Acting
) -> Conflict:
    words = "」「".join(acting.plan.label("contact_kind", kind) for kind in kinds)
    detail = f"「{words}」の連絡がまだ記録されていません。{rest}"
    return Conflict("term-runs", detail, extra={"allowed": [*map(str, allowed)], "missing": kinds})


def check_end(outcome: str, ended_by: str, acting: Acting) -> None:
    """Raise InvalidInput unless the end says with what, and on whose side."""
    faults = [
        FieldFault((name,), "unknown-code", detail)
        for name, code, detail in (
            ("outcome", outcome, "結果を選んでください。"),
            ("ended_by", ended_by, "だれが終えたかを選んでください。"),
        )
        if code not in acting.plan.codes[name]
    ]
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
