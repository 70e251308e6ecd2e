"""From a figure to its months, districts, ages and desks, and to the records behind it."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/metrics/api/indicators"


async def _cells(world: World, indicator: str, by: str, year: int = 2026) -> dict[Any, Any]:
    path = f"{_PATH}/{indicator}/series?fy={year}&by={by}"
    return {
        cell["key"]: cell["value"]
        for cell in await world.get(path, "manager")
        if cell["value"] not in (0, None)
    }


async def _some_consultations(world: World) -> None:
    desk = "counter:shakyo-sogo"
    for change in (
        {"received_at": "2026-04-01T00:00:00+09:00"},
        {"received_at": "2026-05-02T10:00:00+09:00", "district": "west", "age_band": "20s"},
        {"topics": ["dv"], "main_topic": "dv", "district": "south"},
    ):
        await world.post("/intake/api/consultations", desk, consultation(**change))
    await world.settle()


async def test_consultations_by_everything(world: World) -> None:
    await _some_consultations(world)
    row = "shakyo-consultations"
    assert await _cells(world, row, "month") == {"2026-04": 1, "2026-05": 2}
    assert await _cells(world, row, "desk") == {"shakyo-sogo": 3}
    assert await _cells(world, row, "district") == {"east": 1, "west": 1, "left-out": 1}
    assert await _cells(world, row, "age_band") == {"40s": 1, "20s": 1, "left-out": 1}


async def test_no_output_says_where_or_how_old_who_met_violence_is(world: World) -> None:
    await _some_consultations(world)
    for by in ("month", "district", "age_band", "desk"):
        page = f"/metrics/indicators/shakyo-consultations?fy=2026&by={by}"
        shown = (await world.call("GET", page, "manager")).text
        assert ("虐待と DV の相談は合計だけに入れ" in shown) == (by in ("district", "age_band"))
    [first, *others] = await world.get(f"{_PATH}/shakyo-consultations/records?fy=2026", "manager")
    assert len(others) == 2
    assert (first["kind"], first["day"], first["desk"]) == (
        "consultation",
        "2026-04-01",
        "shakyo-sogo",
    )
    assert {one["district"] for one in (first, *others)} == {None}  # no gap to tell them by


async def test_a_leg_that_is_known_before_its_consultation_is_in_no_district(world: World) -> None:
    """Row 33 counts closed legs; the consultation's district comes with the consultation."""
    body = consultation(**refer("shogai-shuro"))
    recorded = await world.post("/intake/api/consultations", "counter:chiiki-kyosei", body)
    await world.settle()
    leg = (await world.get("/referral/api/inbox", "shogai-shuro"))[0]["id"]
    await world.post(f"/referral/api/referrals/{leg}/accept", "shogai-shuro", {})
    end = {"outcome": "employed", "ended_by": "person"}
    await world.post(f"/referral/api/referrals/{leg}/close", "shogai-shuro", end)
    await world.settle()
    rows = await world.get(f"{_PATH}/new-workers/records", "manager")
    assert [(one["kind"], one["id"], one["part"]) for one in rows] == [
        ("leg", recorded["id"], "disability")
    ]
    year = await world.get(f"{_PATH}/new-workers/series?by=district", "manager")
    assert {cell["key"]: cell["value"] for cell in year if cell["value"]} == {"east": 1}


async def test_activities_stocks_rates_and_states_by_month(world: World) -> None:
    who = "counter:shakyo-chiiki"
    for day, district in (("2026-04-10", "east"), ("2026-05-10", "east"), ("2026-05-11", "west")):
        body = {"kind": "area-assessment", "held_on": day, "district": district}
        await world.post("/intake/api/activities", who, body)
    for indicator, day, value in (
        ("volunteer-hosts", "2026-03-31", {"value": 38}),
        ("volunteer-hosts", "2026-06-15", {"value": 40}),
        ("training-satisfaction", "2026-05-01", {"numerator": 9, "denominator": 10}),
        ("integrated-support-system", "2026-05-01", {"state": "検討"}),
    ):
        figure = {"indicator": indicator, "as_of": day, **value}
        await world.post("/intake/api/figures", "manager", figure)
    await world.settle()
    assert await _cells(world, "area-assessments", "month") == {"2026-04": 1, "2026-05": 1}
    assert await _cells(world, "area-assessments", "district") == {"east": 1, "west": 1}
    hosts = await _cells(world, "volunteer-hosts", "month")
    assert (hosts["2026-04"], hosts["2026-05"], hosts["2026-06"]) == (38, 38, 40)
    assert await _cells(world, "training-satisfaction", "month") == {"2026-05": 90}
    states = await world.get(f"{_PATH}/integrated-support-system/series?fy=2026", "manager")
    assert [cell["state"] for cell in states[:3]] == [None, "検討", "検討"]
    assert await world.get(f"{_PATH}/volunteer-hosts/series?by=district", "manager") == []
    records = await world.get(f"{_PATH}/area-assessments/records?fy=2026&limit=2", "manager")
    assert [(one["kind"], one["district"]) for one in records] == [("activity", "east")] * 2
    after = records[-1]["place"]
    path = f"{_PATH}/area-assessments/records?fy=2026&after={after}"
    assert [one["district"] for one in await world.get(path, "manager")] == ["west"]


@pytest.mark.parametrize("what", ["series", "records"])
async def test_managers_alone_look_and_each_look_is_logged(quiet_world: World, what: str) -> None:
    for base in (_PATH, "/metrics/indicators"):
        page = base != _PATH and what == "series"
        path = f"{base}/donations" if page else f"{base}/donations/{what}"
        for who in ("counter:csw", "csw", "admin"):
            assert (await quiet_world.call("GET", path, who)).status_code == 403
        unknown = path.replace("donations", "nothing")
        assert (await quiet_world.call("GET", unknown, "manager")).status_code == 404
        with capture_logs() as logs:
            assert (await quiet_world.call("GET", path, "manager")).status_code == 200
        assert f"exact_{what}_read" in {entry["event"] for entry in logs}
    for wrong in ("?after=x", "?after=2026-02-30.1", "?limit=0"):
        answer = await quiet_world.call("GET", f"{_PATH}/donations/records{wrong}", "manager")
        assert answer.status_code == 422
    for wrong in ("?by=topic", "?by=caller", "?fy=1999", "?fy=x"):
        answer = await quiet_world.call("GET", f"{_PATH}/donations/series{wrong}", "manager")
        assert answer.status_code == 422
