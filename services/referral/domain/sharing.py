"""The sharing basis 共有の根拠 of a leg: how long it stands, and who may change it."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from services.referral.domain.case import Case, Leg, LegState
from shared.japanese_time import japanese_day

#: The one basis that the person gives, for a time, and can take back.
CONSENT = "consent"


class Sharing(StrEnum):
    """What can be done to the basis of a leg."""

    CHANGE = "basis"
    WITHDRAW = "consent-withdrawn"


def stands(leg: Leg, day: date) -> bool:
    """Whether the basis holds on this day (JST): consent may be withdrawn, or have run out."""
    if leg.basis != CONSENT:
        return True
    expired = leg.consent_until is not None and leg.consent_until < day
    taken_back = leg.consent_withdrawn_at
    return not expired and (taken_back is None or japanese_day(taken_back) > day)


def allowed_sharing(agency: str, case: Case, leg: Leg, coordinator: str) -> list[Sharing]:
    """What a party may do to the basis of this leg: its sender, the holder, the coordinator.

    A receiver never widens what it sees itself, not even as the holder; that the person took
    consent back it may record, for it may be the one who was told.
    """
    if leg.state is LegState.VOID:
        return []
    allowed = []
    answers = agency in (leg.sender, case.holder, coordinator)
    if answers and agency != leg.receiver:
        allowed.append(Sharing.CHANGE)
    given = leg.basis == CONSENT and leg.consent_withdrawn_at is None
    if given and (answers or agency == leg.receiver):
        allowed.append(Sharing.WITHDRAW)
    return allowed


def on_basis(leg: Leg, basis: str, authorised_by: str, until: date | None) -> Leg:
    """The leg on this basis from now on; `until` is the last day of consent."""
    return replace(
        leg,
        basis=basis,
        authorised_by=authorised_by,
        consent_until=until,
        consent_withdrawn_at=None,
    )


def without_consent(leg: Leg, at: datetime) -> Leg:
    """The leg after the person took consent back."""
    return replace(leg, consent_withdrawn_at=at)
