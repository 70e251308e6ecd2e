"""Days, moments and numbers at the ends of what can be written: no body falls over one."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from deploy.serving import SERVICES
from tests.integration.extremes import DAYS, NUMBERS, TIMES
from tests.integration.meetings import COORDINATOR, DESK, LEAD, act, case_of, open_case, plan
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio


def _leaves(node: Any, place: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every day, moment and number of a body, with its place."""
    if isinstance(node, dict):
        return [leaf for name in node for leaf in _leaves(node[name], (*place, name))]
    if isinstance(node, list):
        return [leaf for index, one in enumerate(node) for leaf in _leaves(one, (*place, index))]
    timed = isinstance(node, str) and re.match(r"\d{4}-\d\d-\d\d", node)
    whole = isinstance(node, int) and not isinstance(node, bool)
    return [(place, node)] if timed or whole else []


def _with(node: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = _with(node[place[0]], place[1:], value)
    if isinstance(node, dict):
        return node | {place[0]: changed}
    return [changed if index == place[0] else one for index, one in enumerate(node)]


def _extremes(value: Any) -> tuple[Any, ...]:
    if isinstance(value, int):
        return (*NUMBERS, *map(str, NUMBERS))
    return (*TIMES, *DAYS) if "T" in value else (*DAYS, *TIMES)


#: A donation may be of more yen than 32 bits hold.
_TAKEN = (0, 1, 9999, 2**31)
_NOW = datetime.now(UTC).isoformat()
_DAY = "2026-05-20"
_GIVEN = {"reason": "家計の相談が必要", "basis": "consent", "mode": "phone", "at": _NOW}
_ENDED = {"outcome": "resolved", "ended_by": "agency"}
_SCORES = [{"goal": 1, "score": "achieved"}, {"goal": 2, "score": "achieved"}]


def _bodies(legs: dict[str, str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every call whose body has a day, a moment or a number: who sends it, and a whole body."""
    case, offered, taken = legs["case"], legs["offered"], legs["taken"]
    review = {"kind": "review-plan", "case": case, "scores": _SCORES, "next_review": _DAY}
    of_case, of_leg = f"/referral/api/cases/{case}", "/referral/api/referrals"
    timed = {"at": _NOW}
    return {
        "/intake/api/consultations": (DESK, consultation(**refer("csw", at=_NOW))),
        f"/intake/api/consultations/{legs['consultation']}/corrections": (
            DESK,
            {"reason": "書きまちがい", "received_at": _NOW, **refer("csw", at=_NOW)},
        ),
        "/intake/api/activities": (
            DESK,
            {"kind": "donation", "held_on": _DAY, "quantity": 1, "attendance": 1, "amount": 1},
        ),
        f"/intake/api/activities/{legs['activity']}/corrections": (
            DESK,
            {"reason": "まちがい", "held_on": _DAY, "quantity": 1, "attendance": 1, "amount": 1},
        ),
        "/intake/api/figures": (
            DESK,
            {"indicator": "volunteer-hosts", "as_of": _DAY, "value": 1}
            | {"numerator": 1, "denominator": 1},
        ),
        f"/intake/api/figures/{legs['figure']}/corrections": (
            DESK,
            {"reason": "書きまちがい", "as_of": _DAY, "value": 1}
            | {"numerator": 1, "denominator": 1},
        ),
        "/metrics/api/rules/csw-consultations/switch": ("manager", {"version": 2}),
        "/referral/api/agencies/csw/pause": (
            "csw",
            {"from": _DAY, "until": _DAY, "substitute": "houkatsu", "reason": "研修のため"},
        ),
        f"{of_case}/calls": (DESK, {"whom": "119", **timed}),
        f"{of_case}/close": (LEAD, {"end": "completed", **_ENDED, **timed}),
        f"{of_case}/plan": (LEAD, plan(LEAD) | timed),
        f"{of_case}/plan/adopt": (LEAD, timed),
        f"{of_case}/plan/review": (LEAD, {"scores": _SCORES, "next_review": _DAY, **timed}),
        f"{of_case}/referrals": (LEAD, {"to": ["hoiku"], **_GIVEN}),
        f"{of_case}/take-over": (COORDINATOR, {"reason": "調整のため", **timed}),
        "/referral/api/conferences": (
            LEAD,
            {
                "kind": "integrated-conference",
                "held_on": _DAY,
                "agencies": [DESK],
                "cases": [case],
                "decisions": [review],
            },
        ),
        f"{of_leg}/{offered}/accept": ("csw", timed),
        f"{of_leg}/{offered}/return": ("csw", {"reason": "not-ours", **timed}),
        f"{of_leg}/{offered}/withdraw": (DESK, {"reason": "まちがい", **timed}),
        f"{of_leg}/{offered}/basis": (DESK, {"basis": "consent", "expires_on": _DAY, **timed}),
        f"{of_leg}/{taken}/assign": (LEAD, {"account": "houkatsu", **timed}),
        f"{of_leg}/{taken}/check-in": (LEAD, timed),
        f"{of_leg}/{taken}/confirm": (LEAD, {"code": "x", **timed}),
        f"{of_leg}/{taken}/contacts": (LEAD, {"on": _DAY, "kind": "phone", **timed}),
        f"{of_leg}/{taken}/hand-on": (LEAD, {"to": "hoiku", **_GIVEN}),
        f"{of_leg}/{taken}/close": (LEAD, {**_ENDED, **timed}),
        f"{of_leg}/{taken}/consent-withdrawn": (DESK, timed),
        f"{of_leg}/{taken}/reopen": (DESK, {"reason": "もう一度", **timed}),
        f"{of_leg}/{taken}/void": ("admin", {"reason": "入力のまちがい", **timed}),
    }


def _described(app: FastAPI, node: dict[str, Any], name: str = "") -> set[str]:
    """The names of the fields of a described body that are days, moments or numbers."""
    if "$ref" in node:
        model = node["$ref"].rpartition("/")[2]
        return _described(app, app.openapi()["components"]["schemas"][model], name)
    found = {name} if {node.get("format"), node.get("type")} & _MEASURED else set[str]()
    for one in [*node.get("anyOf", ()), *([node["items"]] if "items" in node else ())]:
        found |= _described(app, one, name)
    for field, one in node.get("properties", {}).items():
        found |= _described(app, one, field)
    return found


_MEASURED = {"date", "date-time", "integer", "number"}


def _needed(apps: dict[str, FastAPI]) -> dict[str, set[str]]:
    """The path of each call to such fields of its body."""
    found = {}
    for service in SERVICES:
        for path, operations in apps[service].openapi()["paths"].items():
            for one in operations.values():
                for content in one.get("requestBody", {}).get("content", {}).values():
                    if fields := _described(apps[service], content["schema"]):
                        found[path] = fields
    return found


async def _opened(world: World) -> dict[str, str]:
    """Records to ask about: a case with a leg that was accepted and one that was not."""
    case = await open_case(world, LEAD, "csw", desk=DESK)
    legs = {leg["to"]: leg["id"] for leg in (await case_of(world, case))["legs"]}
    await act(world, legs[LEAD], LEAD, "accept")
    await world.post(f"/referral/api/cases/{case}/plan", LEAD, plan(LEAD))
    await world.post(f"/referral/api/cases/{case}/plan/adopt", LEAD, {})
    day = {"kind": "donation", "held_on": _DAY, "amount": 1}
    figure = {"indicator": "volunteer-hosts", "as_of": "2026-05-19", "value": 1}
    [recorded, *_] = await world.get("/intake/api/consultations", f"counter:{DESK}")
    return {
        "case": case,
        "taken": legs[LEAD],
        "offered": legs["csw"],
        "consultation": recorded["id"],
        "activity": (await world.post("/intake/api/activities", DESK, day))["id"],
        "figure": (await world.post("/intake/api/figures", DESK, figure))["id"],
    }


async def test_no_body_falls_over_a_day_or_a_number(
    world: World, applications: dict[str, FastAPI]
) -> None:
    bodies = _bodies(await _opened(world))
    tried: dict[str, set[str]] = {}
    taken = []
    for path, (who, body) in bodies.items():
        for place, value in _leaves(body):
            tried.setdefault(path, set()).add(
                next(one for one in reversed(place) if isinstance(one, str))
            )
            for extreme in _extremes(value):
                answer = await world.call("POST", path, who, _with(body, place, extreme))
                assert answer.status_code < 500, (path, place, extreme, answer.text)
                if answer.is_success and extreme not in _TAKEN:
                    taken.append((path, place, extreme))
    for template, fields in _needed(applications).items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        found = [names for path, names in tried.items() if re.fullmatch(pattern, path)]
        assert found, template
        assert fields <= found[0], (template, fields - found[0])
    assert taken == []
    await world.settle()
