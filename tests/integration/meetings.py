"""Cases to meet about, and conferences held through the machine interface."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.japanese_time import japanese_day
from tests.world import World, consultation, refer

DESK, LEAD, SIDE, STRANGER = "shakyo-sogo", "houkatsu", "seikatsu-engo", "hoiku"
COORDINATOR = "chiiki-kyosei"


def today() -> str:
    """Today in Japan."""
    return japanese_day(datetime.now(UTC)).isoformat()


def in_days(days: int) -> str:
    """A day from today."""
    return (japanese_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


async def open_case(world: World, *to: str, desk: str = DESK, **changes: Any) -> str:
    """A case of this desk with a leg to each of these agencies, the first as lead."""
    sharing = {name: changes.pop(name) for name in ("basis", "lead") if name in changes}
    body = consultation(**refer(*to, **sharing), **changes)
    recorded = await world.post("/intake/api/consultations", f"counter:{desk}", body)
    await world.settle()
    return str(recorded["case_id"])


async def case_of(world: World, case: str, who: str = DESK) -> Any:
    """The case as this agency sees it."""
    return await world.get(f"/referral/api/cases/{case}", who)


async def act(world: World, leg: str, who: str, action: str, **body: Any) -> None:
    """Do something to a leg."""
    await world.post(f"/referral/api/referrals/{leg}/{action}", who, body)


async def meet(
    world: World, who: str, cases: list[str], *decisions: dict[str, Any], **changes: Any
) -> httpx.Response:
    """Ask for a conference of the desk, the first receivers and the coordinator."""
    body = {
        "kind": "support-conference",
        "held_on": today(),
        "agencies": [LEAD, COORDINATOR],
        "cases": cases,
        "decisions": list(decisions),
    } | changes
    return await world.call("POST", "/referral/api/conferences", who, body)


async def met(
    world: World, who: str, cases: list[str], *decisions: dict[str, Any], **changes: Any
) -> Any:
    """The same, and it was held."""
    answer = await meet(world, who, cases, *decisions, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def plan(*agencies: str) -> dict[str, Any]:
    """A plan of two goals in which each of these agencies has a role."""
    roles = [{"agency": agency, "role": "月に一度の訪問"} for agency in agencies]
    return {
        "goals": [
            {"goal": "家計の見通しを立てる", "roles": roles},
            {"goal": "地域の集まりに出る", "roles": roles[:1]},
        ],
        "review_on": in_days(90),
    }
