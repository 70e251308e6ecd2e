"""The transition table through the interface: who may do what, in which state, and what follows."""

from typing import Any

import pytest

from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "chiiki-kyosei"
_SENDER, _RECEIVER, _STRANGER = "shakyo-sogo", "houkatsu", "kodomo-katei"

_BODIES: dict[str, dict[str, Any]] = {
    "accept": {},
    "return": {"reason": "not-ours"},
    "withdraw": {"reason": "まちがい"},
    "contacts": {"on": "2026-05-20", "kind": "phone"},
    "close": {"outcome": "resolved", "ended_by": "person"},
    "reopen": {"reason": "もう一度"},
}
#: State to the acts by the receiver that lead there from an offer.
_WAYS: dict[str, list[tuple[str, str]]] = {
    "offered": [],
    "accepted": [(_RECEIVER, "accept")],
    "supporting": [(_RECEIVER, "accept"), (_RECEIVER, "contacts")],
    "returned": [(_RECEIVER, "return")],
    "withdrawn": [(_SENDER, "withdraw")],
    "closed": [(_RECEIVER, "accept"), (_RECEIVER, "close")],
}
_BY_RECEIVER = {
    "offered": {"accept": "accepted", "return": "returned"},
    "accepted": {"contacts": "supporting", "close": "closed"},
    "supporting": {"contacts": "supporting", "close": "closed"},
}
#: The receiver of a lead leg is the holder once it has accepted.
_AS_HOLDER = {"closed": {"reopen": "offered"}}
_BY_SENDER = {"offered": {"withdraw": "withdrawn"}}
_SENDER_STILL_HOLDS = {"returned": {"reopen": "offered"}, "withdrawn": {"reopen": "offered"}}
_BY_COORDINATOR = {
    "offered": {"withdraw": "withdrawn"},
    "returned": {"reopen": "offered"},
    "withdrawn": {"reopen": "offered"},
    "closed": {"reopen": "offered"},
}


def _allowed(who: str, state: str) -> dict[str, str]:
    """What the table in the domain gives this caller in this state: action to next state."""
    if who == _RECEIVER:
        return _BY_RECEIVER.get(state, {}) | _AS_HOLDER.get(state, {})
    if who == _SENDER:
        return _BY_SENDER.get(state, {}) | _SENDER_STILL_HOLDS.get(state, {})
    if who == _DESK:
        return _BY_COORDINATOR.get(state, {})
    return {}


async def _offer(world: World, *to: str) -> tuple[str, str]:
    """A case of 社協's desk with one lead leg; the case's and the leg's id."""
    body = consultation(**refer(*to, at="2026-05-20T11:00:00+09:00"))
    recorded = await world.post("/intake/api/consultations", f"counter:{_SENDER}", body)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", _SENDER)
    return case["id"], case["legs"][0]["id"]


async def _act(world: World, leg: str, who: str, action: str) -> Any:
    path = f"/referral/api/referrals/{leg}/{action}"
    return await world.call("POST", path, who, _BODIES[action])


@pytest.mark.parametrize("state", _WAYS)
async def test_every_pair_of_state_and_action(world: World, state: str) -> None:
    for who in (_RECEIVER, _SENDER, _DESK, _STRANGER):
        for action in _BODIES:
            case, leg = await _offer(world, _RECEIVER)
            for by, step in _WAYS[state]:
                assert (await _act(world, leg, by, step)).status_code == 200
            answer = await _act(world, leg, who, action)
            allowed = _allowed(who, state)
            told = f"{who} {action} in {state}: {answer.text}"
            if who == _STRANGER:
                assert answer.status_code == 404, told
                continue
            if action in allowed:
                assert answer.status_code == 200, told
                assert answer.json()["state"] == allowed[action], told
                continue
            assert answer.status_code == 409, told
            assert set(answer.json()["allowed"]) == set(allowed), told
            shown = await world.get(f"/referral/api/cases/{case}", _SENDER)
            assert shown["legs"][0]["state"] == state, told


async def test_managers_and_administrators_do_not_act(world: World) -> None:
    _, leg = await _offer(world, _RECEIVER)
    for who in ("manager", "admin", f"counter:{_RECEIVER}"):
        answer = await _act(world, leg, who, "accept")
        assert answer.status_code == 403, answer.text


async def test_two_act_at_once_and_one_is_told_what_the_other_did(world: World) -> None:
    _, leg = await _offer(world, _RECEIVER)
    first = await _act(world, leg, _RECEIVER, "accept")
    second = await _act(world, leg, _RECEIVER, "return")
    assert first.status_code == 200
    assert second.status_code == 409
    assert second.json()["state"] == "accepted"
    assert "受け入れ済み" in second.json()["detail"]


async def test_acts_carry_when_they_happened(world: World) -> None:
    case, leg = await _offer(world, _RECEIVER)
    path = f"/referral/api/referrals/{leg}"
    early = {"at": "2026-01-01T10:00:00+09:00"}
    refused = await world.call("POST", f"{path}/accept", _RECEIVER, early)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["loc"] == ["at"]
    future = await world.call(
        "POST", f"{path}/accept", _RECEIVER, {"at": "2199-01-01T10:00:00+09:00"}
    )
    assert future.status_code == 422
    shown = await world.get(f"/referral/api/cases/{case}", _SENDER)
    offered_at = shown["history"][-1]["happened_at"]
    accepted = await world.call("POST", f"{path}/accept", _RECEIVER, {"at": offered_at})
    assert accepted.status_code == 200
    shown = await world.get(f"/referral/api/cases/{case}", _RECEIVER)
    last = shown["history"][-1]
    assert (last["action"], last["happened_at"]) == ("accept", offered_at)
    assert last["recorded_at"] > offered_at
