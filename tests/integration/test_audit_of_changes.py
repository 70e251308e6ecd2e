"""Promise: each single change leaves one row: the act, the record and the ground."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from shared.audit.acts import ACTS, GROUNDS
from shared.database import AS_SERVICE
from shared.japanese_time import fiscal_year_of, japanese_day
from tests.integration.meetings import (
    COORDINATOR,
    DESK,
    LEAD,
    SIDE,
    in_days,
    plan,
    today,
)
from tests.integration.trail import acts, trail
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_COUNTER = f"counter:{DESK}"
_REASON = {"reason": "まちがい"}
_END = {"outcome": "resolved", "ended_by": "person"}
_ACTIVITY = {"kind": "donation", "held_on": "2026-05-20", "amount": 1000}
_FIGURE = {"indicator": "volunteer-hosts", "as_of": "2026-05-20", "value": 3}
_OFFER = refer(SIDE)["refer"]
_CONFERENCE = {"kind": "support-conference", "held_on": today(), "agencies": [COORDINATOR],
               "cases": ["{case}"]}  # fmt: skip
_HAND_ON = {"to": SIDE, "reason": "家計の相談", "basis": "consent", "mode": "phone"}
_LEG = "/referral/api/referrals/{leg}"
_NEW = "/referral/api/referrals/{new}"
_CASE = "/referral/api/cases/{case}"

_LAST_MONTH = f"{japanese_day(datetime.now(UTC)).replace(day=1) - timedelta(days=1):%Y-%m}"
#: Acts whose rows are seen where they are tried: coming in, accounts, deliveries, rules, commands.
_ELSEWHERE = (
    "sign-in sign-in-failed sign-out session-end password-change account-create account-reset"
    " account-disable token-create token-revoke delivery-told delivery-again rule-switch"
    " dead-letter-replay dead-letter-discard metrics-rebuild database-migrate"
)

Step = tuple[str, str, Mapping[str, Any], str]

#: Who sends what where, and the row: its act, the kind of record, and the ground.
_AT_THE_COUNTER: list[Step] = [
    ("/intake/api/consultations/{consultation}/corrections", _COUNTER,
     _REASON | {"urgency": "soon"},
     "consultation-correct consultation desk"),
    ("/intake/api/activities", _COUNTER, _ACTIVITY, "activity-record activity desk"),
    ("/intake/api/activities/{activity}/corrections", _COUNTER, _REASON | {"quantity": 2},
     "activity-correct activity desk"),
    ("/intake/api/activities/{activity}/cancellation", _COUNTER, _REASON,
     "activity-cancel activity desk"),
    ("/intake/api/figures", "manager", _FIGURE, "figure-record figure management"),
    ("/intake/api/figures/{figure}/corrections", "manager", _REASON | {"value": 4},
     "figure-correct figure management"),
    ("/intake/api/figures/{figure}/cancellation", "manager", _REASON,
     "figure-cancel figure management"),
]  # fmt: skip
_ON_A_CASE: list[Step] = [
    (f"{_CASE}/calls", DESK, {"whom": "110"}, "case-call case holder"),
    (f"{_LEG}/accept", LEAD, {}, "leg-accept leg receiver"),
    (f"{_LEG}/check-in", LEAD, {}, "leg-check-in leg receiver"),
    (f"{_LEG}/contacts", LEAD, {"on": today(), "kind": "visit"}, "leg-contacts leg receiver"),
    (f"{_LEG}/confirm", LEAD, {"code": "{code}"}, "leg-confirm leg receiver"),
    (f"{_LEG}/assign", LEAD, {"account": LEAD}, "leg-assign leg receiver"),
    (f"{_CASE}/plan", LEAD, plan(LEAD), "plan-draft case holder"),
    ("/referral/cases/{case}/plan/adopt", LEAD, {}, "plan-adopt case holder"),
    ("/referral/cases/{case}/plan/review", LEAD, {"score-1": "achieved", "score-2": "partly",
     "next_review": in_days(30)}, "plan-review case holder"),
    ("/referral/api/conferences", LEAD, _CONFERENCE, "conference-record conference desk"),
    ("/referral/api/conferences/{conference}/cancellation", LEAD, _REASON,
     "conference-cancel conference desk"),
    (f"{_CASE}/referrals", LEAD, _OFFER, "case-refer case holder"),
    (f"{_NEW}/withdraw", LEAD, _REASON, "leg-withdraw leg sender"),
    (f"{_NEW}/reopen", LEAD, _REASON, "leg-reopen leg sender"),
    (f"{_NEW}/accept", SIDE, {}, "leg-accept leg receiver"),
    (f"{_NEW}/basis", LEAD, {"basis": "consent"}, "leg-basis leg sender"),
    (f"{_NEW}/consent-withdrawn", SIDE, {}, "leg-consent-withdrawn leg receiver"),
    (f"{_NEW}/close", SIDE, _END, "leg-close leg receiver"),
    (f"{_LEG}/hand-on", LEAD, _HAND_ON, "leg-hand-on leg receiver"),
    ("/referral/cases/{case}/referrals/{new}/return", SIDE, {"reason": "no-capacity"},
     "leg-return leg receiver"),
    (f"{_CASE}/take-over", COORDINATOR, _REASON, "case-take-over case coordinator"),
    (f"{_LEG}/close", LEAD, _END, "leg-close leg receiver"),
    (f"{_CASE}/close", COORDINATOR, _END | {"end": "completed"}, "case-close case holder"),
    (f"{_LEG}/void", "admin", _REASON, "leg-void leg administration"),
    ("/intake/api/consultations/{consultation}/cancellation", _COUNTER, _REASON,
     "consultation-cancel consultation desk"),
]  # fmt: skip
_BESIDE_THE_CASE: list[Step] = [
    ("/intake/api/consultations", _COUNTER,
     consultation(topics=["dv"], main_topic="dv", **refer(SIDE, basis="statutory-report")),
     "consultation-record consultation desk"),
    ("/intake/consultations/{consultation}/slip", _COUNTER, {"safe": "true"},
     "slip-choose consultation desk"),
    ("/referral/api/agencies/houkatsu/pause", LEAD, _REASON | {"substitute": SIDE},
     "agency-pause agency desk"),
    ("/referral/api/agencies/houkatsu/pause/end", LEAD, {}, "agency-pause-end agency desk"),
    ("/referral/api/agencies/hoiku/succession", "admin", _REASON | {"to": SIDE},
     "agency-succeed agency administration"),
    ("/referral/channels/mail", "admin", {"agency": "csw", "email": "madoguchi@example.jp"},
     "channel-set None administration"),
    ("/referral/channels/mail/csw/remove", "admin", {}, "channel-remove agency administration"),
    ("/metrics/year-end", "manager",
     {"fy": str(fiscal_year_of(japanese_day(datetime.now(UTC))) - 1)},
     "year-close year management"),
    ("/metrics/api/releases", "manager", {"period": _LAST_MONTH},
     "release-make release management"),
]  # fmt: skip


async def _send(world: World, path: str, who: str, body: Mapping[str, Any]) -> Any:
    if "/api/" in path:
        return await world.call("POST", path, who, dict(body))
    headers = {"Authorization": f"Bearer {await world.token(who)}"}
    return await world.client.post(path, data=dict(body), headers=headers)


def _newest_leg(environment: dict[str, str]) -> str:
    with psycopg.connect(environment["REFERRAL_DATABASE_URL"], options=AS_SERVICE) as connection:
        [(leg,)] = connection.execute("SELECT id FROM leg ORDER BY id DESC LIMIT 1").fetchall()
    return str(leg)


def _filled(text: str, names: Mapping[str, str]) -> str:
    """With the ids that are known by now."""
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def _walk(
    world: World, environment: dict[str, str], steps: list[Step], names: dict[str, str]
) -> list[str]:
    """Do one after another; every row that is not as it should be."""
    faults = []
    for path, who, body, wanted in steps:
        database = path.split("/")[1]
        seen = {row["id"] for row in trail(environment, database)}
        given = json.loads(_filled(json.dumps(body), names))
        answer = await _send(world, _filled(path, names), who, given)
        assert answer.status_code < 400, (path, answer.text)
        new = [row for row in trail(environment, database) if row["id"] not in seen]
        said = [f"{row['act']} {row['kind']} {row['ground']}" for row in new]
        if said != [wanted] or {row["outcome"] for row in new} != {"done"}:
            faults.append(f"{path}: {said}, not {wanted}")
        if wanted.partition(" ")[0].endswith("-record"):
            names[wanted.split(" ")[1]] = new[0]["record"]
        if database == "referral":
            names["new"] = _newest_leg(environment)
    return faults


async def test_every_change_leaves_its_row_and_no_other(
    world: World, environment: dict[str, str]
) -> None:
    await add_accounts(world.settings, LEAD)
    recorded = await world.post("/intake/api/consultations", _COUNTER, consultation(**refer(LEAD)))
    await world.settle()
    names = {"consultation": recorded["id"], "case": recorded["case_id"], "code": recorded["code"]}
    names["leg"] = _newest_leg(environment)
    faults = await _walk(world, environment, _AT_THE_COUNTER, names)
    faults += await _walk(world, environment, _ON_A_CASE, names)
    faults += await _walk(world, environment, _BESIDE_THE_CASE, names)
    assert faults == []


def test_every_act_that_changes_something_is_tried() -> None:
    steps = [*_AT_THE_COUNTER, *_ON_A_CASE, *_BESIDE_THE_CASE]
    wanted = [one.split(" ") for *_, one in steps]
    assert {ground for _, _, ground in wanted} <= GROUNDS.keys()
    tried = {act for act, _, _ in wanted} | set(_ELSEWHERE.split())
    assert tried == {act.name for act in ACTS.values() if not act.reads}


async def test_a_password_that_was_changed_leaves_a_row_and_a_session_that_was_ended(
    quiet_world: World, environment: dict[str, str]
) -> None:
    await add_accounts(quiet_world.settings, "csw")
    client = quiet_world.client
    for _ in range(2):
        client.cookies.clear()
        await client.post("/sign-in", data={"login": "csw", "password": PASSWORD})
    assert (await client.post("/account/sessions/end")).status_code == 303
    new = "kawaranai-mizuumi-no-ao-73"
    form = {"password": PASSWORD, "new_password": new, "again": new}
    assert (await client.post("/account/password", data=form)).status_code == 303
    account = trail(environment, "identity")[0]["record"]
    assert acts(environment, "identity") == [
        ("sign-in", "done", account),
        ("sign-in", "done", account),
        ("session-end", "done", None),
        ("password-change", "done", account),
    ]
    assert {row["ground"] for row in trail(environment, "identity")} == {"self"}
