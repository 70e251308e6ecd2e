"""Who sees what of a case: parties, the sharing basis, and the narrower rule on violence."""

from collections.abc import Iterable

from services.referral.domain.case import Case, Leg, LegState
from shared.plan import Plan

#: Hidden on cases about violence from everyone but intake's desk and accepted receivers.
_SHIELDED_FACTS = frozenset({"district", "caller"})
#: A receiver whose leg ended so without acceptance never took part in the case.
NEVER_TOOK = frozenset({LegState.RETURNED, LegState.WITHDRAWN, LegState.VOID})


def took_part(leg: Leg) -> bool:
    """Whether the receiver has the leg before it, has it, or had it after accepting."""
    return leg.state not in NEVER_TOOK or leg.accepted_at is not None


def is_party(agency: str, case: Case, legs: Iterable[Leg], coordinator: str) -> bool:
    """Whether this agency may see the case at all."""
    if agency in (case.holder, case.desk):
        return True
    if agency == coordinator and not case.shielded:
        return True
    return any(leg.sender == agency or (leg.receiver == agency and took_part(leg)) for leg in legs)


def visible_facts(agency: str, case: Case, legs: Iterable[Leg], plan: Plan) -> frozenset[str]:
    """The names of the facts that this party sees: topics always, the rest by basis."""
    everything = frozenset({"topics", "urgency", "reason", *case.facts})
    mine = [leg for leg in legs if leg.receiver == agency and took_part(leg)]
    accepted = any(leg.accepted_at is not None for leg in mine)
    seen: frozenset[str] = frozenset({"topics"})
    for leg in mine:
        basis = plan.bases[leg.basis]
        seen |= basis.before if leg.accepted_at is None else basis.after
    if agency == case.desk or not mine:
        seen = everything
    if case.shielded and agency != case.desk and not accepted:
        seen -= _SHIELDED_FACTS
    return seen & everything
