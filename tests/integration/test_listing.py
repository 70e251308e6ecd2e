"""A desk finds its consultations again: by day, page by page, and only its own."""

import pytest

from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_PATH = "/intake/api/consultations"


async def _record(world: World, *days: str) -> list[str]:
    return [
        (
            await world.post(
                _PATH, "counter:csw", consultation(received_at=f"2026-05-{day}T10:00:00+09:00")
            )
        )["id"]
        for day in days
    ]


async def test_pages_follow_each_other_without_gap_or_repeat(quiet_world: World) -> None:
    made = await _record(quiet_world, "01", "02", "02", "02", "03")
    seen: list[str] = []
    address = f"{_PATH}?limit=2"
    while page := await quiet_world.get(address, "csw"):
        assert len(page) <= 2
        seen += [one["id"] for one in page]
        address = f"{_PATH}?limit=2&after={page[-1]['id']}"
    assert sorted(seen) == sorted(made)
    assert seen[0] == made[-1]
    assert seen[-1] == made[0]


async def test_days_are_days_in_japan(quiet_world: World) -> None:
    made = await _record(quiet_world, "01", "02", "03")
    midnight = consultation(received_at="2026-05-02T15:00:00+00:00")
    third = (await quiet_world.post(_PATH, "counter:csw", midnight))["id"]
    page = await quiet_world.get(f"{_PATH}?from=2026-05-02&to=2026-05-02", "csw")
    assert [one["id"] for one in page] == [made[1]]
    page = await quiet_world.get(f"{_PATH}?from=2026-05-03&to=2026-05-03", "csw")
    assert {one["id"] for one in page} == {made[2], third}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "after=x", "from=yesterday", "to=2026-13-01"]
)
async def test_a_wrong_question_is_refused(quiet_world: World, query: str) -> None:
    answer = await quiet_world.call("GET", f"{_PATH}?{query}", "csw")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == [query.partition("=")[0]]
