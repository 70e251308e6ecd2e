"""The transition tables of a leg and of a case: who may do what, in which state, what follows."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.referral.domain.agency_life import AgencyDay, followed_leg
from services.referral.domain.carried_consent import basis_gone
from services.referral.domain.case import (
    LIVE,
    Case,
    CaseState,
    Leg,
    LegState,
    has_it_before_it,
    pending_hand_on,
)
from services.referral.domain.clocks import owed_by_case, owed_by_leg
from shared.plan import Plan


class Side(StrEnum):
    """What somebody is to a leg or a case; an agency may be several at once."""

    RECEIVER = "receiver"
    SENDER = "sender"
    HOLDER = "holder"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be done to a leg."""

    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    CONTACT = "contacts"
    CONFIRM = "confirm"
    CHECK_IN = "check-in"
    ASSIGN = "assign"
    HAND_ON = "hand-on"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"


class CaseAction(StrEnum):
    """What can be done to a case."""

    OFFER = "referrals"
    CONVENE = "conferences"
    PLAN = "plan"
    TAKE_OVER = "take-over"
    CLOSE = "close"


class Hindrance(StrEnum):
    """Why a line of the table cannot be followed just now; the refusal has the same code."""

    NO_CONSENT = "no-consent"
    NOBODY_THERE = "agency-not-valid"
    ALREADY_THERE = "already-there"
    HAND_ON_PENDING = "hand-on-pending"
    TERM_RUNS = "term-runs"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: in these states, these sides may. `to` is None where nothing moves.

    `hindrances` are what can be in the way of it; the first that is, is said.
    """

    action: Action
    states: frozenset[LegState]
    sides: frozenset[Side]
    to: LegState | None
    hindrances: tuple[Hindrance, ...] = ()


_AT_WORK = frozenset({LegState.ACCEPTED, LegState.SUPPORTING})
_OFFERED = frozenset({LegState.OFFERED})
_REOPENED = frozenset({LegState.RETURNED, LegState.WITHDRAWN, LegState.CLOSED})
_ANY_BUT_VOID = frozenset(LegState) - {LegState.VOID}
_RECEIVER = frozenset({Side.RECEIVER})
_HOLDING = frozenset({Side.HOLDER, Side.COORDINATOR})
_ADMINISTRATOR = frozenset({Side.ADMINISTRATOR})
_NOT_AGAIN = (Hindrance.NO_CONSENT, Hindrance.NOBODY_THERE, Hindrance.ALREADY_THERE)

TABLE: tuple[Rule, ...] = (
    Rule(Action.ACCEPT, _OFFERED, _RECEIVER, LegState.ACCEPTED, (Hindrance.NO_CONSENT,)),
    Rule(Action.RETURN, _OFFERED, _RECEIVER, LegState.RETURNED),
    Rule(Action.WITHDRAW, _OFFERED, _HOLDING | {Side.SENDER}, LegState.WITHDRAWN),
    Rule(Action.CONTACT, _AT_WORK, _RECEIVER, LegState.SUPPORTING),
    Rule(Action.CONFIRM, _AT_WORK, _RECEIVER, None),
    Rule(Action.CHECK_IN, _AT_WORK, _RECEIVER, None),
    Rule(Action.ASSIGN, LIVE, _RECEIVER, None),
    Rule(Action.HAND_ON, _AT_WORK, _RECEIVER, None, (Hindrance.HAND_ON_PENDING,)),
    Rule(Action.CLOSE, _AT_WORK, _RECEIVER, LegState.CLOSED, (Hindrance.TERM_RUNS,)),
    Rule(Action.REOPEN, _REOPENED, _HOLDING, LegState.OFFERED, _NOT_AGAIN),
    Rule(Action.VOID, _ANY_BUT_VOID, _ADMINISTRATOR, LegState.VOID),
)

#: What only a receiver ever does; a counter account, which sends and holds, never may.
RECEIVERS_ALONE = frozenset(rule.action for rule in TABLE if rule.sides == _RECEIVER)


def transcribes(agency: str, leg: Leg) -> bool:
    """Whether this agency types what the receiver of the leg answers by paper or telephone."""
    return leg.on_paper and leg.sender == agency


def sides_of(
    agency: str, case: Case, leg: Leg, coordinator: str, *, receives: bool
) -> frozenset[Side]:
    """What this agency is to this leg; `receives` says whether the account acts for receivers.

    The sender of a leg on paper stands in for its receiver: it transcribes the reply.
    """
    stands_in = transcribes(agency, leg)
    sides = {
        Side.RECEIVER: (receives and leg.receiver == agency) or stands_in,
        Side.SENDER: leg.sender == agency,
        Side.HOLDER: case.holder == agency or (stands_in and case.holder == leg.receiver),
        Side.COORDINATOR: coordinator == agency,
    }
    return frozenset(side for side, holds in sides.items() if holds)


def hindrance(
    action: Action, leg: Leg, legs: Collection[Leg], agencies: AgencyDay
) -> Hindrance | None:
    """What is in the way of an action on one of the case's legs on this day; None where nothing is.

    Nothing begins on a consent that is gone, there is one hand-on at a time, and a leg does not
    end while a term of the law runs on it. A leg is asked for again with those who follow agencies
    that are no more: they too need consent, and nobody is asked twice.
    """
    begun = followed_leg(leg, agencies) if action is Action.REOPEN else leg

    def holds(one: Hindrance) -> bool:
        match one:
            case Hindrance.NO_CONSENT:
                asked = [leg] if begun is None else [leg, begun]
                return any(basis_gone(each, legs, agencies.day) for each in asked)
            case Hindrance.NOBODY_THERE:
                return begun is None
            case Hindrance.ALREADY_THERE:
                return begun is not None and has_it_before_it(begun.receiver, legs)
            case Hindrance.HAND_ON_PENDING:
                return pending_hand_on(legs, leg.id) is not None
            case Hindrance.TERM_RUNS:
                return bool(owed_by_leg(leg, agencies.plan))

    can_be = next(rule.hindrances for rule in TABLE if rule.action is action)
    return next((one for one in can_be if holds(one)), None)


def table_actions(leg: Leg, sides: Collection[Side]) -> list[Action]:
    """What the table lets these sides do to a leg in its state, in the table's order."""
    return [
        rule.action
        for rule in TABLE
        if leg.state in rule.states and not rule.sides.isdisjoint(sides)
    ]


