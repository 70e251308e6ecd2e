"""An agency has a case before it once: two live legs that meet at one receiver become one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.case import AT_WORK, LIVE, Leg, LegState, has_it_before_it
from services.referral.domain.holding import Standing, after_end, taking_on


def asked_twice(agency: str, legs: Collection[Leg], *, lead: bool) -> bool:
    """Whether a new leg would ask an agency for what it has before it already.

    The lead may still be asked of an agency that works beside: its side leg ends in that one.
    """
    return not lead and has_it_before_it(agency, legs)


def as_one(standing: Standing, agency: str, at: datetime) -> tuple[Standing, UUID | None]:
    """The case with one live leg to this agency, and which; what leads stays before what does not.

    Work goes on before what waits for an answer, and takes over the terms of the work that ends
    in it. The lead that is offered to an agency at work beside stays, for it is another question.
    """
    live = [leg for leg in standing.legs if leg.receiver == agency and leg.state in LIVE]
    work = sorted((leg for leg in live if leg.state in AT_WORK), key=_by_weight)
    asked = sorted((leg for leg in live if leg.state is LegState.OFFERED), key=_by_weight)
    kept = next(iter([*work, *asked]), None)
    if kept is None:
        return standing, None
    apart = [leg for leg in asked if leg.lead and not kept.lead][:1]
    for leg in live:
        if leg.id == kept.id or leg in apart:
            continue
        state = LegState.HANDED_ON if leg.state in AT_WORK else LegState.WITHDRAWN
        acted_at = max(at, leg.acted_at)
        ended = replace(leg, state=state, acted_at=acted_at, contact_clocks={})
        standing = after_end(standing, ended)
    if work:
        standing = standing.with_legs(taking_on(standing.leg(kept.id), work))
    return standing, kept.id


def _by_weight(leg: Leg) -> tuple[bool, bool, datetime, UUID]:
    return (not leg.lead, leg.continues is None, leg.offered_at, leg.id)


def ended_between(before: Standing, after: Standing, state: LegState) -> list[Leg]:
    """The legs that came to this state from one standing to the other."""
    known = {leg.id: leg.state for leg in before.legs}
    return [leg for leg in after.legs if leg.state is state and known.get(leg.id) is not state]
