"""The transition table through the interface: every state, every act, every side."""

import asyncio
from typing import Any

import pytest

from tests.integration.table import TABLE, allowed, follows
from tests.people import add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_SENDER, _HOLDER, _RECEIVER = "shakyo-sogo", "csw", "houkatsu"
_COORDINATOR, _STRANGER, _NEXT = "chiiki-kyosei", "hoiku", "koreisha-chiiki"
#: Who calls, and which sides that caller has; a stranger has none.
_CALLERS: dict[str, set[str]] = {
    _RECEIVER: {"receiver"},
    _SENDER: {"sender"},
    _HOLDER: {"holder"},
    _COORDINATOR: {"coordinator"},
    f"counter:{_SENDER}": {"sender"},
    _STRANGER: set(),
    "admin": {"administrator"},
}
_ALONE = {action for action, (_, who, _) in TABLE.items() if who == {"receiver"}}
_ACCEPT = (_RECEIVER, "accept")
#: State to the acts that lead there from an offer.
_WAYS: dict[str, list[tuple[str, str]]] = {
    "offered": [],
    "accepted": [_ACCEPT],
    "supporting": [_ACCEPT, (_RECEIVER, "contacts")],
    "returned": [(_RECEIVER, "return")],
    "withdrawn": [(_SENDER, "withdraw")],
    "handed-on": [_ACCEPT, (_RECEIVER, "hand-on"), (_NEXT, "accept")],
    "closed": [_ACCEPT, (_RECEIVER, "close")],
    "void": [("admin", "void")],
}


class Scene:
    """A case held by one agency, with a side leg that its desk has offered to another."""

    def __init__(self, world: World, case: str, leg: str, code: str) -> None:
        self.world, self.case, self.leg, self.code = world, case, leg, code

    def _body(self, action: str) -> dict[str, Any]:
        reason = {"reason": "まちがい"}
        sharing = refer(_NEXT)["refer"] | {"to": _NEXT}
        return {
            "return": {"reason": "not-ours"},
            "withdraw": reason,
            "contacts": {"on": "2026-05-20", "kind": "phone"},
            "confirm": {"code": self.code},
            "assign": {"account": _RECEIVER},
            "hand-on": sharing,
            "close": {"outcome": "resolved", "ended_by": "person"},
            "reopen": reason,
            "void": reason,
        }.get(action, {})

    async def act(self, who: str, action: str) -> Any:
        """Do this to the leg, or to the one that it was handed on with."""
        leg = self.leg
        if who == _NEXT:
            case = await self.world.get(f"/referral/api/cases/{self.case}", _NEXT)
            leg = next(one["id"] for one in case["legs"] if one["to"] == _NEXT)
        path = f"/referral/api/referrals/{leg}/{action}"
        return await self.world.call("POST", path, who, self._body(action))

    async def state(self) -> str:
        """Where the leg stands."""
        case = await self.world.get(f"/referral/api/cases/{self.case}", _SENDER)
        return next(str(one["state"]) for one in case["legs"] if one["id"] == self.leg)


async def _scenes(world: World, state: str, many: int) -> list[Scene]:
    """So many scenes with the leg in this state."""
    body = consultation(**refer(_HOLDER, _RECEIVER, at="2026-05-20T11:00:00+09:00"))
    recorded = [
        await world.post("/intake/api/consultations", f"counter:{_SENDER}", body)
        for _ in range(many)
    ]
    await world.settle()
    scenes = []
    for one in recorded:
        case = await world.get(f"/referral/api/cases/{one['case_id']}", _SENDER)
        lead, side = case["legs"]
        await world.post(f"/referral/api/referrals/{lead['id']}/accept", _HOLDER, {})
        scene = Scene(world, case["id"], side["id"], one["code"])
        for who, action in _WAYS[state]:
            answer = await scene.act(who, action)
            assert answer.status_code == 200, answer.text
        assert await scene.state() == state
        scenes.append(scene)
    return scenes


def _refused(who: str, action: str) -> int:
    """The status of an act that the table does not have: never theirs, not a party, or not now."""
    if (who == "admin") != (action == "void") or (who.startswith("counter:") and action in _ALONE):
        return 403
    return 404 if who == _STRANGER else 409


