"""`/.well-known/security.txt` (RFC 9116): whom to tell about a weakness."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse

from shared.web.access import public
from shared.web.requests import Moment

router = APIRouter(include_in_schema=False, dependencies=[Depends(public)])

#: RFC 9116 asks for less than a year; whoever keeps a copy looks again by then.
_GOOD_FOR = timedelta(days=180)


@router.get("/.well-known/security.txt")
async def get_security_txt(request: Request, now: Moment) -> PlainTextResponse:
    """The contact that the plan names."""
    state = request.app.state
    lines = (
        f"Contact: {state.plan.security_contact}",
        f"Expires: {(now + _GOOD_FOR).isoformat(timespec='seconds')}",
        "Preferred-Languages: ja",
        f"Canonical: {state.public_url.rstrip('/')}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n")
