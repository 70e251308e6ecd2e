"""Before a receiver accepts, nothing that it is shown tells two people of one group apart."""

import re
from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

#: Two people whose age group, household and topics are the same, and all else is not.
_COMMON = {"age_band": "40s", "sex": "female", "district": "east", "caller": "self"}
_RARE = {"age_band": "60-64", "sex": "other", "district": "southwest", "caller": "family"}
#: What differs between any two cases: ids, the keys of forms, and the minute.
_OWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)"
    r"|\d{1,2}:\d\d|data-last=\"\d+\"|name=\"form_key\" value=\"[\w-]+\""
)


def _of_both(page: str) -> str:
    return _OWN.sub("*", page)


async def _offered(world: World, basis: str, facts: dict[str, str]) -> dict[str, Any]:
    body = consultation(**facts, **refer("csw", basis=basis, authorised_by="担当課"))
    return await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)


async def _shown(world: World, case: str, leg: str) -> dict[str, str]:
    """Everything that the receiver can read of the case, by its path."""
    paths = {
        "page": f"/referral/cases/{case}",
        "case": f"/referral/api/cases/{case}",
        "leg": f"/referral/api/referrals/{leg}",
        "plan": f"/referral/cases/{case}/plan",
        "sheet": f"/referral/cases/{case}/referrals/{leg}/sheet",
    }
    found = {}
    for name, path in paths.items():
        answer = await world.call("GET", path, "csw")
        found[name] = f"{answer.status_code} {_of_both(answer.text)}"
    entries = await world.get("/referral/api/inbox", "csw")
    [entry] = [one for one in entries if one["case_id"] == case]
    return found | {"inbox": _of_both(str(entry))}


@pytest.mark.parametrize(
    "basis", ["consent", "support-conference", "emergency", "statutory-report", "anonymous"]
)
async def test_nothing_tells_two_people_of_a_group_apart(world: World, basis: str) -> None:
    cases = [(await _offered(world, basis, one))["case_id"] for one in (_COMMON, _RARE)]
    await world.settle()
    inbox = await world.get("/referral/api/inbox", "csw")
    legs = {one["case_id"]: one["id"] for one in inbox}
    for case in cases:
        await _shown(world, case, legs[case])  # from now on there is no news to read
    common, rare = [await _shown(world, case, legs[case]) for case in cases]
    assert [page[:3] for page in common.values()].count("200") >= 2
    assert common == rare
    for shown in common.values():
        for label in ("60〜64", "40代", "南西", "60-64", "southwest", "40s"):
            assert label not in shown
    for case in cases:
        await world.post(f"/referral/api/referrals/{legs[case]}/accept", "csw", {})
    common, rare = [await _shown(world, case, legs[case]) for case in cases]
    assert (common["case"] == rare["case"]) == (basis == "anonymous")
