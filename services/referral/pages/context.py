"""From a request to what a use case needs: who acts, when, under which plan."""

from typing import Annotated

from fastapi import Depends, Request

from services.referral.usecases.acting import Acting
from shared.web.access import Administering, AtDesk
from shared.web.requests import Moment, RequestCause


async def acting(request: Request, principal: AtDesk, now: Moment, cause: RequestCause) -> Acting:
    """An agency acts; which of its acts are allowed, the transition table says."""
    state = request.app.state
    return Acting(principal, state.plan, state.outbox, now, cause)


AgencyActs = Annotated[Acting, Depends(acting)]


async def administrator(
    request: Request, principal: Administering, now: Moment, cause: RequestCause
) -> Acting:
    """An administrator acts: for no agency, and on nothing but what was entered in error."""
    state = request.app.state
    return Acting(principal, state.plan, state.outbox, now, cause)


AdministratorActs = Annotated[Acting, Depends(administrator)]
