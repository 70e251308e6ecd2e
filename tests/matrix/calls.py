"""Knock at a door: one route, called by one side about one case."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Message

from deploy.serving import ByPath
from tests.integration.meetings import in_days, today
from tests.matrix.city import HOLDER, RECEIVER, City, Told
from tests.world import consultation, refer

#: It ends the session that it comes from, so it is called last.
LAST = "/sign-out"
STREAM = "/referral/api/notifications/stream"
#: Words in an address that name no record of the two cases.
_PLAIN = {
    "agency": RECEIVER,
    "indicator": "liaison-meetings",
    "name": "hook",
    "action": "return",
    "paper": "book.xlsx",
    "path:path": "indicators.json",
    "account_id": "01890000-0000-7000-8000-000000000001",
    "token_id": "01890000-0000-7000-8000-000000000001",
    "session_id": "01890000-0000-7000-8000-000000000001",
}
_WORDS = {"reason": "引き継ぎのため", "basis": "consent", "mode": "phone"}
_REFER = _WORDS | {"to": ["seikatsu-engo"]}
_END = {"outcome": "resolved", "ended_by": "person"}
_REVIEW = {"scores": [{"goal": 1, "score": "reached"}]}
_CLOSED = _END | {"end": "completed"}
#: What somebody would send who means it, so that a refusal is the door's and not the form's.
_MEANT: dict[str, Mapping[str, Any]] = {
    "/intake/api/consultations/{consultation_id}/corrections": {
        "reason": "まちがい",
        "urgency": "soon",
    },
    "/intake/api/activities/{activity_id}/corrections": {"reason": "まちがい", "quantity": 2},
    "/intake/api/figures/{figure_id}/corrections": {"reason": "まちがい", "value": 4},
    "/intake/consultations/{consultation_id}/slip": {"safe": "1"},
    "/referral/api/cases/{case_id}/referrals": _REFER,
    "/referral/api/cases/{case_id}/close": _CLOSED,
    "/referral/api/cases/{case_id}/calls": {"whom": "110"},
    "/referral/api/cases/{case_id}/plan": {
        "goals": [{"goal": "家計", "roles": [{"agency": HOLDER, "role": "訪問"}]}],
        "review_on": in_days(90),
    },
    "/referral/api/cases/{case_id}/plan/adopt": {},
    "/referral/api/cases/{case_id}/plan/review": _REVIEW,
    "/referral/api/referrals/{leg_id}/accept": {},
    "/referral/api/referrals/{leg_id}/check-in": {},
    "/referral/api/referrals/{leg_id}/return": {"reason": "no-capacity"},
    "/referral/api/referrals/{leg_id}/basis": {"basis": "consent"},
    "/referral/api/referrals/{leg_id}/consent-withdrawn": {},
    "/referral/api/referrals/{leg_id}/contacts": {"on": today(), "kind": "visit"},
    "/referral/api/referrals/{leg_id}/hand-on": _WORDS | {"to": "seikatsu-engo"},
    "/referral/api/referrals/{leg_id}/assign": {"account": "side-x"},
    "/referral/api/referrals/{leg_id}/close": _END,
    "/referral/api/agencies/{agency}/pause": {"substitute": "seikatsu-engo", "reason": "休み"},
    "/referral/api/agencies/{agency}/pause/end": {},
    "/referral/api/agencies/{agency}/succession": {"to": "seikatsu-engo", "reason": "統合"},
    "/referral/cases/{case_id}/referrals": _REFER,
    "/referral/cases/{case_id}/calls": {"whom": "110"},
    "/referral/cases/{case_id}/close": _CLOSED,
    "/referral/cases/{case_id}/plan": {
        "goal-1": "家計",
        "agency-1-1": HOLDER,
        "role-1-1": "訪問",
        "review_on": in_days(90),
    },
    "/referral/cases/{case_id}/plan/review": {"score-1": "reached"},
    "/referral/cases/{case_id}/referrals/{leg_id}/{action}": {"reason": "no-capacity"},
}
_REASON = {"reason": "まちがい"}


def routes_of(city_apps: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every method and path of every service, each once, as its application has them."""
    seen = {("POST", LAST)}
    for app in city_apps.values():
        for context in iter_route_contexts(app.routes):
            route = context.route
            methods = route.methods if isinstance(route, APIRoute) else {"GET"}
            path = getattr(route, "path", repr(route))
            for method in sorted(methods or ()):
                if (method, path) not in seen:
                    seen.add((method, path))
                    yield method, path
    yield "POST", LAST


def is_about_a_case(path: str, told: Told) -> bool:
    """Whether an address names something of the one case and not of the other."""
    return any(f"{{{name}}}" in path for name in told.names if name != "number") or (
        path == "/referral/notifications/{number}"
    )


def address(path: str, told: Told) -> str:
    """The path with every word filled in."""
    words = _PLAIN | told.names
    if path.startswith("/metrics"):
        words["number"] = "1"
    return re.sub(r"\{([^}]+)\}", lambda found: words[found.group(1)], path)


def _meant(path: str, told: Told) -> dict[str, Any]:
    code = told.names["code"]
    if path.endswith("/confirm"):
        return {"code": code}
    if path in ("/referral/inbox/search", "/referral/voids"):
        return {"code": code}
    if path == "/referral/voids/{leg_id}":
        return {"code": code, **_REASON}
    if path == "/intake/api/consultations":
        return consultation(**refer("seikatsu-engo"))
    if path == "/referral/api/conferences":
        day = {"kind": "support-conference", "held_on": today(), "agencies": [HOLDER]}
        return day | {"cases": [told.names["case_id"]]}
    return dict(_MEANT.get(path, _REASON))


async def knock(
    city: City, method: str, path: str, side: str, told: Told, *, in_earnest: bool
) -> tuple[int, str]:
    """Status and text. What is not `in_earnest` is refused for what it says, behind the door."""
    target, headers = address(path, told), city.headers[side]
    if path == STREAM:
        return await _listen(city, target, headers)
    body = _meant(path, told) if in_earnest else {"nothing-we-know": "1"}
    machine = "/api/" in path
    sent: dict[str, Any] = {}
    if method in ("POST", "PUT"):
        sent = {"json": body} if machine else {"data": body}
    answer = await city.world.client.request(method, target, headers=headers, **sent)
    words = answer.text if "pdf" not in answer.headers.get("content-type", "") else ""
    location = answer.headers.get("location", "")
    return answer.status_code, f"{words}\n{location}"


async def _listen(city: City, target: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """What a live stream gives at once to one who asks for everything from the beginning."""
    sent: list[Message] = []
    quiet = asyncio.Event()

    async def receive() -> Message:
        await quiet.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": target,
        "raw_path": target.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("test", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"test"), (b"last-event-id", b"0"), *lines],
    }
    asked = asyncio.create_task(ByPath(city.apps)(scope, receive, send))
    await asyncio.wait([asked], timeout=0.4)
    quiet.set()
    asked.cancel()
    await asyncio.wait([asked])
    heard = b"".join(message.get("body", b"") for message in sent)
    return int(sent[0]["status"]), heard.decode()
