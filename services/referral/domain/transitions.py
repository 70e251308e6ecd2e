"""The transition table of a leg: who may do what, in which state, and what state follows."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.referral.domain.case import Case, Leg, LegState


class Side(StrEnum):
    """What an agency is to a leg; it may be several at once."""

    RECEIVER = "receiver"
    SENDER = "sender"
    HOLDER = "holder"
    COORDINATOR = "coordinator"


class Action(StrEnum):
    """What can be done to a leg."""

    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    CONTACT = "contacts"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: in these states, these sides may, and `to` follows."""

    action: Action
    states: frozenset[LegState]
    sides: frozenset[Side]
    to: LegState


_AT_WORK = frozenset({LegState.ACCEPTED, LegState.SUPPORTING})
_OFFERED = frozenset({LegState.OFFERED})
_ENDED = frozenset({LegState.RETURNED, LegState.WITHDRAWN, LegState.CLOSED})
_RECEIVER = frozenset({Side.RECEIVER})

TABLE: tuple[Rule, ...] = (
    Rule(Action.ACCEPT, _OFFERED, _RECEIVER, LegState.ACCEPTED),
    Rule(Action.RETURN, _OFFERED, _RECEIVER, LegState.RETURNED),
    Rule(
        Action.WITHDRAW,
        _OFFERED,
        frozenset({Side.SENDER, Side.HOLDER, Side.COORDINATOR}),
        LegState.WITHDRAWN,
    ),
    Rule(Action.CONTACT, _AT_WORK, _RECEIVER, LegState.SUPPORTING),
    Rule(Action.CLOSE, _AT_WORK, _RECEIVER, LegState.CLOSED),
    Rule(Action.REOPEN, _ENDED, frozenset({Side.HOLDER, Side.COORDINATOR}), LegState.OFFERED),
)


#: What only a receiver ever does; a counter account, which sends and holds, never may.
RECEIVERS_ALONE = frozenset(rule.action for rule in TABLE if rule.sides == _RECEIVER)


def sides_of(
    agency: str, case: Case, leg: Leg, coordinator: str, *, receives: bool
) -> frozenset[Side]:
    """What this agency is to this leg; `receives` says whether the account acts for receivers."""
    sides = {
        Side.RECEIVER: receives and leg.receiver == agency,
        Side.SENDER: leg.sender == agency,
        Side.HOLDER: case.holder == agency,
        Side.COORDINATOR: coordinator == agency,
    }
    return frozenset(side for side, holds in sides.items() if holds)


def allowed_actions(state: LegState, sides: Collection[Side]) -> list[Action]:
    """What somebody on these sides may do to a leg in this state, in the table's order."""
    return [
        rule.action for rule in TABLE if state in rule.states and not rule.sides.isdisjoint(sides)
    ]


def next_state(action: Action, state: LegState, sides: Collection[Side]) -> LegState | None:
    """The state that follows; None where the table has no such line."""
    for rule in TABLE:
        if rule.action is action and state in rule.states and not rule.sides.isdisjoint(sides):
            return rule.to
    return None
