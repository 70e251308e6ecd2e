"""Whether an offer can be taken: its words, its destinations, what it rests on."""

from collections.abc import Collection, Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.agency_life import AgencyDay, door_fault, suggested
from services.referral.domain.carried_consent import asks_without_consent
from services.referral.domain.case import Leg
from services.referral.domain.holding import Standing
from services.referral.domain.offering import Offer
from services.referral.domain.one_leg import asked_twice
from services.referral.domain.sharing import CONSENT
from services.referral.domain.sight import case_as_seen, sight_of
from services.referral.storage import agencies
from services.referral.usecases.acting import Acting, asked_already
from shared.errors import FieldFault, InvalidInput
from shared.japanese_time import japanese_day
from shared.plan.routing import outside


def _faults(offer: Offer, acting: Acting, day: AgencyDay) -> Iterable[FieldFault]:
    plan = acting.plan
    for index, agency in enumerate(offer.to):
        if agency not in plan.agencies:
            yield FieldFault(("to", index), "unknown-agency", "一覧にない機関です。")
        elif agency == offer.sender:
            yield FieldFault(("to", index), "own-desk", "自分の機関にはつなげません。")
        elif (fault := door_fault(day, agency, japanese_day(offer.at))) is not None:
            yield FieldFault(("to", index), "agency-not-valid", fault)
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


async def check_offer(connection: AsyncConnection, offer: Offer, acting: Acting) -> None:
    """Raise InvalidInput that names every field of an offer that cannot be taken."""
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    faults = tuple(_faults(offer, acting, day))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


async def refuse_unexplained(
    connection: AsyncConnection, offer: Offer, standing: Standing, acting: Acting
) -> None:
    """Raise InvalidInput where the page asked why the plan is not followed, and nothing was said.

    A machine's `reason` is required in any case, and says it. What the plan suggests follows from
    what this party sees of the case.
    """
    if offer.override is None or offer.override.strip():
        return
    today = japanese_day(acting.now)
    sight = sight_of(acting.agency, standing.case, standing.legs, acting.plan, today)
    case = case_as_seen(standing.case, sight, acting.plan)
    day = await agencies.on_day(connection, acting.plan, today)
    named = suggested(day, case.topics, case.facts.get("age_band"), case.facts.get("district"))
    if outside(named, offer.to):
        raise InvalidInput.field("override", code="missing", detail="理由を書いてください。")


async def refuse_twice(
    connection: AsyncConnection, offer: Offer, standing: Standing, acting: Acting
) -> None:
    """Raise InvalidInput for a side leg to a desk that has the case before it already.

    That desk may be asked for itself, or stand in for the agency that was.
    """
    day = await agencies.on_day(connection, acting.plan, japanese_day(acting.now))
    desks = [day.desk_for(asked, offer.sender) or asked for asked in offer.to]
    leading = None if offer.lead is None else desks[offer.to.index(offer.lead)]
    faults = tuple(
        FieldFault(("to", index), "already-there", asked_already(desk, acting.plan))
        for index, desk in enumerate(desks)
        if asked_twice(desk, standing.legs, lead=desk == leading)
    )
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


def refuse_without_consent(
    offer: Offer, legs: Collection[Leg], acting: Acting, *, origin: Leg | None = None
) -> None:
    """Raise InvalidInput for an offer on a consent that its sender had and lost.

    `origin` is the leg that is handed on.
    """
    today = japanese_day(acting.now)
    if offer.basis != CONSENT or not asks_without_consent(offer.sender, legs, today, origin=origin):
        return
    detail = (
        "ご本人の同意は取り下げられたか、期限が過ぎています。"
        "新しい同意をいまのつなぎに記録してもらってから、つないでください。"
    )
    raise InvalidInput.field("basis", code="no-consent", detail=detail)
