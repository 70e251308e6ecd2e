"""Days, moments and numbers at the ends of what can be written: no page falls over one."""

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import Headers

from deploy.serving import SERVICES
from services.metrics.pages.conditional import has_it
from tests.integration.extremes import DAYS, TIMES, WRITTEN
from tests.integration.meetings import COORDINATOR, DESK
from tests.world import World

pytestmark = pytest.mark.anyio


_DAY = "2026-05-20"
_STREAM = "/referral/api/notifications/stream"
#: What pages read from their address without describing it.
_READ_BY_PAGES = ("from", "to", "held_on", "received_at")
_ROLES = ("csw", "manager", "admin", COORDINATOR)


def _routes(apps: dict[str, FastAPI], method: str) -> list[APIRoute]:
    routes = [one.route for name in SERVICES for one in iter_route_contexts(apps[name].routes)]
    found = [one for one in routes if isinstance(one, APIRoute) and method in (one.methods or ())]
    return [one for one in found if one.path != _STREAM and "{path:path}" not in one.path]


async def _role(world: World, path: str) -> str:
    for who in _ROLES:
        if (await world.call("GET", path, who)).status_code not in (401, 403):
            return who
    raise AssertionError(f"nobody may ask {path}")


def _asked(route: APIRoute) -> list[tuple[str, str]]:
    """Each address with one extreme: in its path, in what it describes, in what pages read."""
    known = {"indicator": "csw-consultations", "paper": "summary.pdf", "agency": "csw"}
    numbers = {
        one.alias for one in route.dependant.path_params if "int" in str(one.field_info.annotation)
    }
    path = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], str(uuid4())), route.path)
    plain = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), route.path)
    asked = [(plain.replace(f"{{{name}}}", value), "") for name in numbers for value in WRITTEN]
    names = {one.alias for one in route.dependant.query_params} & _DESCRIBED
    asked += [(path, f"{name}={value}") for name in sorted(names) for value in WRITTEN]
    if route.dependant.request_param_name and not names:
        asked += [(path, f"{name}={value}") for name in _READ_BY_PAGES for value in DAYS[::3]]
        asked += [(path, "step=x&held_on=9999-12-31"), (path, "from=0001-01-01&to=9999-12-31")]
    return asked


#: Every described parameter that is a day or a number, or has one in it.
_DESCRIBED = {"from", "to", "limit", "fy", "number", "release", "before", "after"}


async def test_no_address_falls_over_a_day_or_a_number(
    quiet_world: World, applications: dict[str, FastAPI]
) -> None:
    calls, refused, named = 0, 0, set[str]()
    for route in _routes(applications, "GET"):
        params = [*route.dependant.query_params, *route.dependant.header_params]
        typed = {
            one.alias for one in params if re.search(r"date|int", str(one.field_info.annotation))
        }
        assert typed <= _DESCRIBED, route.path
        asked = _asked(route)
        if not asked:
            continue
        who = await _role(quiet_world, asked[0][0])
        for path, query in asked:
            answer = await quiet_world.call("GET", f"{path}?{query}", who)
            assert answer.status_code < 500 or route.path.endswith("readyz"), (path, query)
            calls += 1
            refused += answer.status_code == 422
            named.add(query.partition("=")[0])
    assert calls > 500
    assert refused > 200
    assert named >= _DESCRIBED


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/intake/api/consultations", "csw"),
        ("/intake/consultations", "csw"),
        ("/admin/audit", "admin"),
        ("/intake/audit", "admin"),
        ("/referral/audit", "admin"),
        ("/metrics/audit", "admin"),
    ],
)
async def test_a_search_says_which_years_there_are(quiet_world: World, path: str, who: str) -> None:
    for day in ("9999-12-31", "0001-01-01"):
        for name in ("from", "to"):
            answer = await quiet_world.call("GET", f"{path}?{name}={day}", who)
            assert answer.status_code == 422
            assert "年は1900年から2999年まで" in answer.text
    answer = await quiet_world.call("GET", f"{path}?from=1900-01-01&to=2999-12-31", who)
    assert answer.status_code == 200


_GIFT = {"kind": "donation", "held_on": _DAY, "quantity": "1", "amount": "1"}


@pytest.mark.parametrize(
    ("path", "who", "fields"),
    [
        ("/intake/activities/new", DESK, _GIFT),
        ("/intake/figures/new", DESK, {"indicator": "volunteer-hosts", "as_of": _DAY, "value": 1}),
        ("/intake/consultations/new", DESK, {"received_at": _DAY, "show": "candidates"}),
        ("/intake/consultations/new", DESK, {"received_at": _DAY}),
        ("/metrics/rules/csw-consultations/switch", "manager", {"version": "1"}),
        ("/metrics/releases", "manager", {"period": "2026-04"}),
        ("/metrics/year-end", "manager", {"fy": "2025"}),
        ("/referral/notifications/read", "csw", {"upto": "1"}),
        ("/referral/pauses", "csw", {"from": _DAY, "until": _DAY, "substitute": "houkatsu"}),
        ("/referral/conferences/new", DESK, {"held_on": _DAY, "next-0": _DAY}),
        ("/admin/tokens", "admin", {"name": "x", "role": "manager", "days": "90"}),
    ],
)
async def test_no_form_falls_over_a_day_or_a_number(
    quiet_world: World, path: str, who: str, fields: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {await quiet_world.token(who)}"}
    times = [one[:16] for one in TIMES]
    for name in fields:
        for value in (*WRITTEN, *times):
            sent = fields | {name: value}
            answer = await quiet_world.client.post(path, data=sent, headers=headers)
            assert answer.status_code < 500, (path, name, value)


@pytest.mark.parametrize(
    "since",
    [
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "Fri, 00 Foo 0000 99:99:99 +9999999999",
    ],
)
def test_a_copy_from_no_time_at_all_is_old_or_new(since: str) -> None:
    day = datetime.combine(date(2026, 5, 20), datetime.min.time(), UTC)
    assert has_it(Headers({"If-Modified-Since": since}), "x", day) in (True, False)
