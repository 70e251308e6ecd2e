"""Name the lead of a case in a conference, by the rule that only an agency that agrees holds."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.case import AT_WORK, LIVE, Leg, LegState
from services.referral.domain.holding import (
    Standing,
    after_accept,
    after_end,
    hold_by_coordinator,
)
from services.referral.domain.one_leg import ended_between


@dataclass(frozen=True, slots=True)
class Named:
    """The case after its lead was named, and which legs were withdrawn, accepted, offered for it.

    `handed_on` are the legs that ended because the accepted one took them on; `leg` is the one
    that leads from now on, if there is one.
    """

    standing: Standing
    leg: UUID | None = None
    withdrawn: tuple[UUID, ...] = ()
    accepted: UUID | None = None
    handed_on: tuple[UUID, ...] = ()
    offered: UUID | None = None


def name_lead(
    standing: Standing, new: Leg, *, attends: bool, coordinator: str, at: datetime
) -> Named:
    """The named agency leads. `new` is a lead leg to it, used where no leg of it can lead.

    An agency that took part agreed there: its leg leads at once and it holds. The coordinator
    needs no leg to hold. One that did not take part is offered the lead as ever, and the holder
    stays until it accepts. What else was offered as lead is withdrawn, and a former lead leg goes
    on as a side leg.
    """
    agency = new.receiver
    holds = standing.case.holder == agency
    chosen = _chosen(standing, agency, agrees=attends)
    if chosen is None and not holds and not (attends and agency == coordinator):
        standing = replace(standing, legs=(*standing.legs, new))
        chosen = new
    cleared, withdrawn = _without_other_leads(standing, chosen, at)
    named = Named(cleared, None if chosen is None else chosen.id, withdrawn)
    if chosen is None:
        held = cleared if holds else hold_by_coordinator(cleared, coordinator, at)
        return replace(named, standing=held)
    leading = replace(cleared.leg(chosen.id), lead=True)
    offered = chosen.id if chosen.id == new.id else None
    if not attends:
        return replace(named, standing=cleared.with_legs(leading), offered=offered)
    if leading.state is not LegState.OFFERED:
        case = replace(cleared.case, holder=agency, lead_returns=0, escalated=False)
        return replace(named, standing=cleared.with_case(case).with_legs(leading))
    taken = replace(leading, state=LegState.ACCEPTED, accepted_at=at, checked_at=at, acted_at=at)
    after = after_accept(cleared.with_legs(taken), taken)
    ended = ended_between(cleared, after, LegState.HANDED_ON)
    return replace(
        named,
        standing=after,
        accepted=chosen.id,
        handed_on=tuple(leg.id for leg in ended),
        offered=offered,
    )


def _chosen(standing: Standing, agency: str, *, agrees: bool) -> Leg | None:
    """The leg of this agency that shall lead: one that leads, then one at work, then an offer.

    Without its agreement only an offer can, which it still has to accept, or what leads already.
    """
    legs = [leg for leg in standing.legs if leg.receiver == agency and leg.state in LIVE]
    if not agrees:
        legs = [leg for leg in legs if leg.lead or leg.state is LegState.OFFERED]
    if standing.case.holder == agency:
        legs = [leg for leg in legs if leg.lead or leg.state in AT_WORK]
    return min(legs, key=lambda leg: (not leg.lead, leg.state is LegState.OFFERED), default=None)


def _without_other_leads(
    standing: Standing, chosen: Leg | None, at: datetime
) -> tuple[Standing, tuple[UUID, ...]]:
    """Withdraw the other lead offers, and let the other lead legs at work go on as side legs.

    The leg that the chosen one takes on keeps its role; it ends when the other is accepted.
    """
    kept = set() if chosen is None else {chosen.id, chosen.continues}
    others = [leg for leg in standing.legs if leg.lead and leg.id not in kept]
    withdrawn = [leg for leg in others if leg.state is LegState.OFFERED]
    former = [replace(leg, lead=False) for leg in others if leg.state in AT_WORK]
    standing = standing.with_legs(*former)
    for leg in withdrawn:
        ended = replace(leg, state=LegState.WITHDRAWN, acted_at=max(at, leg.acted_at))
        standing = after_end(standing, ended)
    return standing, tuple(leg.id for leg in withdrawn)
