"""What somebody may try on a case in a random history: one step, done by its use case."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from services.referral.domain.case import Case, Leg
from services.referral.domain.conference import Conference, ConferenceKind, Decision, DecisionKind
from services.referral.domain.offering import Offer
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.assign_person import assign_person
from services.referral.usecases.change_basis import change_basis, withdraw_consent
from services.referral.usecases.confirm_person import confirm_person
from services.referral.usecases.hold_conference import hold_conference
from services.referral.usecases.lead_case import close_case, take_over
from services.referral.usecases.offer_referrals import hand_on_referral, offer_referrals
from services.referral.usecases.support import check_in, close_referral, record_contact
from services.referral.usecases.take_back import (
    reopen_referral,
    void_referral,
    withdraw_referral,
)
from shared.identity.principal import Member, Role
from shared.japanese_time import japanese_day
from tests.integration.casework import Casework

COORDINATOR = "chiiki-kyosei"
AGENCIES = ("shakyo-sogo", "csw", "houkatsu", COORDINATOR, "hello-work")
LEG_ACTS = (
    *("accept", "return", "withdraw", "contacts", "confirm", "check-in", "assign"),
    *("hand-on", "close", "reopen", "void"),
)
SHARING_ACTS = ("basis", "consent-withdrawn")
CASE_ACTS = ("offer", "nobody", "take-over", "close-case", "name-present", "name-absent")
_END: dict[str, Any] = {"outcome": "resolved", "ended_by": "person", "note": None, "at": None}
_BASES = ("consent", "anonymous", "statutory-report")


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody tries something; the numbers choose among what is there at that moment."""

    action: str
    who: int
    leg: int
    to: int
    pass_hours: int


def _offer(work: Casework, who: str, to: tuple[str, ...]) -> Offer:
    lead = next(iter(to), None)
    return Offer(who, to, lead, "相談相手が必要", "consent", "phone", "窓口", work.now)


async def do_to_case(work: Casework, case_id: UUID, step: Step, who: str) -> None:
    """Try one of `CASE_ACTS`. Raises Problem where the rules refuse it."""
    connection, by, to = work.connection, work.acting(who), AGENCIES[step.to % len(AGENCIES)]
    match step.action:
        case "take-over":
            await take_over(connection, case_id, "調整のため", None, by)
        case "close-case":
            await close_case(connection, case_id, end="suspended", **_END, acting=by)
        case "name-present" | "name-absent":
            there = (who, to) if step.action == "name-present" else (who,)
            await hold_conference(connection, _meeting(work, case_id, who, there, to), by)
        case _:
            offer = _offer(work, who, () if step.action == "nobody" else (to,))
            await offer_referrals(connection, case_id, offer, by, lead_chosen=False)


def _meeting(
    work: Casework, case_id: UUID, who: str, there: tuple[str, ...], named: str
) -> Conference:
    """A meeting of today that names the lead of the case."""
    return Conference(
        id=uuid7(),
        kind=ConferenceKind.SUPPORT,
        held_on=japanese_day(work.now),
        convener=who,
        agencies=tuple(dict.fromkeys(there)),
        cases=(case_id,),
        decisions=(Decision(DecisionKind.NAME_LEAD, case_id, agency=named),),
        minutes=None,
        recorded_by=who,
        recorded_at=work.now,
    )


async def do_to_leg(work: Casework, step: Step, who: str, leg: Leg, case: Case) -> None:
    """Try one of `LEG_ACTS` or `SHARING_ACTS`. Raises Problem where the rules refuse it."""
    connection, by = work.connection, work.acting(who)
    match step.action:
        case "accept":
            await accept_referral(connection, leg.id, None, by)
        case "return":
            words = {"reason": "not-ours", "note": None, "suggest": None, "at": None}
            await return_referral(connection, leg.id, **words, acting=by)
        case "withdraw":
            siblings = step.to % 2 == 0
            await withdraw_referral(
                connection, leg.id, reason="まちがい", siblings=siblings, at=None, acting=by
            )
        case "contacts":
            day = japanese_day(work.now)
            words = {"on": day, "kind": "phone", "memo": None, "at": None}
            await record_contact(connection, leg.id, **words, acting=by)
        case "confirm":
            await confirm_person(connection, leg.id, case.code or "", None, by)
        case "check-in":
            await check_in(connection, leg.id, None, by)
        case "assign":
            members = [Member(UUID(int=7), "tantou", "担当")]
            await assign_person(
                connection, leg.id, account="tantou", members=members, at=None, acting=by
            )
        case "hand-on":
            offer = _offer(work, who, (AGENCIES[step.to % len(AGENCIES)],))
            await hand_on_referral(connection, leg.id, offer, by)
        case "close":
            await close_referral(connection, leg.id, **_END, acting=by)
        case "reopen":
            await reopen_referral(connection, leg.id, "もう一度", None, by)
        case "void":
            admin = work.acting(None, Role.ADMIN)
            await void_referral(connection, leg.id, "まちがい", None, admin)
        case "basis":
            term = {"authorised_by": None, "expires_on": None, "at": None}
            basis = _BASES[step.to % len(_BASES)]
            await change_basis(connection, leg.id, basis=basis, **term, acting=by)
        case "consent-withdrawn":
            await withdraw_consent(connection, leg.id, reason=None, at=None, acting=by)