def allowed_actions(
    leg: Leg, sides: Collection[Side], legs: Collection[Leg], agencies: AgencyDay
) -> list[Action]:
    """What somebody on these sides may do to one of the case's legs now, in the table's order."""
    found = table_actions(leg, sides)
    return [one for one in found if hindrance(one, leg, legs, agencies) is None]


def next_state(action: Action, state: LegState, sides: Collection[Side]) -> LegState | None:
    """The state that follows; None where the table has no such line."""
    for rule in TABLE:
        if rule.action is action and state in rule.states and not rule.sides.isdisjoint(sides):
            return state if rule.to is None else rule.to
    return None


def table_case_actions(
    agency: str, case: Case, legs: Collection[Leg], coordinator: str
) -> list[CaseAction]:
    """What this agency's side lets it do to the case: nothing once it has ended.

    For a holder without a terminal, the sender of its leg on paper acts.
    """
    holds = agency == case.holder or any(
        transcribes(agency, leg) and leg.receiver == case.holder and leg.state is not LegState.VOID
        for leg in legs
    )
    if case.state is not CaseState.OPEN or not (holds or agency == coordinator):
        return []
    allowed = [CaseAction.OFFER, CaseAction.CONVENE, CaseAction.PLAN]
    if agency == coordinator:
        allowed.append(CaseAction.TAKE_OVER)
    if not any(leg.state in LIVE for leg in legs):
        allowed.append(CaseAction.CLOSE)
    return allowed


def allowed_case_actions(
    agency: str, case: Case, legs: Collection[Leg], plan: Plan
) -> list[CaseAction]:
    """What this agency may do to the case now: it does not end before what its topics ask for."""
    found = table_case_actions(agency, case, legs, plan.coordinator)
    owed = owed_to_close(agency, case, legs, plan)
    return [one for one in found if not (owed and one is CaseAction.CLOSE)]


def owed_to_close(agency: str, case: Case, legs: Collection[Leg], plan: Plan) -> list[str]:
    """The contacts that are missing where this agency's side would let it end the case."""
    may = CaseAction.CLOSE in table_case_actions(agency, case, legs, plan.coordinator)
    return owed_by_case(case, plan) if may else []