@pytest.mark.parametrize("state", _WAYS)
async def test_every_act_by_every_side_in_this_state(world: World, state: str) -> None:
    await add_accounts(world.settings, _RECEIVER)
    every = [(who, action) for who in _CALLERS for action in TABLE]
    good = [one for one in every if follows(one[1], state, _CALLERS[one[0]])]
    untouched, *fresh = await _scenes(world, state, 1 + len(good))
    for (who, action), scene in zip(good, fresh, strict=True):
        answer = await scene.act(who, action)
        assert answer.status_code == 200, f"{who} {action} in {state}: {answer.text}"
        assert answer.json()["state"] == follows(action, state, _CALLERS[who])
    for who, action in every:
        if (who, action) in good:
            continue
        answer = await untouched.act(who, action)
        told = f"{who} {action} in {state}: {answer.text}"
        assert answer.status_code == _refused(who, action), told
        if answer.status_code == 409:
            assert set(answer.json()["allowed"]) == allowed(state, _CALLERS[who]), told
    assert await untouched.state() == state


async def test_managers_never_act(world: World) -> None:
    [scene] = await _scenes(world, "offered", 1)
    for action in TABLE:
        assert (await scene.act("manager", action)).status_code == 403


async def test_two_act_at_once_and_one_is_told_what_the_other_did(world: World) -> None:
    for scene in await _scenes(world, "offered", 5):
        answers = await asyncio.gather(
            scene.act(_RECEIVER, "accept"),
            scene.act(_RECEIVER, "return"),
            scene.act(_SENDER, "withdraw"),
            scene.act(_COORDINATOR, "withdraw"),
        )
        won = [answer for answer in answers if answer.status_code == 200]
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert (len(won), len(lost)) == (1, 3)
        state = won[0].json()["state"]
        for told in lost:
            assert told["state"] == state
            assert told["by"] in (_RECEIVER, _SENDER, _COORDINATOR)
            assert told["recorded_at"]


async def test_acts_carry_when_they_happened(world: World) -> None:
    [scene] = await _scenes(world, "offered", 1)
    path = f"/referral/api/referrals/{scene.leg}/accept"
    for wrong in ("2026-01-01T10:00:00+09:00", "2199-01-01T10:00:00+09:00"):
        refused = await world.call("POST", path, _RECEIVER, {"at": wrong})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["loc"] == ["at"]
    happened = "2026-05-20T12:30:00+09:00"
    accepted = await world.call("POST", path, _RECEIVER, {"at": happened})
    assert accepted.status_code == 200
    shown = await world.get(f"/referral/api/cases/{scene.case}", _RECEIVER)
    # The clock may run out meanwhile, and stand behind it.
    done = [one for one in shown["history"] if one["action"] == "accept"][-1]
    assert done["happened_at"] == "2026-05-20T03:30:00Z"
    assert done["recorded_at"] > done["happened_at"]


async def test_the_sender_transcribes_what_an_agency_without_a_terminal_answers(
    world: World,
) -> None:
    body = consultation(**refer("hello-work", at="2026-05-20T11:00:00+09:00"))
    recorded = await world.post("/intake/api/consultations", f"counter:{_SENDER}", body)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", _SENDER)
    leg = f"/referral/api/referrals/{case['legs'][0]['id']}"
    assert (await world.call("POST", f"{leg}/accept", "csw", {})).status_code == 404
    assert (await world.call("POST", f"{leg}/accept", "counter:csw", {})).status_code == 403
    early = {"at": "2026-05-20T10:59:00+09:00"}
    assert (await world.call("POST", f"{leg}/accept", _SENDER, early)).status_code == 422
    typed = {"at": "2026-05-21T15:00:00+09:00"}
    accepted = await world.post(f"{leg}/accept", f"counter:{_SENDER}", typed)
    assert accepted["state"] == "accepted"
    contact = {"on": "2026-05-22", "kind": "phone", "at": "2026-05-22T15:00:00+09:00"}
    met = await world.post(f"{leg}/contacts", _SENDER, contact | {"memo": "面接の日が決まった"})
    assert met["state"] == "supporting"
    page = await world.call("GET", f"/referral/cases/{recorded['case_id']}", _SENDER)
    assert "面接の日が決まった" in page.text
    closed = {"outcome": "employed", "ended_by": "person", "at": "2026-05-28T15:00:00+09:00"}
    assert (await world.post(f"{leg}/close", _SENDER, closed))["outcome"] == "employed"
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", _SENDER)
    assert case["holder"] == "hello-work"
