"""Who passes which door: every route of every service, for every side, with each layer off."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from sqlalchemy import true

from services.intake.storage import visibility as intake_visibility
from services.referral.domain import sight
from services.referral.storage import visibility as referral_visibility
from tests.matrix.calls import STREAM, address, is_about_a_case, knock, routes_of
from tests.matrix.city import SIDES, City, Told, built_city, sign_in, standing
from tests.matrix.rows import readings, refusals, trails
from tests.servers import empty

pytestmark = pytest.mark.anyio

#: Lists, counts, searches and streams: they name no record, and must not give one away.
_GATHERED = {
    *("/intake/api/consultations", "/intake/consultations", "/referral/api/inbox"),
    *("/referral/inbox", "/referral/inbox/search", "/referral/cases", "/referral/given-back"),
    *("/referral/board", "/referral/api/conferences", "/referral/conferences"),
    *("/referral/conferences/new", "/referral/notifications", "/referral/paper", STREAM),
    *("/referral/conferences/new/agenda", "/referral/conferences/new/decisions"),
}
#: An administrator reads which records were touched: their ids, and nothing else of them.
_TRAILS = {"/intake/audit", "/referral/audit", "/metrics/audit", "/admin/audit"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: A manager follows a figure to the ids of the records behind it, and no further.
_BEHIND_FIGURES = "/records"


def _table() -> dict[tuple[str, str], list[str]]:
    lines = Path(__file__).with_name("doors.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {(method, path): cells for method, path, *cells in rows}


TABLE = _table()


@pytest.fixture(scope="module")
async def city(servers: dict[str, str], applications: dict[str, FastAPI]) -> AsyncIterator[City]:
    """Built once; a refused act leaves it as it was, and nobody else is sent in earnest."""
    empty(servers)
    async with built_city(servers, applications) as built:
        yield built


def _mark(status: int, text: str) -> str:
    where = text.rpartition("\n")[2]
    if status == 401 or (status == 303 and where.startswith("/sign-in")):
        return "?"
    return {403: "x", 404: "-"}.get(status, "o" if status < 500 else f"!{status}")


def _hidden(told: Told, side: str, path: str, cell: str, *, violence: bool) -> frozenset[str]:
    """What an answer to this side may not hold of a case."""
    if side == "A" and path in _TRAILS:
        return frozenset(one for one in told.secrets if not _ID.fullmatch(one))
    if side == "S" and violence:
        return told.others
    party = set("RSHDT") if violence else set("RSHCDT")
    if side not in party and not (side == "M" and path.endswith(_BEHIND_FIGURES)):
        return told.secrets
    return frozenset() if cell == "o" else told.secrets


def _telling(path: str, told: Told, city: City) -> str:
    """The sides that tell something new: where no record is named, the role alone decides."""
    if not is_about_a_case(path, city.ordinary) and path not in _GATHERED:
        return "CDXAMN"
    return "RSHCDXAMTN" if told is city.ordinary else "RSHCDXA"


async def _faults(
    city: City, sides: str, *, records_only: bool = False, every: bool = False
) -> str:
    """Every cell that is not as the table says, and every answer that says too much, a line each.

    The sides come to a door together, as they would.
    """
    faults: list[str] = []
    for method, path in routes_of(city.apps):
        if records_only and not is_about_a_case(path, city.ordinary) and path not in _GATHERED:
            continue
        for told, row in zip((city.ordinary, city.violence), TABLE[method, path], strict=False):
            called = [side for side in sides if every or side in _telling(path, told, city)]
            cells = [(side, row[SIDES.index(side)]) for side in called]
            calls = (_fault(city, method, path, side, cell, told) for side, cell in cells)
            for found in await asyncio.gather(*calls):
                faults += found
    return "\n".join(faults)


async def _fault(city: City, method: str, path: str, side: str, cell: str, told: Told) -> list[str]:
    in_earnest = cell != "o" or path.endswith("/search")
    status, text = await knock(city, method, path, side, told, in_earnest=in_earnest)
    found, line = _mark(status, text), f"{method} {path} {side}"
    faults = [] if found == cell else [f"{line}: {found}, not {cell}"]
    for other in (city.ordinary, city.violence):
        violence = other is city.violence
        asked = address(path, told)
        hidden = _hidden(other, side, path, cell, violence=violence)
        if path.endswith(("/search", "/voids")):  # a form comes back with the code that was typed
            hidden -= {told.names["code"]}
        which = "the case about violence" if violence else "the ordinary case"
        faults += [
            f"{line}: tells {secret} of {which}"
            for secret in hidden
            if secret in text and secret not in asked
        ]
    return faults


async def test_every_route_stands_in_the_table(applications: dict[str, FastAPI]) -> None:
    assert set(routes_of(applications)) == set(TABLE)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])
async def test_every_door_is_as_the_table_says(city: City, every: bool) -> None:
    before = standing(city.world)
    await sign_in(city)
    assert await _faults(city, SIDES, every=every) == ""
    assert standing(city.world) == before


async def test_whoever_passes_or_is_refused_leaves_the_row_of_the_route(
    city: City, servers: dict[str, str]
) -> None:
    await sign_in(city)
    with trails(servers) as found:
        read, faults = await readings(city, TABLE, found)
        refused, more = await refusals(city, TABLE, found)
    assert faults + more == []
    assert read > 30
    assert refused > 50


@contextmanager
def _without_row_level_security(environment: Mapping[str, str]) -> Iterator[None]:
    """Every table as if no policy were there, until the block ends."""
    services = ("INTAKE", "REFERRAL", "METRICS")
    changed: dict[str, list[str]] = {}
    try:
        for name in services:
            with psycopg.connect(environment[f"{name}_OWNER_DATABASE_URL"]) as owner:
                rows = owner.execute(
                    "SELECT relname FROM pg_class WHERE relrowsecurity"
                    " AND relnamespace = 'public'::regnamespace"
                ).fetchall()
                changed[name] = [table for (table,) in rows]
                assert changed[name]
                for table in changed[name]:
                    off = "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"
                    owner.execute(sql.SQL(off).format(sql.Identifier(table)))
        yield
    finally:
        for name, tables in changed.items():
            with psycopg.connect(environment[f"{name}_OWNER_DATABASE_URL"]) as owner:
                for table in tables:
                    on = "ALTER TABLE {} ENABLE ROW LEVEL SECURITY"
                    owner.execute(sql.SQL(on).format(sql.Identifier(table)))


async def test_the_queries_hold_without_row_level_security(
    city: City, servers: dict[str, str]
) -> None:
    await sign_in(city)
    with _without_row_level_security(servers):
        assert await _faults(city, "SCX", records_only=True) == ""


def _without_the_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every predicate that a query has of its own says yes."""
    monkeypatch.setattr(sight, "TIES", (lambda *_: True,))
    monkeypatch.setattr(intake_visibility, "written_by", lambda *_: true())
    for rule in ("party_to", "received_by", "told_to", "looked_after_by", "attended_by"):
        monkeypatch.setattr(referral_visibility, rule, lambda *_: true())


async def test_row_level_security_holds_without_the_queries(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(city)
    _without_the_queries(monkeypatch)
    assert await _faults(city, "SCX", records_only=True) == ""


async def test_without_both_the_doors_would_stand_open(
    city: City, servers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(city)
    _without_the_queries(monkeypatch)
    with _without_row_level_security(servers):
        for path in (
            "/referral/cases/{case_id}",
            "/referral/api/referrals/{leg_id}",
            "/intake/consultations/{consultation_id}",
        ):
            found = await _fault(city, "GET", path, "X", "-", city.ordinary)
            assert f"GET {path} X: o, not -" in found
