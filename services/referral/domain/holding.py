"""Who holds the case after an act: the rules and bounds that never leave it without a holder."""

from dataclasses import replace

from services.referral.domain.case import Case, Leg

#: So many lead legs returned since the last lead acceptance, and the coordinator holds.
MOST_LEAD_RETURNS = 2


def hold_by(case: Case, agency: str, *, coordinator: str) -> Case:
    """The case with this holder. A coordinator who holds already is flagged instead."""
    if case.holder == agency:
        return replace(case, escalated=case.escalated or agency == coordinator)
    return replace(case, holder=agency)


def after_accept(case: Case, leg: Leg) -> Case:
    """A lead leg's receiver becomes the holder, and returns are counted anew."""
    if not leg.lead:
        return case
    return replace(case, holder=leg.receiver, lead_returns=0, escalated=False)


def after_return(case: Case, leg: Leg, coordinator: str) -> Case:
    """The sender holds on; after the second returned lead leg, the coordinator holds."""
    if not leg.lead:
        return case
    counted = replace(case, lead_returns=case.lead_returns + 1)
    if counted.lead_returns < MOST_LEAD_RETURNS:
        return counted
    return hold_by(counted, coordinator, coordinator=coordinator)


def without_destination(case: Case, coordinator: str) -> Case:
    """Nobody was found to take it: the coordinator holds at once."""
    return hold_by(case, coordinator, coordinator=coordinator)
