"""Play one case of the script: record it, find its legs, and act on them as each agency."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from deploy.demonstration.client import Client, NotNow
from deploy.demonstration.records import Call, moment_on
from deploy.demonstration.script import Act, CaseStory, Defaults

#: What the history of a case calls an act that the interface calls otherwise.
_IN_HISTORY = {"contacts": "contact", "refer": "offer"}
#: What is done to the case as a whole, and its path.
_ON_CASE = {"refer": "referrals", "close-case": "close"}
#: The consultation reaches the referral service within moments; then its case is there.
_WAIT_SECONDS = 60


def starts(stories: list[CaseStory], today: date) -> list[tuple[CaseStory, date, str]]:
    """Every case with the day it begins and the key of its consultation."""
    return [
        (story, today - timedelta(days=ago), f"demo-case-{number}-{ago}")
        for number, story in enumerate(stories)
        for ago in story.days_ago
    ]


def opening(story: CaseStory, day: date, key: str, defaults: Defaults) -> Call:
    """The consultation that opens the case."""
    moment = moment_on(day, 0)
    body = {
        "received_at": moment.isoformat(),
        "channel": defaults.channels[1],
        "anonymous": False,
        "repeat": False,
        "sex": defaults.sexes[day.toordinal() % len(defaults.sexes)],
        **story.consultation,
        "response": "refer",
        "refer": {
            "to": story.to,
            "reason": story.reason,
            "basis": story.basis,
            "mode": story.mode,
            "at": (moment + timedelta(minutes=30)).isoformat(),
        },
    }
    return Call(story.desk, "/intake/api/consultations", body, key)


async def play_case(
    client: Client, story: CaseStory, day: date, key: str, defaults: Defaults, until: date
) -> None:
    """Record the case and do every act whose day has come; acts done before are left out."""
    recorded = await client.send(opening(story, day, key, defaults))
    path = f"/referral/api/cases/{recorded['case_id']}"
    case = await _wait_for(client, path, story.desk)
    done = {(act["action"], act["happened_at"]) for act in case["history"]}
    for number, act in enumerate(story.acts):
        act_day = day + timedelta(days=act.after)
        if act_day > until:
            return
        at = moment_on(act_day, 0) + timedelta(minutes=45 + 20 * number)
        if (_IN_HISTORY.get(act.do, act.do), _utc(at)) in done:
            continue
        call = Call(
            act.by,
            _path(act, path, case),
            _body(act, act_day, at, recorded["code"]),
            f"{key}-{number}",
        )
        try:
            await client.send(call)
        except NotNow:
            # A try that was cut off leaves terms running: the case has gone another way since.
            return
        case = await client.get(path, story.desk)


def _path(act: Act, path: str, case: dict[str, Any]) -> str:
    if act.do in _ON_CASE:
        return f"{path}/{_ON_CASE[act.do]}"
    # An agency acts on its own leg; the sender takes back the newest one.
    mine = [leg for leg in case["legs"] if act.do == "withdraw" or leg["to"] == act.by]
    return f"/referral/api/referrals/{mine[-1]['id']}/{act.do}"


def _body(act: Act, day: date, at: datetime, code: str) -> dict[str, Any]:
    more = {"contacts": {"on": day.isoformat()}, "confirm": {"code": code}}.get(act.do, {})
    return {**act.body, **more, "at": at.isoformat()}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def _wait_for(client: Client, path: str, desk: str) -> dict[str, Any]:
    for _ in range(_WAIT_SECONDS * 10):
        case = await client.find(path, desk)
        if case is not None:
            return case
        await asyncio.sleep(0.1)
    raise TimeoutError(path)
