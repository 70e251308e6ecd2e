"""Records are corrected or cancelled with a reason; figures follow, history stays."""

from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"
_DESK = "counter:shakyo-sogo"


async def _values(world: World, year: int = 2026) -> dict[str, Any]:
    await world.settle()
    rows = await world.get(f"/metrics/api/indicators?fy={year}", "manager")
    return {row["id"]: row["value"] for row in rows}


async def test_a_corrected_consultation_counts_as_it_stands(world: World) -> None:
    recorded = await world.post(_PATH, _DESK, consultation())
    assert (await _values(world))["shakyo-consultations"] == 1
    change = {
        "received_at": "2026-03-31T10:00:00+09:00",
        "caller": "welfare-group",
        "reason": "日付",
    }
    corrected = await world.post(f"{_PATH}/{recorded['id']}/corrections", _DESK, change)
    assert (corrected["revision"], corrected["fiscal_year"]) == (2, 2025)
    assert (await _values(world))["shakyo-consultations"] == 0
    before = await _values(world, 2025)
    assert (before["shakyo-consultations"], before["group-consultations"]) == (1, 1)
    shown = await world.get(f"{_PATH}/{recorded['id']}", _DESK)
    assert shown["caller"] == "welfare-group"
    [kept] = shown["revisions"]
    assert (kept["revision"], kept["facts"]["caller"], kept["reason"]) == (1, "self", "日付")


async def test_a_cancelled_consultation_counts_nowhere_and_stays_readable(world: World) -> None:
    recorded = await world.post(_PATH, _DESK, consultation())
    await world.post(f"{_PATH}/{recorded['id']}/cancellation", _DESK, {"reason": "二重入力"})
    assert (await _values(world))["shakyo-consultations"] == 0
    assert (await world.get(f"{_PATH}/{recorded['id']}", _DESK))["cancelled"] is True
    again = await world.call(
        "POST", f"{_PATH}/{recorded['id']}/cancellation", _DESK, {"reason": "二重入力"}
    )
    assert again.status_code == 409
    corrected = await world.call(
        "POST", f"{_PATH}/{recorded['id']}/corrections", _DESK, {"reason": "x", "sex": "male"}
    )
    assert corrected.status_code == 409


async def test_a_correction_may_add_a_referral_once(world: World) -> None:
    recorded = await world.post(_PATH, _DESK, consultation())
    path = f"{_PATH}/{recorded['id']}/corrections"
    added = await world.post(path, _DESK, {"reason": "つなぐことにした", **refer("csw")})
    assert added["case_id"] is not None
    assert added["code"] is not None
    await world.settle()
    assert len(await world.get("/referral/api/inbox", "csw")) == 1
    twice = await world.call("POST", path, _DESK, {"reason": "もう一度", **refer("houkatsu")})
    assert twice.status_code in (409, 422)


async def test_a_correction_that_is_wrong_changes_nothing(world: World) -> None:
    recorded = await world.post(_PATH, _DESK, consultation())
    path = f"{_PATH}/{recorded['id']}/corrections"
    wrong = ({"reason": " ", "sex": "male"}, {"reason": "x", "main_topic": "debt"}, {"reason": "x"})
    for change in wrong:
        assert (await world.call("POST", path, _DESK, change)).status_code == 422
    assert (await world.get(f"{_PATH}/{recorded['id']}", _DESK))["revision"] == 1


async def test_a_second_visit_joins_an_open_case_by_its_code(world: World) -> None:
    first = await world.post(_PATH, _DESK, consultation(**refer("csw")))
    second = await world.post(_PATH, _DESK, consultation(repeat=True, case_code=first["code"]))
    assert second["case_id"] == first["case_id"]
    swapped = first["code"][:-1] + str((int(first["code"][-1]) + 1) % 10)
    wrong = await world.call("POST", _PATH, _DESK, consultation(case_code=swapped))
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["loc"] == ["case_code"]
    assert (await _values(world))["shakyo-consultations"] == 2


async def test_activities_follow_their_corrections(world: World) -> None:
    body = {"kind": "donation", "held_on": "2026-05-20", "amount": 1000}
    recorded = await world.post("/intake/api/activities", "counter:shakyo-chiiki", body)
    assert (await _values(world))["donations"] == 1000
    path = f"/intake/api/activities/{recorded['id']}"
    change = {"amount": 3000, "reason": "書きまちがい"}
    await world.post(f"{path}/corrections", "counter:shakyo-chiiki", change)
    assert (await _values(world))["donations"] == 3000
    await world.post(f"{path}/cancellation", "counter:shakyo-chiiki", {"reason": "重複"})
    assert (await _values(world))["donations"] == 0


async def test_an_activity_counts_for_its_owner_only(world: World) -> None:
    body = {"kind": "donation", "held_on": "2026-05-20", "amount": 1000}
    await world.post("/intake/api/activities", "counter:chiiki-kyosei", body)
    assert (await _values(world))["donations"] == 0


async def test_a_figure_of_the_same_day_is_refused_and_not_overwritten(world: World) -> None:
    body = {"indicator": "volunteer-hosts", "as_of": "2026-05-20", "value": 40}
    recorded = await world.post("/intake/api/figures", "manager", body)
    twice = await world.call("POST", "/intake/api/figures", "manager", body | {"value": 41})
    assert (twice.status_code, twice.json()["code"]) == (409, "figure-exists")
    assert (await _values(world))["volunteer-hosts"] == 40
    path = f"/intake/api/figures/{recorded['id']}"
    await world.post(f"{path}/corrections", "manager", {"value": 42, "reason": "再集計"})
    assert (await _values(world))["volunteer-hosts"] == 42
    await world.post(f"{path}/cancellation", "manager", {"reason": "取下げ"})
    assert (await _values(world))["volunteer-hosts"] is None
    assert (await world.call("POST", "/intake/api/figures", "manager", body)).status_code == 201


async def test_a_stock_takes_the_newest_figure_in_or_before_the_year(world: World) -> None:
    for day, value in (("2025-03-31", 36), ("2026-03-31", 38), ("2026-06-30", 39)):
        body = {"indicator": "volunteer-hosts", "as_of": day, "value": value}
        await world.post("/intake/api/figures", "manager", body)
    assert (await _values(world, 2023))["volunteer-hosts"] is None
    assert (await _values(world, 2024))["volunteer-hosts"] == 36
    assert (await _values(world, 2025))["volunteer-hosts"] == 38
    assert (await _values(world, 2026))["volunteer-hosts"] == 39


async def test_a_figure_cannot_be_moved_onto_the_day_of_another(world: World) -> None:
    body = {"indicator": "volunteer-hosts", "as_of": "2026-05-20", "value": 40}
    await world.post("/intake/api/figures", "manager", body)
    other = await world.post("/intake/api/figures", "manager", body | {"as_of": "2026-06-20"})
    path = f"/intake/api/figures/{other['id']}/corrections"
    for change, status, code in (
        ({"as_of": "2026-05-20", "reason": "日付"}, 409, "figure-exists"),
        ({"value": -1, "reason": "値"}, 422, "invalid-input"),
        ({"value": 41, "reason": " "}, 422, "invalid-input"),
        ({"value": 41}, 422, "invalid-input"),
    ):
        answer = await world.call("POST", path, "manager", change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await _values(world))["volunteer-hosts"] == 40
