"""On whose consent 本人同意 an agency asks another: one rule for offer, hand-on, acceptance."""

from collections.abc import Collection
from datetime import date

from services.referral.domain.case import AT_WORK, LIVE, Leg
from services.referral.domain.sharing import CONSENT, stands
from services.referral.domain.sight import took_part


def basis_gone(leg: Leg, legs: Collection[Leg], day: date) -> bool:
    """Whether nothing may be begun on this leg: it rests on a consent that is gone.

    Beside its own that is the consent on which its sender may ask others, though the leg was
    given back or taken back since.
    """
    if leg.basis != CONSENT:
        return False
    origin = next((one for one in legs if one.id == leg.continues), None)
    return not stands(leg, day) or asks_without_consent(leg.sender, legs, day, origin=origin)


def asks_without_consent(
    sender: str, legs: Collection[Leg], day: date, *, origin: Leg | None = None
) -> bool:
    """Whether this agency may ask nobody on consent, for that on which it got the case is gone.

    That is the consent of the leg that it hands on, `origin`; else of those that it works on, or
    of those that it had; and in each case of the leg that leads. Who was never asked, a desk or
    the coordinator, says itself whether there is consent.
    """
    received = received_by(sender, legs)
    if origin is None and not received:
        return False
    given = [leg for leg in received if leg.basis == CONSENT]
    own = [origin] if origin else [leg for leg in given if leg.state in AT_WORK] or given
    leading = [leg for leg in legs if leg.lead and leg.state in LIVE and not leg.pending_hand_on]
    carried = not own or any(stands(leg, day) for leg in own)
    return not carried or not all(stands(leg, day) for leg in leading)


def received_by(agency: str, legs: Collection[Leg]) -> list[Leg]:
    """The legs of a case that this agency has, or had after accepting, entered in error or not."""
    return [
        leg
        for leg in legs
        if leg.receiver == agency and (took_part(leg) or leg.accepted_at is not None)
    ]
