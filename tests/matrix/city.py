"""A city with one ordinary case and one about violence, and everybody who may stand at a door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from fastapi import FastAPI

from shared.database import AS_SERVICE, make_engine
from shared.identity.accounts import create_account
from shared.identity.principal import Role
from shared.identity.sessions import open_session
from tests.integration.meetings import in_days, today
from tests.world import World, consultation, refer, world_of

DESK, HOLDER, RECEIVER, SENDER = "shakyo-sogo", "csw", "houkatsu", "hoiku"
COORDINATOR, STRANGER, PAPER = "chiiki-kyosei", "kyoiku-shido", "silver"

#: Side to its account: who receives a leg, sent one of its own, holds, coordinates, wrote the case
#: down at its counter; a desk that has nothing to do with it; administrator, manager.
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "R": (Role.AGENCY, RECEIVER),
    "S": (Role.AGENCY, SENDER),
    "H": (Role.AGENCY, HOLDER),
    "C": (Role.AGENCY, COORDINATOR),
    "D": (Role.COUNTER, DESK),
    "X": (Role.AGENCY, STRANGER),
    "A": (Role.ADMIN, None),
    "M": (Role.MANAGER, None),
}
#: And a machine of the receiver's, and nobody signed in.
SIDES = "".join((*PEOPLE, "T", "N"))


@dataclass(frozen=True, slots=True)
class Told:
    """One case: what addresses name of it, and what nobody may read who is no party to it.

    `others` is what a desk that joined it by its code may not read, where it is about violence.
    """

    names: dict[str, str]
    secrets: frozenset[str]
    others: frozenset[str]


@dataclass(slots=True)
class City:
    """The world, its two cases, and what each side brings to a door."""

    world: World
    apps: dict[str, FastAPI]
    accounts: dict[str, UUID] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    ordinary: Told = field(default_factory=lambda: Told({}, frozenset(), frozenset()))
    violence: Told = field(default_factory=lambda: Told({}, frozenset(), frozenset()))


def _rows(world: World, query: str, *values: object) -> list[tuple[Any, ...]]:
    address = world.settings.database_url("referral")
    with psycopg.connect(address, options=AS_SERVICE) as connection:
        return connection.execute(query, values).fetchall()


def standing(world: World) -> list[tuple[Any, ...]]:
    """How both cases stand: what a refused act must leave as it was."""
    legs = _rows(world, "SELECT id, state, basis, acted_at FROM leg ORDER BY id")
    return legs + _rows(world, "SELECT id, state, holder FROM support_case ORDER BY id")


async def _case(world: World, mark: str, **facts: Any) -> Told:
    """A case with a holder, a receiver, a paper leg, and a desk that joined it by its code."""
    counter = f"counter:{DESK}"
    wishes = refer(HOLDER, RECEIVER, PAPER, reason=f"{mark}の甲", basis="statutory-report")
    body = consultation(**wishes, memo=f"{mark}の乙", **facts)
    recorded = await world.post("/intake/api/consultations", counter, body)
    case, code = recorded["case_id"], recorded["code"]
    await world.settle()
    path = f"/referral/api/cases/{case}"
    legs = {leg["to"]: leg["id"] for leg in (await world.get(path, DESK))["legs"]}
    for agency in (HOLDER, RECEIVER):
        await world.post(f"/referral/api/referrals/{legs[agency]}/accept", agency, {})
    contact = {"on": today(), "kind": "visit", "memo": f"{mark}の丙"}
    await world.post(f"/referral/api/referrals/{legs[RECEIVER]}/contacts", RECEIVER, contact)
    roles = [{"agency": HOLDER, "role": f"{mark}の丁"}]
    goals = {"goals": [{"goal": f"{mark}の戊", "roles": roles}], "review_on": in_days(90)}
    await world.post(f"{path}/plan", HOLDER, goals)
    meeting = {
        "kind": "support-conference",
        "held_on": today(),
        "agencies": [HOLDER, RECEIVER],
        "cases": [case],
        "minutes": f"{mark}の己",
    }
    held = await world.post("/referral/api/conferences", HOLDER, meeting)
    joined = consultation(**refer("machizukuri", reason=f"{mark}の庚"), case_code=code)
    joining = await world.post("/intake/api/consultations", f"counter:{SENDER}", joined)
    await world.settle()
    rows = _rows(world, "SELECT id, receiver FROM leg WHERE case_id = %s", case)
    every = {str(receiver): str(leg) for leg, receiver in rows}
    [(delivery,)] = _rows(
        world,
        "SELECT delivery.id FROM delivery JOIN notification USING (number)"
        " WHERE channel = 'paper' AND case_id = %s ORDER BY number LIMIT 1",
        case,
    )
    [(number,)] = _rows(
        world,
        "SELECT number FROM notification WHERE case_id = %s AND agency = %s ORDER BY number"
        " LIMIT 1",
        *(case, RECEIVER),
    )
    names = {
        "case_id": case,
        "leg_id": every[RECEIVER],
        "consultation_id": recorded["id"],
        "conference_id": held["id"],
        "delivery_id": str(delivery),
        "number": str(number),
        "code": code,
    }
    words = {f"{mark}の{sign}" for sign in "甲乙丙丁戊己"}
    of_others = {code, *words, recorded["id"], held["id"], *(every[o] for o in (HOLDER, RECEIVER))}
    own = {case, joining["id"], every["machizukuri"], f"{mark}の庚"}
    return Told(names, frozenset(of_others | own), frozenset(of_others))


async def sign_in(city: City) -> None:
    """A new session for each person, as sign-in makes it; a token for the machine."""
    now = datetime.now(UTC)
    engine = make_engine(city.world.settings.database_url("identity"), pool_size=1)
    async with engine.begin() as connection:
        for side, (role, agency) in PEOPLE.items():
            if side not in city.accounts:
                city.accounts[side] = await create_account(
                    connection,
                    login=f"side-{side.lower()}",
                    name="担当",
                    role=role,
                    agency=agency,
                    password="tests-sign-in-with-this",
                    now=now,
                    must_change=False,
                )
            secret = await open_session(
                connection,
                city.accounts[side],
                method="password",
                browser="",
                replaces=None,
                now=now,
            )
            city.headers[side] = {"Cookie": f"tsunagi={secret}"}
    await engine.dispose()
    city.headers["T"] = {"Authorization": f"Bearer {await city.world.token(RECEIVER)}"}
    city.headers["N"] = {}


@asynccontextmanager
async def built_city(environment: dict[str, str], apps: dict[str, FastAPI]) -> AsyncIterator[City]:
    """The city. What its workers had to do is done; nothing moves by itself any more."""
    async with world_of(environment, apps) as world:
        ordinary = await _case(world, "ひのき", topics=["debt"], main_topic="debt")
        violence = await _case(world, "かえで", topics=["dv"], main_topic="dv")
        day = {"held_on": "2026-05-20", "kind": "donation", "amount": 1000}
        activity = await world.post("/intake/api/activities", f"counter:{DESK}", day)
        report = {"indicator": "active-groups", "part": "subsidised", "as_of": "2026-05-20"}
        figure = await world.post("/intake/api/figures", f"counter:{DESK}", report | {"value": 3})
        for told in (ordinary, violence):
            told.names.update(activity_id=activity["id"], figure_id=figure["id"])
        await world.settle()
    async with world_of(environment, apps, workers=False) as quiet:
        city = City(quiet, apps, ordinary=ordinary, violence=violence)
        yield city
