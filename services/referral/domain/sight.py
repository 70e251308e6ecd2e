"""Who sees what of a case: parties, the sharing basis, and the narrower rule on violence."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.referral.domain.case import Case, Leg, LegState
from services.referral.domain.sharing import stands
from shared.plan import Plan

#: Hidden on cases about violence from everyone but intake's desk and accepted receivers.
_SHIELDED_FACTS = frozenset({"district", "caller"})
#: A receiver that has not accepted sees the group of an age band, where the plan says so.
AGE_BAND, AGE_GROUP = "age_band", "age_group"
#: A receiver whose leg ended so without acceptance never took part in the case.
NEVER_TOOK = frozenset({LegState.RETURNED, LegState.WITHDRAWN})
#: What an outline tells of an act on somebody else's leg.
_OUTLINE = frozenset({"to", "whom", "whose", "clock", "due_at", "cause"})
#: What a receiver's own record tells of the acts of others: that it was asked, on which basis.
_ON_RECORD = frozenset({"to", "basis"})
#: Words for those who answer for the case, not for the receiver of the leg.
_FOR_THE_CASE = frozenset({"override"})


class Scope(StrEnum):
    """How far an agency looks into a case, from everything to nothing but its own record."""

    WHOLE = "whole"
    SHARED = "shared"
    OWN = "own"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Sight:
    """What one agency sees of one case on one day; `facts` are names, topics and reason too."""

    agency: str
    scope: Scope
    facts: frozenset[str]

    @property
    def follows(self) -> bool:
        """Whether it sees how the case goes on beside its own legs: whose turn it is, what came."""
        return self.scope in (Scope.WHOLE, Scope.SHARED)


def took_part(leg: Leg) -> bool:
    """Whether the receiver has the leg before it, has it, or had it after accepting.

    A leg that was entered in error gives nothing to see, as if it had never been.
    """
    if leg.state is LegState.VOID:
        return False
    return leg.state not in NEVER_TOOK or leg.accepted_at is not None


def bounds(leg: Leg, coordinator: str) -> bool:
    """Whether a leg that its receiver no longer has still bounds what that agency sees.

    Giving a leg back, or undoing it, must not show more of the case than having it did. The
    coordinator answers for cases by its office: what it never accepted does not narrow that.
    """
    return not took_part(leg) and (leg.accepted_at is not None or leg.receiver != coordinator)


def is_party(agency: str, case: Case, legs: Iterable[Leg], coordinator: str) -> bool:
    """Whether this agency may see the case at all: one tie to it is enough."""
    near = tuple(legs)
    return any(ties(agency, case, near, coordinator) for ties in TIES)


def parties(case: Case, legs: Sequence[Leg], coordinator: str) -> frozenset[str]:
    """Every agency that may see the case."""
    near = {case.holder, case.desk, coordinator}
    near |= {agency for leg in legs for agency in (leg.sender, leg.receiver)}
    return frozenset(agency for agency in near if is_party(agency, case, legs, coordinator))


def _oversees(agency: str, case: Case, coordinator: str) -> bool:
    """Whether it answers for the case: its desk, its holder, a coordinator it has come to."""
    return agency in (case.holder, case.desk) or (agency == coordinator and not case.shielded)


def _sends(agency: str, _case: Case, legs: Sequence[Leg], _coordinator: str) -> bool:
    return any(leg.sender == agency and leg.state is not LegState.VOID for leg in legs)


def _receives(agency: str, _case: Case, legs: Sequence[Leg], _coordinator: str) -> bool:
    return any(leg.receiver == agency and took_part(leg) for leg in legs)


#: What makes an agency a party to a case. The database holds the same rule (ADR 23).
TIES: tuple[Callable[[str, Case, Sequence[Leg], str], bool], ...] = (
    lambda agency, case, _, coordinator: _oversees(agency, case, coordinator),
    _sends,
    _receives,
)


def joined_by_code(agency: str, case: Case, legs: Iterable[Leg], coordinator: str) -> bool:
    """Whether a party to a case about violence did no more than send a leg of its own.

    Somebody brought it the code. It sees that leg and that the case goes on, and nothing that
    the case is about or that others wrote. The coordinator answered for every leg that it sent.
    """
    if not case.shielded or _oversees(agency, case, coordinator) or agency == coordinator:
        return False
    return not any(leg.receiver == agency and took_part(leg) for leg in legs)


def sees_leg(agency: str, case: Case, legs: Sequence[Leg], leg: Leg, coordinator: str) -> bool:
    """Whether a leg is there at all for this agency as a party to its case."""
    if not is_party(agency, case, legs, coordinator):
        return False
    return leg.sender == agency or not joined_by_code(agency, case, legs, coordinator)


def sight_of(agency: str, case: Case, legs: Sequence[Leg], plan: Plan, today: date) -> Sight:
    """What this party sees. A receiver sees what its legs' bases show, be it the holder or not.

    Where it has no leg any more, it sees what every leg that it had showed. A desk sees
    everything that it wrote; whoever answers for the case and never received a leg of it sees
    everything but what violence hides.
    """
    everything = frozenset({"topics", "urgency", "reason", AGE_GROUP, *case.facts})
    answers = _oversees(agency, case, plan.coordinator)
    if agency == case.desk:
        return Sight(agency, Scope.WHOLE, everything)
    if joined_by_code(agency, case, legs, plan.coordinator):
        return Sight(agency, Scope.OWN, frozenset())
    mine = [leg for leg in legs if leg.receiver == agency and took_part(leg)]
    former = [leg for leg in legs if leg.receiver == agency and bounds(leg, plan.coordinator)]
    standing = [leg for leg in mine if stands(leg, today)]
    if mine:
        if not standing:
            return record_of(agency)
        shown = frozenset[str]().union(*(_shows(leg, plan) for leg in standing))
    else:
        if not all(stands(leg, today) for leg in former):
            return record_of(agency)
        shown = everything.intersection(*(_shows(leg, plan) for leg in former))
    if case.shielded and not any(leg.accepted_at is not None for leg in standing):
        shown -= _SHIELDED_FACTS
    if "reason" not in shown:
        scope = Scope.OWN
    elif answers or not (mine or former):
        scope = Scope.WHOLE
    else:
        scope = Scope.SHARED
    return Sight(agency, scope, shown & everything)


def _shows(leg: Leg, plan: Plan) -> frozenset[str]:
    basis = plan.bases[leg.basis]
    return basis.before if leg.accepted_at is None else basis.after


def record_of(agency: str) -> Sight:
    """What a receiver keeps that is no party any more: that it had the leg, and its own acts."""
    return Sight(agency, Scope.RECORD, frozenset())


def case_as_seen(case: Case, sight: Sight, plan: Plan) -> Case:
    """The case with nothing in it that this sight does not show, and nothing finer than it does."""
    facts = {name: value for name, value in case.facts.items() if name in sight.facts}
    if AGE_GROUP in sight.facts and AGE_BAND in case.facts and AGE_BAND not in facts:
        band = case.facts[AGE_BAND]
        facts[AGE_GROUP] = plan.age_groups.get(band, "unknown")
    return replace(
        case,
        code=case.code if sight.agency == case.desk else None,
        topics=case.topics if "topics" in sight.facts else (),
        urgency=case.urgency if "urgency" in sight.facts else "",
        facts=facts,
        outcome=case.outcome if sight.follows else None,
        ended_by=case.ended_by if sight.follows else None,
    )


def leg_as_seen(leg: Leg, sight: Sight, plan: Plan, today: date) -> Leg | None:
    """The leg as far as this sight shows it, None where it shows nothing of it.

    A reason is written for its receiver: others read it only where they see the whole case.
    """
    if sight.scope is Scope.WHOLE:
        return leg
    if leg.sender == sight.agency:
        return leg if sight.scope is not Scope.RECORD else _outline(leg, reason=leg.reason)
    if leg.receiver == sight.agency:
        shown = stands(leg, today) and "reason" in sight.facts and "reason" in _shows(leg, plan)
        return leg if shown else replace(leg, reason="", authorised_by="")
    if sight.scope is Scope.SHARED:
        return _outline(leg, reason="")
    return None


def _outline(leg: Leg, *, reason: str) -> Leg:
    """The way from agency to agency and where it stands, without what came of it."""
    authorised_by = leg.authorised_by if reason else ""
    bare = replace(leg, reason=reason, authorised_by=authorised_by, outcome=None, ended_by=None)
    return replace(bare, assigned_to=None, assigned_name=None)


def act_as_seen(
    agency: str, leg: Leg | None, detail: Mapping[str, Any], sight: Sight
) -> dict[str, Any] | None:
    """What this sight shows of an act by `agency` on a leg, or on the case as a whole.

    None where it does not show the act at all. `leg` is the leg as seen; words of others are
    shown where the reason of that leg is, and codes of others to those who see the whole case.
    """
    own = agency == sight.agency
    if own or sight.scope is Scope.WHOLE:
        return dict(detail)
    mine = leg is not None and sight.agency in (leg.sender, leg.receiver)
    if sight.scope is Scope.RECORD:
        return _only(detail, _ON_RECORD) if mine and "basis" in detail else None
    if mine and leg is not None:
        if leg.reason:
            return _only(detail, detail.keys() - _FOR_THE_CASE)
        return _only(detail, _OUTLINE | _ON_RECORD)
    return _only(detail, _OUTLINE) if sight.scope is Scope.SHARED else None


def _only(detail: Mapping[str, Any], names: Set[str]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name in names}
