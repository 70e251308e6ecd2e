"""A period or a year is what is written and no more: nothing is cut off until it fits."""

from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner

from deploy.year_end import year_end
from tests.world import World

pytestmark = pytest.mark.anyio

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_AROUND = ("2025\n", " 2025", "2025 ", "+2025", "2_025", "2025.0", "02025", "２０２５")


async def _sent(world: World, path: str, **fields: str) -> tuple[int, str]:
    answer = await world.call("POST", path, "manager", headers=_FORM, content=urlencode(fields))
    return answer.status_code, answer.text


@pytest.mark.parametrize("written", _AROUND)
async def test_what_is_around_a_year_is_refused(quiet_world: World, written: str) -> None:
    for act in ("look", "make"):
        status, page = await _sent(quiet_world, "/metrics/releases", period=written, act=act)
        assert (status, "期間は、月なら「2026-10」" in page) == (422, True)
        assert "として、第1版で公表します" not in page
    status, _ = await _sent(quiet_world, "/metrics/year-end", fy=written)
    assert status == 422
    for path in ("/metrics/year-end", "/metrics/indicators", "/metrics/api/indicators"):
        query = urlencode({"fy": written})
        assert (await quiet_world.call("GET", f"{path}?{query}", "manager")).status_code == 422
    assert await quiet_world.get("/metrics/api/releases", "manager") == []


async def test_a_year_and_a_month_are_taken(quiet_world: World) -> None:
    for period in ("2025", "2026-05"):
        status, page = await _sent(quiet_world, "/metrics/releases", period=period, act="look")
        assert (status, "として、第1版で公表します" in page) == (200, True)
    for year in ("2000", "2100"):
        path = f"/metrics/api/indicators?fy={year}"
        assert (await quiet_world.call("GET", path, "manager")).status_code == 200


@pytest.mark.parametrize("written", ["1_0", "+1", "01", "1.0", " 1", "1\n"])
async def test_a_number_is_digits_alone(quiet_world: World, written: str) -> None:
    query = urlencode({"release": written, "limit": written, "number": written})
    for path in (
        f"/metrics/feed/indicators.json?{query}",
        f"/metrics/releases/{quote(written)}",
        f"/metrics/indicators/csw-consultations/years?{query}",
        f"/metrics/year-end/{quote(written)}/summary.pdf",
        f"/metrics/api/indicators/csw-consultations/records?{query}",
    ):
        assert (await quiet_world.call("GET", path, "manager")).status_code == 422, path


@pytest.mark.parametrize("written", ["2_025", " 2025", "+2025", "２０２５", "1999"])
def test_the_command_takes_a_year_as_the_pages_do(written: str) -> None:
    ended = CliRunner().invoke(year_end, ["--fy", written])
    assert (ended.exit_code, "--fy" in ended.output) == (2, True)
