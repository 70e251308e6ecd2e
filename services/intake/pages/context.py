"""From a request to what a use case needs: who acts, when, under which plan."""

from typing import Annotated

from fastapi import Depends, Request

from services.intake.usecases.acting import Acting
from shared.identity.principal import Role
from shared.web.access import AtDesk, require
from shared.web.requests import Moment, RequestCause

Reporting = Annotated[object, Depends(require(Role.COUNTER, Role.AGENCY, Role.MANAGER))]


async def acting_at_desk(
    request: Request, principal: AtDesk, now: Moment, cause: RequestCause
) -> Acting:
    """A desk acts."""
    state = request.app.state
    return Acting(principal, state.plan, state.outbox, now, cause)


async def acting_reporter(
    request: Request, _: Reporting, now: Moment, cause: RequestCause
) -> Acting:
    """A desk or a manager reports a figure."""
    state = request.app.state
    return Acting(request.state.principal, state.plan, state.outbox, now, cause)


DeskActs = Annotated[Acting, Depends(acting_at_desk)]
ReporterActs = Annotated[Acting, Depends(acting_reporter)]
