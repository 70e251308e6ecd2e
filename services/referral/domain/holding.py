"""Who holds the case after an act: the rules and bounds that never leave it without a holder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.case import (
    AT_WORK,
    LIVE,
    Case,
    CaseState,
    Leg,
    LegState,
    replaced,
)

#: So many lead legs returned since the last lead acceptance, and the coordinator holds.
MOST_LEAD_RETURNS = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with all of its legs, at one moment."""

    case: Case
    legs: tuple[Leg, ...]

    def leg(self, leg_id: UUID) -> Leg:
        """One of its legs."""
        return next(leg for leg in self.legs if leg.id == leg_id)

    def with_legs(self, *changed: Leg) -> "Standing":
        """The same case with these legs changed."""
        return replace(self, legs=replaced(self.legs, *changed))

    def with_case(self, case: Case) -> "Standing":
        """The same legs under a changed case."""
        return replace(self, case=case)


def hold_by_coordinator(standing: Standing, coordinator: str, at: datetime) -> Standing:
    """The coordinator holds. If it does already, the case is flagged and its term restarts.

    A former lead leg that was accepted goes on as a side leg.
    """
    case = replace(standing.case, idle_since=at)
    if case.holder == coordinator:
        return standing.with_case(replace(case, escalated=True))
    former = [
        replace(leg, lead=False) for leg in standing.legs if leg.lead and leg.state in AT_WORK
    ]
    return standing.with_case(replace(case, holder=coordinator)).with_legs(*former)


def after_accept(standing: Standing, leg: Leg) -> Standing:
    """A lead leg's receiver becomes the holder; a leg that was handed on ends with that.

    So do side legs that the receiver works on already: they go on in this one. What runs on them,
    such as the time to decide on an application, runs on for who answers now.
    """
    origins = [one for one in standing.legs if one.id == leg.continues]
    ending = [*origins, *(one for one in standing.legs if _goes_on_in(one, leg))]
    standing = standing.with_legs(replace(taking_on(leg, ending), continues=None))
    for one in ending:
        ended = max(one.acted_at, leg.acted_at)
        left = replace(one, state=LegState.HANDED_ON, acted_at=ended, contact_clocks={})
        standing = after_end(standing, left)
    if not leg.lead:
        return standing
    case = replace(standing.case, holder=leg.receiver, lead_returns=0, escalated=False)
    return standing.with_case(case)


def taking_on(leg: Leg, ending: Sequence[Leg]) -> Leg:
    """The leg with the terms of those that end in it; of one kind, its own or the first stays."""
    running = {
        kind: since
        for one in (*reversed(ending), leg)
        for kind, since in one.contact_clocks.items()
    }
    return replace(leg, contact_clocks=running)


def _goes_on_in(one: Leg, accepted: Leg) -> bool:
    same = one.receiver == accepted.receiver and one.id not in (accepted.id, accepted.continues)
    return same and one.state in AT_WORK and not one.lead


def after_return(standing: Standing, leg: Leg, coordinator: str) -> Standing:
    """The sender holds on; after the second returned lead leg, the coordinator holds."""
    standing = standing.with_legs(replace(leg, continues=None))
    if not leg.lead:
        return standing
    counted = replace(standing.case, lead_returns=standing.case.lead_returns + 1)
    standing = standing.with_case(counted)
    if counted.lead_returns < MOST_LEAD_RETURNS:
        return standing
    return hold_by_coordinator(standing, coordinator, leg.acted_at)


def after_end(standing: Standing, leg: Leg) -> Standing:
    """A leg ended; an offer by which it was being handed on stands by itself from now on."""
    offers = [
        replace(offer, continues=None) for offer in standing.legs if offer.continues == leg.id
    ]
    return standing.with_legs(replace(leg, continues=None), *offers)


def is_void(standing: Standing) -> bool:
    """Whether nothing of the case remains: its consultation was cancelled and every leg is void."""
    return standing.case.cancelled and all(leg.state is LegState.VOID for leg in standing.legs)


def settled(before: Standing, after: Standing, at: datetime) -> Standing:
    """The standing with its holder's term begun anew where the case lost its last live leg."""
    case = after.case
    if is_void(after):
        return after.with_case(replace(case, state=CaseState.VOID))
    idle = not any(leg.state in LIVE for leg in after.legs)
    was_idle = before.case.state is CaseState.OPEN and not any(
        leg.state in LIVE for leg in before.legs
    )
    if idle and (not was_idle or case.holder != before.case.holder):
        return after.with_case(replace(case, idle_since=max(at, case.idle_since)))
    return after
