"""Who acts in a transaction, from who asked: what row-level security is told."""

from shared.database import Acts
from shared.identity.principal import Principal
from shared.plan import Plan

#: The kind of desk that answers for every case of the plan.
COORDINATOR = "coordinator"


def acts_of_principal(principal: Principal, plan: Plan) -> Acts:
    """The account with its role, its agency, and that agency's kind; the coordinator is its own."""
    agency = None if principal.agency is None else plan.agencies.get(principal.agency)
    kind = None if agency is None else str(agency.kind)
    if principal.agency == plan.coordinator:
        kind = COORDINATOR
    return Acts(str(principal.role), principal.key, principal.agency, kind)
