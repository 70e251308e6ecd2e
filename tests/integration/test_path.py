"""The path of one consultation: written once, offered, answered, counted, and shown back."""

import pytest
from structlog.testing import capture_logs

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio


async def test_a_consultation_reaches_its_agency_and_its_indicator(world: World) -> None:
    body = consultation(**refer("csw", "seikatsu-engo"), topics=["isolation", "living-costs"])
    recorded = await world.post("/intake/api/consultations", "counter:chiiki-kyosei", body)
    await world.settle()

    inbox = await world.get("/referral/api/inbox", "csw")
    assert [(leg["from"], leg["lead"], leg["state"]) for leg in inbox] == [
        ("chiiki-kyosei", True, "offered")
    ]
    leg = inbox[0]["id"]
    await world.post(f"/referral/api/referrals/{leg}/accept", "csw", {})
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", "csw")
    assert case["holder"] == "csw"
    assert case["code"] is None

    close = {"outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/referrals/{leg}/close", "csw", close)
    await world.settle()

    rows = await world.get("/metrics/api/indicators?fy=2026", "manager")
    values = {row["id"]: row["value"] for row in rows}
    assert values["welfare-consultations"] == 1
    assert values["csw-consultations"] == 1
    assert values["hardship-support"] == 1

    shown = await world.get(f"/intake/api/consultations/{recorded['id']}", "counter:chiiki-kyosei")
    assert {leg["to"]: leg["state"] for leg in shown["referrals"]} == {
        "csw": "closed",
        "seikatsu-engo": "offered",
    }


async def test_only_parties_see_a_case(world: World) -> None:
    body = consultation(**refer("csw"))
    recorded = await world.post("/intake/api/consultations", "shakyo-sogo", body)
    await world.settle()
    leg = (await world.get("/referral/api/inbox", "csw"))[0]["id"]

    for path in (f"/referral/api/cases/{recorded['case_id']}",):
        assert (await world.call("GET", path, "houkatsu")).status_code == 404
    answer = await world.call("POST", f"/referral/api/referrals/{leg}/accept", "houkatsu", {})
    assert answer.status_code == 404
    other = f"/intake/api/consultations/{recorded['id']}"
    assert (await world.call("GET", other, "houkatsu")).status_code == 404


async def test_nothing_that_somebody_wrote_is_in_the_logs(world: World) -> None:
    body = consultation(memo="秘密の控え", **refer("csw", reason="秘密の理由"))
    with capture_logs() as logs:
        await world.post("/intake/api/consultations", "counter:chiiki-kyosei", body)
        await world.settle()
        leg = (await world.get("/referral/api/inbox", "csw"))[0]["id"]
        returned = {"reason": "not-ours", "note": "秘密のひとこと"}
        await world.post(f"/referral/api/referrals/{leg}/return", "csw", returned)
        await world.settle()
        await world.get("/metrics/api/indicators?fy=2026", "manager")
    assert "exact_figures_read" in {entry["event"] for entry in logs}
    assert "秘密" not in str(logs)


async def test_a_correction_moves_the_figure_to_its_fiscal_year(world: World) -> None:
    before = consultation(received_at="2026-03-31T23:59:59+09:00")
    recorded = await world.post("/intake/api/consultations", "chiiki-kyosei", before)
    assert recorded["fiscal_year"] == 2025
    change = {"received_at": "2026-04-01T00:00:00+09:00", "reason": "日付の訂正"}
    path = f"/intake/api/consultations/{recorded['id']}/corrections"
    assert (await world.post(path, "chiiki-kyosei", change))["fiscal_year"] == 2026
    await world.settle()
    for year, count in ((2025, 0), (2026, 1)):
        rows = await world.get(f"/metrics/api/indicators?fy={year}", "manager")
        assert rows[25]["value"] == count
