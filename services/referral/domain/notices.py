"""Who hears of which event, and in which words: one line of a table for each contract."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.referral.domain.case import AT_WORK, Leg, open_lead
from services.referral.domain.holding import Standing
from services.referral.domain.sight import is_party, took_part
from shared.contracts import (
    CaseClosedV1,
    CaseEscalatedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ClockHalfOverV1,
    ClockRanOutV1,
    ConferenceCancelledV1,
    ConferenceHeldV1,
    ConsultationCancelledV1,
    ContactRecordedV1,
    Contract,
    HolderChangedV1,
    PersonConfirmedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
    SharingBasisChangedV1,
    UnmetNeedRecordedV1,
)


class Hearer(StrEnum):
    """What an agency is to the event, so that it hears of it. All of them are parties."""

    RECEIVER = "receiver"
    SENDER = "sender"
    HOLDER = "holder"
    FORMER_HOLDER = "former-holder"
    DESK = "desk"
    DESK_OF_FORMER_HOLDER = "desk-of-former-holder"
    COORDINATOR = "coordinator"
    TERM_HOLDER = "term-holder"
    AT_WORK = "at-work"
    TOOK_PART = "took-part"


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of notification. The words are all that it says: no topic, no text of anybody."""

    kind: str
    words: str
    hearers: tuple[Hearer, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A contract, the acts in the history that it follows from, and its notices.

    An agency that fits several notices hears the first.
    """

    contract: type[Contract]
    acts: tuple[str, ...]
    notices: tuple[Notice, ...]


#: Why the holder changed where its agency is no more: no act on a leg tells the desk of it.
ENDED, SUCCESSION = "agency-ended", "succession"

_R, _S, _H, _D = Hearer.RECEIVER, Hearer.SENDER, Hearer.HOLDER, Hearer.DESK
_ALL = (_H, _D, Hearer.TOOK_PART)
_ANSWERED = (_S, _H, _D)
_HOLDING = ("open", "accept", "return", "take-over", "no-destination", "name-lead", "succeeded")
_TERM = (Hearer.TERM_HOLDER, _R, _S, _H, Hearer.COORDINATOR)

_OFFERED = Notice("offered", "つなぎの依頼が届きました。お返事をお願いします。", (_R,))
_OFFERED_MORE = Notice("offered-more", "ほかの機関への依頼が出されました。", (_S, _H))
_ACCEPTED = Notice("accepted", "つなぎが受け入れられました。", _ANSWERED)
_RETURNED = Notice("returned", "つなぎが差し戻されました。次の行き先をご検討ください。", _ANSWERED)
_WITHDRAWN = Notice("withdrawn", "つなぎの依頼が取り下げられました。", (_R, _S, _H))
_HANDED_ON = Notice("handed-on", "つなぎが別の機関に引き継がれました。", _ANSWERED)
_CONFIRMED = Notice("confirmed", "ご本人がつなぎ先にいらしたことが確認されました。", _ANSWERED)
_CLOSED = Notice("closed", "つなぎ先の支援が終わりました。結果をご覧ください。", _ANSWERED)
_SUCCEEDED = Notice("succeeded", "機関の引き継ぎで、つなぎの相手が変わりました。", (_R, _S, _H))
_BASIS = Notice("basis", "共有の根拠が変わりました。見える内容をご確認ください。", (_R, _S, _H))
_VOIDED = Notice("voided", "まちがえて入力されたつなぎが取り消されました。", (_R, _S, _H))
_HOLDS = Notice("holds", "主担当になりました。次の期限をご確認ください。", (_H,))
_HELD = Notice(
    "held",
    "主担当がほかの機関に変わりました。",
    (Hearer.FORMER_HOLDER, Hearer.DESK_OF_FORMER_HOLDER),
)
_HALF_OVER = Notice("half-over", "期限の半分が過ぎました。", (Hearer.TERM_HOLDER,))
_RAN_OUT = Notice("ran-out", "期限が過ぎました。状況をご確認ください。", _TERM)
_ESCALATED = Notice("escalated", "調整が必要なケースがあります。", (_H,))
_CASE_CLOSED = Notice("case-closed", "ケースが終わりました。結果をご覧ください。", _ALL)
_CASE_REOPENED = Notice("case-reopened", "終わっていたケースが再開しました。", _ALL)
_CASE_VOIDED = Notice("case-voided", "まちがえて入力されたケースが取り消されました。", _ALL)
_CANCELLED = Notice(
    "cancelled",
    "もとの相談が取り消されました。受け入れ済みの支援は続きます。",
    (_H, Hearer.AT_WORK),
)

_TABLE: tuple[Line, ...] = (
    Line(ReferralOfferedV1, ("offer", "hand-on", "reopen"), (_OFFERED, _OFFERED_MORE)),
    Line(ReferralAcceptedV1, ("accept",), (_ACCEPTED,)),
    Line(ReferralReturnedV1, ("return",), (_RETURNED,)),
    Line(ReferralWithdrawnV1, ("withdraw",), (_WITHDRAWN,)),
    Line(ReferralHandedOnV1, ("handed-on",), (_HANDED_ON,)),
    Line(PersonConfirmedV1, ("confirm",), (_CONFIRMED,)),
    Line(ReferralClosedV1, ("close",), (_CLOSED,)),
    Line(ReferralSucceededV1, (), (_SUCCEEDED,)),
    Line(ReferralVoidedV1, ("void",), (_VOIDED,)),
    Line(SharingBasisChangedV1, ("basis", "consent-withdrawn"), (_BASIS,)),
    Line(HolderChangedV1, _HOLDING, (_HOLDS, _HELD)),
    Line(ClockHalfOverV1, (), (_HALF_OVER,)),
    Line(ClockRanOutV1, (), (_RAN_OUT,)),
    Line(CaseEscalatedV1, _HOLDING, (_ESCALATED,)),
    Line(CaseClosedV1, ("close-case",), (_CASE_CLOSED,)),
    Line(CaseReopenedV1, ("reopen", "reopen-case"), (_CASE_REOPENED,)),
    Line(CaseVoidedV1, ("void", "consultation-cancelled"), (_CASE_VOIDED,)),
    Line(ConsultationCancelledV1, ("consultation-cancelled",), (_CANCELLED,)),
)

LINES = {line.contract: line for line in _TABLE}
WORDS = {notice.kind: notice.words for line in _TABLE for notice in line.notices}

#: Of these nobody is told: daily work, what comes with an event that is told already, and
#: meetings, whose members were there and whose decisions are events of their own.
SILENT: frozenset[type[Contract]] = frozenset(
    {ContactRecordedV1, UnmetNeedRecordedV1, ConferenceHeldV1, ConferenceCancelledV1}
)


def hearers(
    data: Contract, standing: Standing, actors: Collection[str], coordinator: str
) -> dict[str, str]:
    """The agencies that hear of this event, each with its kind of notice.

    Those who acted know already. The coordinator hears only where it is a party: of a case about
    violence that did not come to it, it learns nothing.
    """
    found: dict[str, str] = {}
    for notice in LINES[type(data)].notices:
        for hearer in notice.hearers:
            for agency in _who(hearer, data, standing, coordinator):
                if agency not in actors:
                    found.setdefault(agency, notice.kind)
    return found


def _who(hearer: Hearer, data: Contract, standing: Standing, coordinator: str) -> Iterator[str]:
    case, legs = standing.case, standing.legs
    leg = leg_of(data, standing)
    match hearer:
        case Hearer.RECEIVER if leg is not None:
            yield leg.receiver
        case Hearer.SENDER if leg is not None:
            yield leg.sender
        case Hearer.SENDER if isinstance(data, ClockRanOutV1):
            yield case.desk
        case Hearer.HOLDER:
            yield data.holder if isinstance(data, HolderChangedV1) else case.holder
        case Hearer.FORMER_HOLDER if isinstance(data, HolderChangedV1) and data.previous:
            yield data.previous
        case Hearer.DESK:
            yield case.desk
        case Hearer.DESK_OF_FORMER_HOLDER if isinstance(data, HolderChangedV1):
            if data.cause in (ENDED, SUCCESSION):
                yield case.desk
        case Hearer.COORDINATOR if is_party(coordinator, case, legs, coordinator):
            yield coordinator
        case Hearer.TERM_HOLDER if isinstance(data, ClockHalfOverV1 | ClockRanOutV1):
            yield data.agency
        case Hearer.AT_WORK:
            yield from (one.receiver for one in legs if one.state in AT_WORK)
        case Hearer.TOOK_PART:
            yield from (one.receiver for one in legs if took_part(one))


def leg_of(data: Contract, standing: Standing) -> Leg | None:
    """The leg that an event is about, None for one about the whole case.

    A term of the whole case that ran out presses whoever has its lead leg.
    """
    leg_id = getattr(data, "referral_id", None)
    if leg_id is None and isinstance(data, ClockRanOutV1):
        return open_lead(standing.legs)
    return next((leg for leg in standing.legs if leg.id == leg_id), None)
