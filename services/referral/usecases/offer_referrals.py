"""Offer legs of a case: from the counter's request, from a case page, or again after an end."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from services.referral.domain.case import Case, Leg, LegState, open_lead
from services.referral.domain.holding import without_destination
from services.referral.domain.offering import Offer, accept_due, legs_of_offer
from services.referral.domain.sight import is_party
from services.referral.domain.transitions import Action
from services.referral.storage import cases
from services.referral.usecases.acting import (
    Acting,
    check_moment,
    finish,
    happened,
    holder_events,
    leg_words,
    not_found,
    note_act,
    take_turn,
)
from shared.contracts import ReferralOfferedV1, ReferralWithdrawnV1, UnmetNeedRecordedV1
from shared.errors import Conflict, FieldFault, InvalidInput
from shared.messaging.event import Event


@dataclass(frozen=True, slots=True)
class Offered:
    """The case and the legs that were offered."""

    case: Case
    legs: list[Leg]


def _faults(offer: Offer, acting: Acting) -> Iterable[FieldFault]:
    plan = acting.plan
    for index, agency in enumerate(offer.to):
        if agency not in plan.agencies:
            yield FieldFault(("to", index), "unknown-agency", "一覧にない機関です。")
        elif agency == offer.sender:
            yield FieldFault(("to", index), "own-desk", "自分の機関にはつなげません。")
    if len(set(offer.to)) != len(offer.to):
        yield FieldFault(("to",), "twice", "同じ機関が二度選ばれています。")
    if offer.lead is not None and offer.lead not in offer.to:
        yield FieldFault(("lead",), "not-among-to", "主担当はつなぎ先の中から選んでください。")
    if not offer.reason.strip():
        yield FieldFault(("reason",), "missing", "つなぐ理由を書いてください。")
    if offer.basis not in plan.codes["basis"]:
        yield FieldFault(("basis",), "unknown-code", "一覧にない共有の根拠です。")
    if offer.mode not in plan.codes["mode"]:
        yield FieldFault(("mode",), "unknown-code", "一覧にないつなぎ方です。")


def offered_event(case: Case, leg: Leg, acting: Acting, *, again: bool = False) -> Event:
    """The event of an offered leg."""
    data = ReferralOfferedV1(
        **leg_words(case, leg), basis=leg.basis, mode=leg.mode, due_at=leg.due_at, again=again
    )
    return happened(case, data, leg.acted_at, acting)


async def store_offer(
    connection: AsyncConnection, case: Case, offer: Offer, acting: Acting
) -> Offered:
    """Store the legs of an offer, or the unmet need of one without a destination."""
    if not offer.to:
        after = without_destination(case, acting.plan.coordinator)
        unmet = UnmetNeedRecordedV1(
            case_id=case.id, consultation_id=case.consultation_id, kind="no-destination"
        )
        await cases.change(connection, after)
        await note_act(connection, case.id, "no-destination", offer.at, acting, reason=offer.reason)
        events = [happened(after, unmet, offer.at, acting)]
        events += holder_events(case, after, "no-destination", offer.at, acting)
        await acting.outbox.append(connection, events)
        return Offered(after, [])
    legs = legs_of_offer(case, offer, [uuid7() for _ in offer.to], acting.plan)
    await cases.add_legs(connection, legs)
    for leg in legs:
        await note_act(
            connection,
            case.id,
            "offer",
            offer.at,
            acting,
            leg_id=leg.id,
            to=leg.receiver,
            lead=leg.lead,
            basis=leg.basis,
        )
    await acting.outbox.append(connection, [offered_event(case, leg, acting) for leg in legs])
    return Offered(case, legs)


async def offer_referrals(
    connection: AsyncConnection, case_id: UUID, offer: Offer, acting: Acting, *, lead_chosen: bool
) -> Offered:
    """Offer more legs. Only the holder and the coordinator may; others are told so."""
    case = await cases.find(connection, case_id, lock=True)
    if case is None:
        raise not_found()
    legs = await cases.legs_of(connection, case_id)
    coordinator = acting.plan.coordinator
    if not is_party(acting.agency, case, legs, coordinator):
        raise not_found()
    if acting.agency not in (case.holder, coordinator) or case.state != "open":
        raise Conflict("not-now", "いまつなげるのは主担当と調整役だけです。", extra={"allowed": []})
    faults = tuple(_faults(offer, acting))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    check_moment(offer.at, acting.now, case.opened_at)
    if open_lead(legs) is not None:
        if lead_chosen and offer.lead is not None:
            detail = "主担当のつなぎがすでにあります。協力としてつないでください。"
            raise Conflict("lead-taken", detail, extra={"allowed": []})
        offer = replace(offer, lead=None)
    return await store_offer(connection, case, offer, acting)


async def withdraw_referral(
    connection: AsyncConnection, leg_id: UUID, reason: str, at: datetime | None, acting: Acting
) -> Leg:
    """Take an offer back."""
    turn = await take_turn(connection, leg_id, Action.WITHDRAW, at, acting)
    await note_act(
        connection, turn.case.id, "withdraw", turn.at, acting, leg_id=leg_id, reason=reason
    )
    data = ReferralWithdrawnV1(**leg_words(turn.case, turn.leg))
    events = [happened(turn.case, data, turn.at, acting)]
    return await finish(connection, turn, turn.case, events, acting)


async def reopen_referral(
    connection: AsyncConnection, leg_id: UUID, reason: str, at: datetime | None, acting: Acting
) -> Leg:
    """Offer an ended leg again; the case opens again with it."""
    turn = await take_turn(connection, leg_id, Action.REOPEN, at, acting)
    taken = open_lead(turn.legs) is not None
    leg = replace(
        turn.leg,
        state=LegState.OFFERED,
        lead=turn.leg.lead and not taken,
        accepted_at=None,
        offered_at=turn.at,
        due_at=accept_due(acting.plan, turn.case.urgency, turn.at),
    )
    turn = replace(turn, leg=leg)
    after = replace(turn.case, state="open")
    await note_act(connection, after.id, "reopen", turn.at, acting, leg_id=leg_id, reason=reason)
    events = [offered_event(after, leg, acting, again=True)]
    return await finish(connection, turn, after, events, acting)
