"""Intake learns when cases ended, those that ended before it kept such a table too."""

from pathlib import Path

import psycopg
import pytest

from services.intake.storage.migrations import versions
from tests.integration.meetings import DESK, LEAD, act, case_of, open_case
from tests.world import World

pytestmark = pytest.mark.anyio

_END = {"end": "completed", "outcome": "resolved", "ended_by": "person"}


def _asked(
    environment: dict[str, str], query: str, service: str = "intake"
) -> list[tuple[object, ...]]:
    with psycopg.connect(environment[f"{service.upper()}_OWNER_DATABASE_URL"]) as connection:
        connection.execute("SET tsunagi.role = 'service'")
        return connection.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


async def test_cases_that_ended_before_the_table_are_told_again(
    world: World, environment: dict[str, str]
) -> None:
    case = await open_case(world, LEAD)
    [leg] = (await case_of(world, case))["legs"]
    await act(world, leg["id"], DESK, "withdraw", reason="別の道が見つかった")
    await world.post(f"/referral/api/cases/{case}/close", DESK, _END)
    await world.settle()
    ends, legs = "SELECT * FROM case_end", "SELECT * FROM leg_standing ORDER BY referral_id"
    [(known, ended_at)] = _asked(environment, ends)
    assert (str(known), ended_at is not None) == (case, True)

    standing = _asked(environment, legs)
    # Before, intake passed over such events, and did not note that it had read them.
    closed = "SELECT event_id FROM outbox WHERE type = 'tsunagi.referral.case-closed.v1'"
    [(event_id,)] = _asked(environment, closed, "referral")
    passed = f"DELETE FROM inbox WHERE event_id = '{event_id}' RETURNING event_id"  # noqa: S608
    assert len(_asked(environment, passed)) == 1
    _asked(environment, "DELETE FROM case_end RETURNING case_id")
    [path] = Path(versions.__file__).parent.glob("m*_retention.sql")
    file = path.read_text(encoding="utf-8")
    again = file[file.index("UPDATE stream_cursor") :].rstrip().removesuffix(";")
    assert len(_asked(environment, f"{again} RETURNING position")) == 1
    await open_case(world, LEAD)
    await world.settle()
    assert _asked(environment, ends) == [(known, ended_at)]
    assert set(standing) < set(_asked(environment, legs))
    assert _asked(environment, "SELECT count(*) FROM dead_letter") == [(0,)]
