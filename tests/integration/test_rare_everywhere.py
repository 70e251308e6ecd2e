"""Promise: wherever a desk looks before it accepts, two people of one age group read the same."""

import io
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from deploy.embedded.folder import free_port
from services.referral.domain.delivering import Channel
from shared.database import AS_SERVICE, make_engine
from shared.plan import SHIELDED_TOPICS, Plan
from tests.integration.meetings import COORDINATOR, STRANGER, met
from tests.integration.notices import deliver, rows
from tests.integration.test_deliveries import Postbox, mail_by, mail_server, set_address
from tests.matrix.calls import STREAM, address, knock, routes_of
from tests.matrix.city import City, Told
from tests.servers import empty
from tests.world import World, consultation, refer, world_of

pytestmark = pytest.mark.anyio

DESK, RECEIVER, ON_PAPER = "shakyo-sogo", "csw", "silver"
_SIDES = {"R": RECEIVER, "X": STRANGER, "C": COORDINATOR, "A": "admin"}
#: What measures this process, files that are the same for everybody, and who read what and when.
_NO_RECORDS = ("/prometheus", "/readyz", "/static", "/audit")
#: What differs between any two cases: ids, numbers, moments, keys of forms, what a picture draws.
_OWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)"
    r"|\d{1,2}:\d\d|name=\"form_key\" value=\"[\w-]+\"|<path d=\"[^\"]*\"/>"
    r"|data-last=\"\d+\"|notifications/\d+|お知らせ \d+|シートの番号 \S+"
    r"|\b\d{3}-\d{3}-\d{3}\b"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of one age group with the same topic, and a basis on which a leg is offered."""

    basis: str
    facts: dict[str, Any]
    common: dict[str, str]
    rare: dict[str, str]


def _pair(seed: int, basis: str, plan: Plan) -> Pair:
    drawn = random.Random(seed)
    groups: dict[str, list[str]] = {}
    for band, group in plan.age_groups.items():
        groups.setdefault(group, []).append(band)
    bands = drawn.choice([one for one in groups.values() if len(one) > 1])
    topics = sorted(plan.topics.keys() - SHIELDED_TOPICS)
    differing = {"age_band": bands} | {
        name: list(plan.codes[name]) for name in ("district", "caller", "sex")
    }
    common, rare = (
        dict(zip(differing, one, strict=True))
        for one in zip(*(drawn.sample(values, 2) for values in differing.values()), strict=True)
    )
    topic = drawn.choice(topics)
    return Pair(basis, {"topics": [topic], "main_topic": topic}, common, rare)


async def _told(world: World, basis: str, facts: dict[str, Any]) -> tuple[Told, str]:
    """A case offered to a desk and to one on paper, talked over: its names, and the paper leg."""
    body = consultation(**facts, **refer(RECEIVER, ON_PAPER, basis=basis, authorised_by="担当課"))
    recorded = await world.post("/intake/api/consultations", f"counter:{DESK}", body)
    await world.settle()
    case = recorded["case_id"]
    seen = await world.get(f"/referral/api/cases/{case}", DESK)
    legs = {leg["to"]: leg["id"] for leg in seen["legs"]}
    held = await met(world, DESK, [case], agencies=[RECEIVER, COORDINATOR])
    await world.settle()
    query = "SELECT min(number) AS number FROM notification WHERE agency = %s"
    settings = {"REFERRAL_DATABASE_URL": world.settings.database_url("referral")}
    names = {
        "case_id": case,
        "leg_id": legs[RECEIVER],
        "consultation_id": recorded["id"],
        "conference_id": held["id"],
        "delivery_id": case,
        "number": str(rows(settings, query, RECEIVER)[0]["number"]),
        "code": recorded["code"],
    }
    return Told(names, frozenset(), frozenset()), legs[ON_PAPER]


async def _read(world: World, method: str, path: str, who: str, **sent: Any) -> str:
    headers = {"Authorization": f"Bearer {await world.token(who)}"}
    answer = await world.client.request(method, path, headers=headers, **sent)
    text = answer.text
    if answer.headers.get("content-type") == "application/pdf":
        text = "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages
        )
    return f"{answer.status_code} {_OWN.sub('*', text)}"


async def _by_mail(world: World) -> str:
    """Everything that a mail server is given for the receiver, headers too."""
    port, postbox = free_port(), Postbox()
    url = world.settings.database_url("referral")
    engine = make_engine(url, pool_size=2, options=AS_SERVICE)
    with mail_server(port, postbox):
        await deliver(engine, Channel.MAIL, mail_by(port), datetime.now(UTC) + timedelta(days=1))
    await engine.dispose()
    assert postbox.mails
    return "\n".join(
        f"{mail['From']} {mail['To']} {mail['Subject']} {_OWN.sub('*', mail.get_content())}"
        for mail in postbox.mails
    )


async def _shown(
    servers: dict[str, str], apps: Mapping[str, FastAPI], pair: Pair, person: dict[str, str]
) -> dict[str, str]:
    """A city with this one person's case: what each side reads by each address, and by mail."""
    empty(servers)
    reading = {name: apps[name] for name in ("intake", "referral")}
    async with world_of(servers, dict(apps)) as world:
        await set_address(world, RECEIVER, "madoguchi@example.jp")
        told, on_paper = await _told(world, pair.basis, {**pair.facts, **person})
        shown = {"mail": await _by_mail(world)}
        for method, path in routes_of(reading):
            if method != "GET" or path.endswith(_NO_RECORDS) or path == STREAM:
                continue
            for side, who in _SIDES.items():
                # Coordinator and administrator: what is gathered. The coordinator reads the record.
                if side in "RX" or "{" not in path:
                    shown[f"{side} {path}"] = await _read(world, method, address(path, told), who)
        city = City(world, dict(apps))
        for side in "RC":
            city.headers[side] = {"Authorization": f"Bearer {await world.token(_SIDES[side])}"}
            status, heard = await knock(city, "GET", STREAM, side, told, in_earnest=True)
            shown[f"{side} {STREAM}"] = f"{status} {_OWN.sub('*', heard)}"
        code = {"data": {"code": told.names["code"]}}
        shown["R search"] = await _read(world, "POST", "/referral/inbox/search", RECEIVER, **code)
        sheet = f"/referral/cases/{told.names['case_id']}/referrals/{on_paper}/sheet"
        for end in ("", ".pdf"):
            shown[f"paper{end}"] = await _read(world, "GET", f"{sheet}{end}", DESK)
        leg = told.names["leg_id"]
        await world.post(f"/referral/api/referrals/{leg}/accept", RECEIVER, {})
        path = f"/referral/cases/{told.names['case_id']}"
        shown["accepted"] = await _read(world, "GET", path, RECEIVER)
    return shown


@pytest.mark.parametrize(
    ("seed", "basis"),
    [
        (0, "consent"),
        (1, "support-conference"),
        (2, "anonymous"),
    ],
)
async def test_no_answer_tells_two_people_of_a_group_apart(
    servers: dict[str, str], applications: dict[str, FastAPI], plan: Plan, seed: int, basis: str
) -> None:
    pair = _pair(seed, basis, plan)
    common = await _shown(servers, applications, pair, pair.common)
    rare = await _shown(servers, applications, pair, pair.rare)
    after = [shown.pop("accepted") for shown in (common, rare)]
    assert [one for one in common if common[one] != rare[one]] == [], pair
    for one in (
        *("R /referral/inbox", "R /referral/cases", "R /referral/cases/{case_id}"),
        *("R /referral/notifications", "R /referral/conferences/{conference_id}"),
        *("C /referral/board", "C /referral/notifications", "paper", "paper.pdf"),
    ):
        assert common[one].startswith("200"), one
    assert (after[0] == after[1]) == (basis == "anonymous"), "what is read does tell them apart"
