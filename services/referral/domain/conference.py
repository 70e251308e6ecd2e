"""What a conference 会議 may decide, on what footing it shares, and who sees what of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from services.referral.domain.case import Leg, LegState
from services.referral.domain.holding import Standing
from services.referral.domain.sharing import CONSENT, stands
from services.referral.domain.sight import Scope, Sight
from shared.japanese_time import JST, japanese_day


class ConferenceKind(StrEnum):
    """Which conference of the law it is."""

    SUPPORT = "support-conference"
    INTEGRATED = "integrated-conference"


class DecisionKind(StrEnum):
    """What a conference decides about a case."""

    NAME_LEAD = "name-lead"
    ADOPT_PLAN = "adopt-plan"
    REVIEW_PLAN = "review-plan"
    CLOSE_CASE = "close-case"


@dataclass(frozen=True, slots=True)
class Footing:
    """One line of the table: what it may decide, whether the person must have consented, and the
    sharing basis of a leg that a decision makes.
    """

    decisions: frozenset[DecisionKind]
    needs_consent: bool
    basis: str


#: 支援会議 (生活困窮者自立支援法9条) binds its members to secrecy and needs no consent: it shares,
#: and names the lead. Plans, their evaluation and the end 終結・中断 are for the 重層的支援会議,
#: which talks about people who consented.
FOOTINGS: dict[ConferenceKind, Footing] = {
    ConferenceKind.SUPPORT: Footing(
        frozenset({DecisionKind.NAME_LEAD}), needs_consent=False, basis="support-conference"
    ),
    ConferenceKind.INTEGRATED: Footing(
        frozenset(DecisionKind), needs_consent=True, basis="consent"
    ),
}

#: The words that a decision of each kind needs, and those that it may have beside them.
NEEDS: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.NAME_LEAD: ("agency",),
    DecisionKind.ADOPT_PLAN: (),
    DecisionKind.REVIEW_PLAN: ("scores",),
    DecisionKind.CLOSE_CASE: ("end", "outcome", "ended_by"),
}
MAY_HAVE: dict[DecisionKind, tuple[str, ...]] = {DecisionKind.REVIEW_PLAN: ("next_review",)}

#: When a conference typed in on a later day is taken to have decided: the end of an opening day.
_END_OF_DAY = time(17, 15, tzinfo=JST)
_NO_CONSENT_LEFT = frozenset({LegState.RETURNED, LegState.WITHDRAWN, LegState.VOID})


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one case; `scores` are goal number and score code."""

    kind: DecisionKind
    case_id: UUID
    agency: str | None = None
    end: str | None = None
    outcome: str | None = None
    ended_by: str | None = None
    scores: tuple[tuple[int, str], ...] = ()
    next_review: date | None = None


@dataclass(frozen=True, slots=True)
class Conference:
    """A conference that was held. The convener stands first among its agencies."""

    id: UUID
    kind: ConferenceKind
    held_on: date
    convener: str
    agencies: tuple[str, ...]
    cases: tuple[UUID, ...]
    decisions: tuple[Decision, ...]
    minutes: str | None
    recorded_by: str
    recorded_at: datetime
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None

    def attends(self, agency: str) -> bool:
        """Whether this agency took part."""
        return agency in self.agencies


def consented(legs: Iterable[Leg], day: date) -> bool:
    """Whether consent stands on this day: on a leg that was neither given back nor undone."""
    given = (leg for leg in legs if leg.basis == CONSENT and leg.state not in _NO_CONSENT_LEFT)
    return any(stands(leg, day) for leg in given)


def sight_in(conference: Conference, agency: str, legs: Iterable[Leg], day: date) -> Sight:
    """What a conference shows of a case to one who sat in it and is no party to the case.

    It knows the topics from there, while the footing on which they were shared still holds.
    """
    shared = not FOOTINGS[conference.kind].needs_consent or consented(legs, day)
    return Sight(agency, Scope.OWN, frozenset({"topics"} if shared else ()))


def decided_at(held_on: date, now: datetime, standing: Standing) -> datetime:
    """When the decisions about a case happened: now on the day itself, else at the end of that
    day, and never before the last act on the case.
    """
    today = held_on == japanese_day(now)
    moment = now if today else datetime.combine(held_on, _END_OF_DAY)
    acts = [leg.acted_at for leg in standing.legs]
    return max(moment, standing.case.opened_at, standing.case.idle_since, *acts)


def seen_by(
    conference: Conference, agency: str, party_to: Collection[UUID], shielded: Collection[UUID]
) -> Conference | None:
    """The conference as this agency may see it, None for one who has nothing to do with it.

    Who took part sees the whole sheet but cases about violence it is no party to. A party to one
    of its cases sees that it was held and what it decided there. The minutes speak of all cases:
    they are for those who took part, and whom no case on the sheet is hidden from.
    """
    attended = conference.attends(agency)
    visible: Sequence[UUID] = [
        case for case in conference.cases if case in party_to or (attended and case not in shielded)
    ]
    if not attended and not visible:
        return None
    reads = attended and len(visible) == len(conference.cases)
    return replace(
        conference,
        cases=tuple(visible),
        decisions=tuple(one for one in conference.decisions if one.case_id in visible),
        minutes=conference.minutes if reads else None,
        cancel_reason=conference.cancel_reason if reads else None,
    )
